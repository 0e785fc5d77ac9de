package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Rows;

/**
 * Sums, products, means and extremes over axes; negative axes count from the end, no axes at all means all of them. With {@code
 * keepDims} the axes stay with size 1, without it they go.
 *
 * <p>The order of every sum is fixed by the shape alone: neither threads nor vectors change a bit. Sums and means of F32 are
 * added in blocks of 256, the blocks in double precision, so that nothing between overflows and a million times 0.1 is right to
 * two units in the last place. All throw {@link ShapeException} for an axis that does not exist or is named twice and {@link DTypeException} for a
 * type they do not take; no method here takes the storage types BF16, F16, I8 and U8.
 */
public final class Reduction {
    private static final int SQUARES_BLOCK = 4096;

    private Reduction() {}

    /**
     * Returns y = sum of x over axes: {@code [a, b] -> [a]} over axis 1. F32 and F64 keep their type; I64, I32 and BOOL give
     * I64, which wraps around like Java's {@code long}. NaN propagates, +0 over an empty axis and for a sum of -0s.
     *
     * {@snippet :
     * Reduction.sum(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), 0); // F32[2][4.0, 6.0]
     * }
     */
    public static Tensor sum(Tensor x, int[] axes, boolean keepDims) {
        if (!x.dtype().isFloating()) {
            return ofLongs("sum", x, keepDims, false, axes);
        }
        return Sums.of(Axes.of("sum", x, keepDims, axes), 1);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #sum(Tensor, int[], boolean)}. */
    public static Tensor sum(Tensor x, int... axes) {
        return sum(x, axes, false);
    }

    /**
     * Returns x summed down to a shape that broadcasts to that of x: the derivative of broadcasting.
     *
     * {@snippet :
     * Reduction.sumTo(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), Shape.of(1, 2)); // F32[1, 2][4.0, 6.0]
     * }
     *
     * @throws ShapeException if {@code target} does not broadcast to the shape of x
     */
    public static Tensor sumTo(Tensor x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        int lead = x.rank() - target.rank();
        boolean fits = lead >= 0;
        int[] axes = new int[x.rank()];
        int count = 0;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (axis < lead || target.size(axis - lead) != x.size(axis)) {
                fits &= axis < lead || target.size(axis - lead) == 1;
                axes[count++] = axis;
            }
        }
        if (!fits) {
            throw ShapeRule.summed(target)
                    .broken(
                            "sumTo: the target must broadcast to the shape of x; got " + target + " and " + x.shape(),
                            "x",
                            x);
        }
        return sum(x, Arrays.copyOf(axes, count), true).reshape(target.toArray());
    }

    /**
     * Returns y = sum of x over axes / n, n the number of elements averaged; NaN over an empty axis. F32 and F64 keep their type, summed in
     * double precision where F32 would overflow: the mean of ten times 3e38 is 3e38. I64, I32 and BOOL give F64: the exact mean, rounded once.
     *
     * {@snippet :
     * Reduction.mean(Tensor.of(new float[] {1, 2, 3, 6}, 2, 2), 1); // F32[2][1.5, 4.5]
     * Reduction.mean(Tensor.of(new boolean[] {true, false, true, true}, 4)); // F64[][0.75]
     * }
     */
    public static Tensor mean(Tensor x, int[] axes, boolean keepDims) {
        if (!x.dtype().isFloating()) {
            Require.values("mean", x);
            return IntegerMeans.of("mean", x, keepDims, axes);
        }
        Axes over = Axes.of("mean", x, keepDims, axes);
        return Sums.of(over, over.length());
    }

    /** The same over the given axes, which go; without any, over all. See {@link #mean(Tensor, int[], boolean)}. */
    public static Tensor mean(Tensor x, int... axes) {
        return mean(x, axes, false);
    }

    /**
     * Returns y = sum (x - mean)^2 / (n - correction) over axes, for F32 and F64: correction 0 is the biased variance, 1 the
     * unbiased one. NaN or infinity where the divisor is 0 or less, NaN over an empty axis.
     *
     * {@snippet :
     * Reduction.variance(Tensor.of(new float[] {1e8f, 1e8f + 8, 1e8f + 16}, 3), new int[0], 1, false); // F32[][64.0]
     * }
     */
    public static Tensor variance(Tensor x, int[] axes, int correction, boolean keepDims) {
        Require.floating("variance", x);
        Axes over = Axes.of("variance", x, keepDims, axes);
        double divisor = divisor(over, correction);
        return Deviations.of(over, divisor, false);
    }

    /** The same divided by n - 1, over the given axes, which go; without any, over all. See {@link #variance(Tensor, int[], int, boolean)}. */
    public static Tensor variance(Tensor x, int... axes) {
        return variance(x, axes, 1, false);
    }

    /**
     * Returns y = sqrt(variance), for F32 and F64; the same rules.
     *
     * {@snippet :
     * Reduction.std(Tensor.of(new float[] {1, 5}, 2), new int[0], 0, false); // F32[][2.0]
     * }
     */
    public static Tensor std(Tensor x, int[] axes, int correction, boolean keepDims) {
        Require.floating("std", x);
        Axes over = Axes.of("std", x, keepDims, axes);
        double divisor = divisor(over, correction);
        return Deviations.of(over, divisor, true);
    }

    /** The same divided by n - 1, over the given axes, which go; without any, over all. See {@link #std(Tensor, int[], int, boolean)}. */
    public static Tensor std(Tensor x, int... axes) {
        return std(x, axes, 1, false);
    }

    private static double divisor(Axes over, int correction) {
        return over.length() == 0 ? 0 : Math.max(0, over.length() - (double) correction);
    }

    /**
     * Returns y = product of x over axes, in double precision inside. F32 and F64 keep their type; I64, I32 and BOOL give I64,
     * which wraps around. NaN propagates, 1 over an empty axis.
     *
     * {@snippet :
     * Reduction.prod(Tensor.of(new float[] {2, 3, 0, 5}, 2, 2), 1); // F32[2][6.0, 0.0]
     * }
     */
    public static Tensor prod(Tensor x, int[] axes, boolean keepDims) {
        if (!x.dtype().isFloating()) {
            return ofLongs("prod", x, keepDims, true, axes);
        }
        Axes over = Axes.of("prod", x, keepDims, axes);
        int n = over.length();
        int inner = over.inner();
        Tensor from = over.from();
        Object result = x.dtype() == DType.F32 ? new float[over.count()] : new double[over.count()];
        Axes.parallel(over.outer(), n * 1.0 * inner + 3, (start, end) -> {
            double[] products = new double[inner];
            for (int block = start; block < end; block++) {
                if (inner == 1) {
                    Sums.store(result, block, product(from, from.offset() + block * n, n));
                    continue;
                }
                Arrays.fill(products, 1);
                for (int k = 0; k < n; k++) {
                    multiply(products, from, from.offset() + (block * n + k) * inner);
                }
                for (int i = 0; i < inner; i++) {
                    Sums.store(result, block * inner + i, products[i]);
                }
            }
        });
        return Tensor.wrap(result, over.result());
    }

    /** The same over the given axes, which go; without any, over all. See {@link #prod(Tensor, int[], boolean)}. */
    public static Tensor prod(Tensor x, int... axes) {
        return prod(x, axes, false);
    }

    private static double product(Tensor x, int at, int n) {
        double product = 1;
        for (int i = at; i < at + n; i++) {
            product *= x.storage() instanceof float[] floats ? floats[i] : x.doubles()[i];
        }
        return product;
    }

    private static void multiply(double[] products, Tensor x, int at) {
        for (int i = 0; i < products.length; i++) {
            products[i] *= x.storage() instanceof float[] floats ? floats[at + i] : x.doubles()[at + i];
        }
    }

    private static Tensor ofLongs(String name, Tensor x, boolean keepDims, boolean product, int... axes) {
        Require.values(name, x);
        Axes over = Axes.of(name, x.to(DType.I64), keepDims, axes);
        int inner = over.inner();
        long[] a = over.from().longs();
        long[] y = new long[over.count()];
        Arrays.fill(y, product ? 1 : 0);
        int at = over.from().offset();
        for (int outer = 0; outer < over.outer(); outer++) {
            if (inner == 1) {
                y[outer] = ofRow(a, at, over.length(), product);
                at += over.length();
                continue;
            }
            for (int k = 0; k < over.length(); k++) {
                for (int i = outer * inner; i < (outer + 1) * inner; i++) {
                    y[i] = product ? y[i] * a[at] : y[i] + a[at];
                    at++;
                }
            }
        }
        return Tensor.wrap(y, over.result());
    }

    private static long ofRow(long[] a, int at, int n, boolean product) {
        long result = product ? 1 : 0;
        for (int i = at; i < at + n; i++) {
            result = product ? result * a[i] : result + a[i];
        }
        return result;
    }

    /**
     * Returns the largest element over axes, of the type of x: F32, F64, I64, I32 or BOOL. NaN if one is; +0 is above -0.
     *
     * {@snippet :
     * Reduction.max(Tensor.of(new float[] {1, 4, 3, 2}, 2, 2), 1); // F32[2][4.0, 3.0]
     * }
     *
     * @throws ShapeException if the axes are empty: nothing has no largest element
     */
    public static Tensor max(Tensor x, int[] axes, boolean keepDims) {
        return Extremes.of("max", x, true, keepDims, axes);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #max(Tensor, int[], boolean)}. */
    public static Tensor max(Tensor x, int... axes) {
        return max(x, axes, false);
    }

    /**
     * Returns the smallest element over axes, of the type of x: F32, F64, I64, I32 or BOOL. NaN if one is; -0 is below +0.
     *
     * {@snippet :
     * Reduction.min(Tensor.of(new float[] {1, 4, 3, 2}, 2, 2)); // F32[][1.0]
     * }
     *
     * @throws ShapeException if the axes are empty
     */
    public static Tensor min(Tensor x, int[] axes, boolean keepDims) {
        return Extremes.of("min", x, false, keepDims, axes);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #min(Tensor, int[], boolean)}. */
    public static Tensor min(Tensor x, int... axes) {
        return min(x, axes, false);
    }

    /** Elements and their places along an axis, I64. */
    public record WithIndex(Tensor values, Tensor indices) {}

    /**
     * Returns the index, I64, of the largest element of all in row-major order: the first of equals (-0 equals 0), the first NaN if
     * there is one. Of rank 0.
     *
     * {@snippet :
     * Reduction.argmax(Tensor.of(new float[] {1, 7, 3, 7}, 2, 2)); // I64[][1]
     * }
     *
     * @throws ShapeException if there is none
     */
    public static Tensor argmax(Tensor x) {
        return argmax(x.reshape(x.elementCount()), 0, false);
    }

    /**
     * Returns the index, I64, of the largest element along an axis: the first of equals (-0 equals 0), the first NaN if there is
     * one. Of a tensor of rank 0, whose only axis is 0 or -1, it is 0.
     *
     * {@snippet :
     * Reduction.argmax(Tensor.of(new float[] {1, 7, 9, 3}, 2, 2), -1, false); // I64[2][1, 0]
     * }
     *
     * @throws ShapeException if the axis is empty
     */
    public static Tensor argmax(Tensor x, int axis, boolean keepDims) {
        return Extremes.index("argmax", x, true, axis, keepDims);
    }

    /**
     * Returns the index, I64, of the smallest element of all in row-major order, by the rules of {@link #argmax(Tensor)}.
     *
     * {@snippet :
     * Reduction.argmin(Tensor.of(new float[] {4, 7, 3, 7}, 2, 2)); // I64[][2]
     * }
     *
     * @throws ShapeException if there is none
     */
    public static Tensor argmin(Tensor x) {
        return argmin(x.reshape(x.elementCount()), 0, false);
    }

    /**
     * Returns the index, I64, of the smallest element along an axis: the first of equals, the first NaN if there is one.
     *
     * {@snippet :
     * Reduction.argmin(Tensor.of(new float[] {1, 7, 9, 3}, 2, 2), -1, false); // I64[2][0, 1]
     * }
     *
     * @throws ShapeException if the axis is empty
     */
    public static Tensor argmin(Tensor x, int axis, boolean keepDims) {
        return Extremes.index("argmin", x, false, axis, keepDims);
    }

    /**
     * Returns the largest elements along an axis and their indices, by the rules of {@link #argmax(Tensor, int, boolean)}; the
     * value is the element at the index.
     *
     * {@snippet :
     * Reduction.maxWithIndex(Tensor.of(new float[] {1, 7, 9, 3}, 2, 2), 1, false).indices(); // I64[2][1, 0]
     * }
     *
     * @throws ShapeException if the axis is empty
     */
    public static WithIndex maxWithIndex(Tensor x, int axis, boolean keepDims) {
        return Extremes.withIndex("maxWithIndex", x, true, axis, keepDims);
    }

    /**
     * Returns the smallest elements along an axis and their indices, by the rules of {@link #argmin(Tensor, int, boolean)}.
     *
     * {@snippet :
     * Reduction.minWithIndex(Tensor.of(new float[] {1, 7, 9, 3}, 2, 2), 1, false).values(); // F32[2][1.0, 3.0]
     * }
     *
     * @throws ShapeException if the axis is empty
     */
    public static WithIndex minWithIndex(Tensor x, int axis, boolean keepDims) {
        return Extremes.withIndex("minWithIndex", x, false, axis, keepDims);
    }

    /**
     * Returns the sum of the squares of all elements, for F32 and F64, in blocks that are added in double precision; 0 for none.
     *
     * {@snippet :
     * Reduction.sumOfSquares(Tensor.of(new float[] {3, 4}, 2)); // 25.0
     * }
     */
    public static double sumOfSquares(Tensor x) {
        Require.floating("sumOfSquares", x);
        Tensor flat = x.contiguous();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F64) {
            double[] a = flat.doubles();
            return Sums.ofTree(n, i -> a[flat.offset() + i] * a[flat.offset() + i]);
        }
        double total = 0;
        for (int start = 0; start < n; start += SQUARES_BLOCK) {
            int length = Math.min(SQUARES_BLOCK, n - start);
            total += Rows.squaredDistance(flat.floats(), flat.offset() + start, 0, length);
        }
        return total;
    }

    /**
     * Returns whether no element is NaN or infinite, for F32 and F64; true for none.
     *
     * {@snippet :
     * Reduction.allFinite(Tensor.of(new float[] {1, Float.NaN}, 2)); // false
     * }
     */
    public static boolean allFinite(Tensor x) {
        Require.floating("allFinite", x);
        Tensor flat = x.contiguous();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F32) {
            // 0 x is 0 for finite x and NaN otherwise; the loop has no branch.
            float total = 0;
            for (int i = 0; i < n; i++) {
                total += 0 * flat.floats()[flat.offset() + i];
            }
            return total == 0;
        }
        double[] values = flat.doubles();
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += 0 * values[flat.offset() + i];
        }
        return total == 0;
    }

    interface RowBody {
        void run(int row);
    }

    /** Runs rows of {@code length} elements, on all threads if they are much work. */
    static void forRows(int count, int length, RowBody body) {
        forRows(count, length, 0.5, body);
    }

    /** The same with an estimate of the nanoseconds an element takes. */
    static void forRows(int count, int length, double nanos, RowBody body) {
        Axes.parallel(count, nanos * length + 5, (start, end) -> {
            for (int row = start; row < end; row++) {
                body.run(row);
            }
        });
    }
}
