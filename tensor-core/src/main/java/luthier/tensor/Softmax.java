package luthier.tensor;

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
        return rows(
                "softmax",
                axis,
                x,
                x,
                (a, ao, b, bo, y, yo, n) -> SoftmaxRows.softmax(a, ao, y, yo, n),
                (a, ao, b, bo, y, yo, n) -> {
                    double shift = max(a, ao, n);
                    double sum = 0;
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = StrictMath.exp(a[ao + i] - shift);
                        sum += y[yo + i];
                    }
                    for (int i = 0; i < n; i++) {
                        y[yo + i] /= sum;
                    }
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
                (a, ao, b, bo, dX, xo, n) -> {
                    double dot = 0;
                    for (int i = 0; i < n; i++) {
                        dot += a[ao + i] * b[bo + i];
                    }
                    for (int i = 0; i < n; i++) {
                        dX[xo + i] = a[ao + i] * (b[bo + i] - dot);
                    }
                });
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
                (a, ao, b, bo, y, yo, n) -> {
                    double shift = max(a, ao, n);
                    double log = StrictMath.log(sumExp(a, ao, shift, n));
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = a[ao + i] - shift - log;
                    }
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
        return rows("logSoftmaxBackward", axis, y, dY, SoftmaxRows::logSoftmaxBackward, (a, ao, b, bo, dX, xo, n) -> {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += b[bo + i];
            }
            for (int i = 0; i < n; i++) {
                dX[xo + i] = b[bo + i] - StrictMath.exp(a[ao + i]) * sum;
            }
        });
    }

    /**
     * Returns y = log sum_j e^(x_j) along an axis; the rules of {@link #logSumExp(Tensor, boolean, int...)}.
     *
     * {@snippet :
     * Softmax.logSumExp(Tensor.of(new float[] {10000, -20000}, 2), 0, false); // F32[][10000.0]
     * }
     */
    public static Tensor logSumExp(Tensor x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return logSumExp(x.unsqueeze(0), axis, false);
        }
        return logSumExp(x, keepDims, axis);
    }

    /**
     * Returns y = log sum e^x over axes, for F32 and F64; no axes at all means all of them. Minus infinity for minus infinities
     * alone or an empty axis, infinity if one element is, NaN if one is.
     *
     * {@snippet :
     * Softmax.logSumExp(Tensor.of(new float[] {7, Float.NEGATIVE_INFINITY}, 2), false); // F32[][7.0]
     * }
     */
    public static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
        Operands.requireFloating("logSumExp", x);
        Axes over = Axes.rows("logSumExp", x, keepDims, axes);
        int n = over.length();
        int o = over.from().offset();
        Object result = x.dtype() == DType.F32 ? new float[over.count()] : new double[over.count()];
        Reduction.forRows(over.count(), n, x.dtype() == DType.F32 ? 1 : 30, row -> {
            int at = o + row * n;
            if (result instanceof float[] y) {
                y[row] = SoftmaxRows.logSumExp(over.from().floats(), at, n);
                return;
            }
            double shift = max(over.from().doubles(), at, n);
            ((double[]) result)[row] = Double.isInfinite(shift)
                    ? shift
                    : shift + StrictMath.log(sumExp(over.from().doubles(), at, shift, n));
        });
        return Tensor.wrap(result, over.result());
    }

    static double max(double[] a, int ao, int n) {
        double result = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            result = Math.max(result, a[ao + i]);
        }
        return result;
    }

    static double sumExp(double[] a, int ao, double shift, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += StrictMath.exp(a[ao + i] - shift);
        }
        return sum;
    }

    private interface FloatRow {
        void apply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);
    }

    private interface DoubleRow {
        void apply(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n);
    }

    private static Tensor rows(String name, int axis, Tensor a, Tensor b, FloatRow floats, DoubleRow doubles) {
        Operands.requireFloating(name, a);
        Operands.requireSameType(name, a, b);
        if (!a.shape().equals(b.shape())) {
            throw new ShapeException(name + ": shapes must agree; got " + a.shape() + " and " + b.shape());
        }
        if (a.rank() == 0) {
            return rows(name, axis, a.unsqueeze(0), b.unsqueeze(0), floats, doubles)
                    .squeeze(0);
        }
        int resolved = a.shape().axis(axis, name);
        Tensor left = a.transpose(resolved, -1).contiguous();
        Tensor right = a == b ? left : b.transpose(resolved, -1).contiguous();
        Tensor result = Tensor.blank(a.dtype(), left.shape(), name);
        int n = (int) a.size(resolved);
        int count = n == 0 ? 0 : (int) (a.elementCount() / n);
        int ao = left.offset();
        int bo = right.offset();
        if (a.dtype() == DType.F32) {
            float[] u = left.floats();
            float[] v = right.floats();
            float[] y = result.floats();
            Reduction.forRows(count, n, row -> floats.apply(u, ao + row * n, v, bo + row * n, y, row * n, n));
        } else {
            double[] u = left.doubles();
            double[] v = right.doubles();
            double[] y = result.doubles();
            Reduction.forRows(count, n, row -> doubles.apply(u, ao + row * n, v, bo + row * n, y, row * n, n));
        }
        return result.transpose(resolved, -1);
    }
}
