package luthier.tensor.kernel;

/** Softmax of one row and its relatives. {@link SoftmaxRowsScalar} is the definition, {@link SoftmaxRowsSimd} its twin. */
public final class SoftmaxRows {
    private static final boolean SIMD = Kernels.simd();

    private SoftmaxRows() {}

    /** y = e^(x - max) / sum e^(x - max). A row of minus infinities gives NaN. {@code y} may be {@code x}. */
    public static void softmax(float[] x, int xo, float[] y, int yo, int n) {
        if (SIMD) {
            SoftmaxRowsSimd.softmax(x, xo, y, yo, n);
        } else {
            SoftmaxRowsScalar.softmax(x, xo, y, yo, n);
        }
    }

    /** y *= factor. */
    public static void scale(float[] y, int yo, float factor, int n) {
        if (SIMD) {
            SoftmaxRowsSimd.scale(y, yo, factor, n);
        } else {
            SoftmaxRowsScalar.scale(y, yo, factor, n);
        }
    }

    /** dX = scale y (dY - sum(y dY)). {@code dX} may be {@code dY}. */
    public static void softmaxBackward(
            float[] y, int yo, float[] dY, int dYo, float scale, float[] dX, int dXo, int n) {
        float dot = Rows.dot(y, yo, dY, dYo, n);
        if (SIMD) {
            SoftmaxRowsSimd.softmaxBackward(y, yo, dY, dYo, dot, scale, dX, dXo, n);
        } else {
            SoftmaxRowsScalar.softmaxBackward(y, yo, dY, dYo, dot, scale, dX, dXo, n);
        }
    }

    /** Returns log sum e^x: minus infinity for a row of minus infinities, infinity if one element is. */
    public static float logSumExp(float[] x, int xo, int n) {
        float shift = Rows.max(x, xo, n);
        if (Float.isInfinite(shift)) {
            return shift;
        }
        return shift + ExpLogScalar.log(Rows.sumExp(x, xo, shift, n));
    }

    /** y = x - max - log sum e^(x - max). {@code y} may be {@code x}. */
    public static void logSoftmax(float[] x, int xo, float[] y, int yo, int n) {
        float shift = Rows.max(x, xo, n);
        float log = ExpLogScalar.log(Rows.sumExp(x, xo, shift, n));
        if (SIMD) {
            SoftmaxRowsSimd.logSoftmax(x, xo, shift, log, y, yo, n);
        } else {
            SoftmaxRowsScalar.logSoftmax(x, xo, shift, log, y, yo, n);
        }
    }

    /** dX = dY - e^y sum(dY). {@code dX} may be {@code dY}. */
    public static void logSoftmaxBackward(float[] y, int yo, float[] dY, int dYo, float[] dX, int dXo, int n) {
        float sum = Rows.sum(dY, dYo, n);
        if (SIMD) {
            SoftmaxRowsSimd.logSoftmaxBackward(y, yo, dY, dYo, sum, dX, dXo, n);
        } else {
            SoftmaxRowsScalar.logSoftmaxBackward(y, yo, dY, dYo, sum, dX, dXo, n);
        }
    }
}
