package luthier.tensor;

import java.util.function.BinaryOperator;
import luthier.tensor.kernel.SoftmaxRows;

/**
 * Softmax, its logarithm and their backward kernels along one axis. Rows are shifted by their largest element, so no finite
 * input overflows. All throw {@link ShapeException} for an axis that does not exist and {@link DTypeException} for integers.
 */
public final class Softmax {
    private Softmax() {}

    /**
     * Returns e^(x_i) / sum_j e^(x_j). A row of minus infinities gives NaN.
     *
     * {@snippet :
     * Softmax.softmax(Tensor.of(new float[] {5, 5}, 2), 0); // F32[2][0.5, 0.5]
     * }
     */
    public static Tensor softmax(Tensor x, int axis) {
        return rows("softmax", axis, x, x, (a, ao, b, bo, y, yo, n) -> SoftmaxRows.softmax(a, ao, y, yo, n), (a, b) -> {
            Tensor e = Elementary.exp(shifted(a));
            return e.div(Reduction.sum(e, new int[] {-1}, true));
        });
    }

    /**
     * Returns y (dY - sum(y dY)) for y = softmax(x).
     *
     * {@snippet :
     * Tensor y = Tensor.of(new float[] {0.5f, 0.5f}, 2);
     * Softmax.softmaxBackward(y, Tensor.of(new float[] {1, 0}, 2), 0); // F32[2][0.25, -0.25]
     * }
     */
    public static Tensor softmaxBackward(Tensor y, Tensor dY, int axis) {
        return rows(
                "softmaxBackward",
                axis,
                y,
                dY,
                (a, ao, b, bo, dX, xo, n) -> SoftmaxRows.softmaxBackward(a, ao, b, bo, 1, dX, xo, n),
                (a, b) -> a.mul(b.sub(Reduction.sum(a.mul(b), new int[] {-1}, true))));
    }

    /**
     * Returns x_i - log sum_j e^(x_j).
     *
     * {@snippet :
     * Softmax.logSoftmax(Tensor.of(new float[] {10000, -10000}, 2), 0); // F32[2][0.0, -20000.0]
     * }
     */
    public static Tensor logSoftmax(Tensor x, int axis) {
        return rows(
                "logSoftmax",
                axis,
                x,
                x,
                (a, ao, b, bo, y, yo, n) -> SoftmaxRows.logSoftmax(a, ao, y, yo, n),
                (a, b) -> {
                    Tensor shifted = shifted(a);
                    return shifted.sub(
                            Reduction.sum(shifted.exp(), new int[] {-1}, true).log());
                });
    }

    /**
     * Returns dY - e^y sum(dY) for y = logSoftmax(x).
     *
     * {@snippet :
     * Tensor y = Tensor.of(new float[] {0, -1000}, 2);
     * Softmax.logSoftmaxBackward(y, Tensor.of(new float[] {1, 2}, 2), 0); // F32[2][-2.0, 2.0]
     * }
     */
    public static Tensor logSoftmaxBackward(Tensor y, Tensor dY, int axis) {
        return rows(
                "logSoftmaxBackward",
                axis,
                y,
                dY,
                SoftmaxRows::logSoftmaxBackward,
                (a, b) -> b.sub(a.exp().mul(Reduction.sum(b, new int[] {-1}, true))));
    }

    /**
     * Returns y = log sum e^x over axes, for F32 and F64; no axes at all means all of them. Minus infinity for minus infinities
     * alone or an empty axis, infinity if one element is, NaN if one is.
     *
     * {@snippet :
     * Softmax.logSumExp(Tensor.of(new float[] {7, Float.NEGATIVE_INFINITY}, 2)); // F32[][7.0]
     * }
     */
    public static Tensor logSumExp(Tensor x, int[] axes, boolean keepDims) {
        Require.floating("logSumExp", x);
        Axes over = Axes.rows("logSumExp", x, keepDims, axes);
        int n = over.length();
        if (x.dtype() == DType.F64) {
            if (n == 0) {
                return Tensor.full(DType.F64, Double.NEGATIVE_INFINITY, over.result());
            }
            Tensor most = Reduction.max(x, axes, true);
            Tensor sum = Reduction.sum(x.sub(most).exp(), axes, true);
            // What is infinite stays so: minus it would be NaN.
            return Selection.where(Comparison.isInf(most), most, most.add(sum.log()))
                    .reshape(over.result().toArray());
        }
        int o = over.from().offset();
        float[] y = new float[over.count()];
        Reduction.forRows(
                over.count(),
                n,
                row -> y[row] = SoftmaxRows.logSumExp(over.from().floats(), o + row * n, n));
        return Tensor.wrap(y, over.result());
    }

    /** The same over the given axes, which go; without any, over all. See {@link #logSumExp(Tensor, int[], boolean)}. */
    public static Tensor logSumExp(Tensor x, int... axes) {
        return logSumExp(x, axes, false);
    }

    /** Returns x less its largest element along the last axis, which leaves the softmax and keeps e^x finite. */
    private static Tensor shifted(Tensor x) {
        return x.sub(Reduction.max(x, new int[] {-1}, true));
    }

    private interface FloatRow {
        void apply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);
    }

    private static Tensor rows(
            String name, int axis, Tensor a, Tensor b, FloatRow floats, BinaryOperator<Tensor> doubles) {
        Require.floating(name, a);
        Require.sameType(name, a, b);
        if (!a.shape().equals(b.shape())) {
            throw ShapeRule.SAME.broken(
                    name + ": shapes must agree; got " + a.shape() + " and " + b.shape(), "y, dY", a, b);
        }
        if (a.rank() == 0) {
            return rows(name, axis, a.unsqueeze(0), b.unsqueeze(0), floats, doubles)
                    .squeeze(0);
        }
        int resolved = Require.axis(name, a, axis);
        Tensor left = a.transpose(resolved, -1).contiguous();
        Tensor right = a == b ? left : b.transpose(resolved, -1).contiguous();
        if (a.elementCount() == 0) {
            return Tensor.zeros(a.dtype(), a.shape());
        }
        if (a.dtype() == DType.F64) {
            return doubles.apply(left, right).transpose(resolved, -1);
        }
        Tensor result = Creation.blank(a.dtype(), left.shape(), name);
        int n = (int) a.size(resolved);
        int ao = left.offset();
        int bo = right.offset();
        float[] u = left.floats();
        float[] v = right.floats();
        float[] y = result.floats();
        Reduction.forRows(
                (int) (a.elementCount() / n), n, row -> floats.apply(u, ao + row * n, v, bo + row * n, y, row * n, n));
        return result.transpose(resolved, -1);
    }
}
