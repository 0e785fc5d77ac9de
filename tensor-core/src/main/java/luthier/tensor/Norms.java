package luthier.tensor;

import java.util.Collection;
import luthier.tensor.kernel.DoublePower;
import luthier.tensor.kernel.DoubleRows;
import luthier.tensor.kernel.ElementaryKernels;
import luthier.tensor.kernel.Rows;

/**
 * Norms over axes, for F32 and F64; negative axes count from the end, none at all means all of them (so the 2-norm over two axes is
 * the Frobenius norm). NaN propagates. All throw {@link ShapeException} for an axis that does not exist or is named twice and
 * {@link DTypeException} for other types.
 */
public final class Norms {
    /** Between these a sum of squares of F32 has lost nothing that counts to underflow, nor to overflow. */
    private static final double SMALL = 0x1p-90;

    private Norms() {}

    /**
     * Returns y = (sum |x|^p)^(1/p) over axes. p = 2 is the Euclidean norm, p = infinity the largest magnitude, minus infinity the
     * smallest, p = 0 the number of elements that are not zero. 0 over an empty axis. Nothing between overflows or
     * underflows: F32 is summed in double precision where it would, F64 is scaled by the largest magnitude first.
     *
     * {@snippet :
     * Norms.norm(Tensor.of(new double[] {-0x1p600}, 1), new int[0], 2, false).item() == 0x1p600; // true
     * }
     *
     * @throws ShapeException if the axes are empty and p is infinite or negative
     * @throws IllegalArgumentException if p is NaN
     */
    public static Tensor norm(Tensor x, int[] axes, double p, boolean keepDims) {
        Require.floating("norm", x);
        if (Double.isNaN(p)) {
            throw new IllegalArgumentException("norm: p must be a number; got NaN");
        }
        if (p == 0) {
            return Counting.countNonZero(x, axes, keepDims).to(x.dtype());
        }
        if (p == 1) {
            return Reduction.sum(Selection.abs(x), axes, keepDims);
        }
        if (p == Double.POSITIVE_INFINITY) {
            return Reduction.max(Selection.abs(x), axes, keepDims);
        }
        if (p == Double.NEGATIVE_INFINITY) {
            return Reduction.min(Selection.abs(x), axes, keepDims);
        }
        Axes over = Axes.rows("norm", x, keepDims, axes);
        if (p < 0) {
            over.requireSome("norm", x);
        }
        int n = over.length();
        int o = over.from().offset();
        Object result = x.dtype() == DType.F32 ? new float[over.count()] : new double[over.count()];
        Axes.parallel(over.count(), (p == 2 ? 0.5 : 100) * n + 5, (start, end) -> {
            for (int row = start; row < end; row++) {
                Sums.store(result, row, ofRow(over.from(), o + row * n, n, p));
            }
        });
        return Tensor.wrap(result, over.result());
    }

    /** The same with p = 2, over the given axes, which go; without any, over all. See {@link #norm(Tensor, int[], double, boolean)}. */
    public static Tensor norm(Tensor x, int... axes) {
        return norm(x, axes, 2, false);
    }

    /**
     * Returns the Euclidean length of all elements of several tensors, F32 or F64, as one vector, in double precision: NaN or infinite
     * only if an element is, or the length itself is beyond the range; 0 for none.
     *
     * {@snippet :
     * Tensor large = Tensor.scalar(0x1p100f);
     * Norms.norm(java.util.List.of(large.mul(3), large.mul(4))) == 0x5p100; // true
     * }
     */
    public static double norm(Collection<Tensor> parts) {
        double squares = 0;
        long n = 0;
        for (Tensor part : parts) {
            squares += Reduction.sumOfSquares(part);
            n += part.elementCount();
        }
        if (squares > SMALL * n && Double.isFinite(squares)) {
            return Math.sqrt(squares);
        }
        double[] all = new double[parts.size()];
        int next = 0;
        for (Tensor part : parts) {
            Tensor from = part.contiguous();
            all[next++] = ofRow(from, from.offset(), (int) part.elementCount(), 2);
        }
        return DoubleRows.norm(all, 0, all.length);
    }

    /** The power of two at or below a magnitude: it divides exactly. */
    static double powerOfTwo(double magnitude) {
        return magnitude == 0 || !Double.isFinite(magnitude) ? 1 : Math.scalb(1.0, Math.getExponent(magnitude));
    }

    private static double ofRow(Tensor x, int at, int n, double p) {
        if (p == 2 && x.dtype() == DType.F32) {
            double squares = 0;
            for (int start = 0; start < n; start += Sums.BLOCK) {
                squares += Rows.squaredDistance(x.floats(), at + start, 0, Math.min(Sums.BLOCK, n - start));
            }
            if (squares > SMALL * n && Double.isFinite(squares)) {
                return Math.sqrt(squares);
            }
        }
        double scale = p > 0 ? 0 : Double.POSITIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            double magnitude = magnitude(x, i);
            scale = p > 0 ? Math.max(scale, magnitude) : Math.min(scale, magnitude);
        }
        if (scale == 0 || !Double.isFinite(scale)) {
            return scale;
        }
        if (p == 2) {
            scale = powerOfTwo(scale);
        }
        boolean whole = ElementaryKernels.isShort(p);
        double unit = scale;
        double sum = Sums.ofTree(n, i -> {
            double ratio = magnitude(x, at + i) / unit;
            return p == 2 ? ratio * ratio : whole ? power(ratio, (int) p) : DoublePower.pow(ratio, p);
        });
        return scale * (p == 2 ? Math.sqrt(sum) : DoublePower.pow(sum, 1 / p));
    }

    /** By repeated squaring. */
    private static double power(double x, int exponent) {
        double result = 1;
        double square = x;
        for (int left = Math.abs(exponent); left > 0; left >>= 1) {
            result = (left & 1) == 0 ? result : result * square;
            square *= square;
        }
        return exponent < 0 ? 1 / result : result;
    }

    private static double magnitude(Tensor x, int at) {
        return Math.abs(x.storage() instanceof float[] floats ? floats[at] : x.doubles()[at]);
    }
}
