package luthier.tensor;

import luthier.tensor.kernel.SoftmaxRows;

/**
 * Softmax, its logarithm and their backward kernels along one axis. Rows are shifted by their largest element, so no finite
 * input overflows. All throw {@link ShapeException} for an axis that does not exist and {@link DTypeException} for integers.
 */
public final class Softmax {
    private Softmax() {}

    /** Returns e^(x_i) / sum_j e^(x_j). A row of minus infinities gives NaN. */
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

    /** Returns y (dY - sum(y dY)) for y = softmax(x). */
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

    /** Returns x_i - log sum_j e^(x_j). */
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

    /** Returns dY - e^y sum(dY) for y = logSoftmax(x). */
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

    /** Returns log sum_j e^(x_j): minus infinity for a row of minus infinities or an empty one, infinity if one element is. */
    public static Tensor logSumExp(Tensor x, int axis, boolean keepDims) {
        Elementwise.requireFloating("logSumExp", x);
        int a = x.shape().axis(axis, "logSumExp");
        Tensor moved = x.transpose(a, -1).contiguous();
        int n = (int) x.size(a);
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        long[] sizes = moved.shape().toArray();
        sizes[sizes.length - 1] = 1;
        Tensor result = Tensor.full(x.dtype(), Double.NEGATIVE_INFINITY, Shape.of(sizes));
        for (int row = 0; row < count; row++) {
            int at = moved.offset() + row * n;
            if (x.dtype() == DType.F32) {
                result.floats()[row] = SoftmaxRows.logSumExp(moved.floats(), at, n);
                continue;
            }
            double shift = max(moved.doubles(), at, n);
            result.doubles()[row] =
                    Double.isInfinite(shift) ? shift : shift + StrictMath.log(sumExp(moved.doubles(), at, shift, n));
        }
        Tensor back = result.transpose(a, -1);
        return keepDims ? back : back.squeeze(a);
    }

    static double max(double[] a, int ao, int n) {
        double result = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            result = Math.max(result, a[ao + i]);
        }
        return result;
    }

    private static double sumExp(double[] a, int ao, double shift, int n) {
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
        Elementwise.requireFloating(name, a);
        Elementwise.requireSameType(name, a, b);
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
        Tensor result = Tensor.zeros(a.dtype(), left.shape());
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
