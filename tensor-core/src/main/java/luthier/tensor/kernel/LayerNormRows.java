package luthier.tensor.kernel;

/** Layer normalisation of one row. {@link LayerNormRowsScalar} is the definition, {@link LayerNormRowsSimd} its twin. */
public final class LayerNormRows {
    private static final boolean SIMD = Kernels.simd();

    private LayerNormRows() {}

    /** Returns the mean of n elements. */
    public static float mean(float[] x, int xo, int n) {
        return Rows.sum(x, xo, n) / n;
    }

    /** Returns 1 / sqrt(variance + eps) with the biased variance of n elements. */
    public static float reciprocalDeviation(float[] x, int xo, float mean, float eps, int n) {
        return 1 / (float) Math.sqrt(Rows.squaredDistance(x, xo, mean, n) / n + eps);
    }

    /** y = (x - mean) rstd w + b. */
    public static void normalize(
            float[] x, int xo, float mean, float rstd, float[] w, int wo, float[] b, int bo, float[] y, int yo, int n) {
        if (SIMD) {
            LayerNormRowsSimd.normalize(x, xo, mean, rstd, w, wo, b, bo, y, yo, n);
        } else {
            LayerNormRowsScalar.normalize(x, xo, mean, rstd, w, wo, b, bo, y, yo, n);
        }
    }

    /** dX = rstd (g - mean(g) - z mean(g z)) with g = dY w and z = (x - mean) rstd. */
    public static void backward(
            float[] x,
            int xo,
            float mean,
            float rstd,
            float[] w,
            int wo,
            float[] dY,
            int dYo,
            float[] dX,
            int dXo,
            int n) {
        if (SIMD) {
            LayerNormRowsSimd.backward(x, xo, mean, rstd, w, wo, dY, dYo, dX, dXo, n);
        } else {
            LayerNormRowsScalar.backward(x, xo, mean, rstd, w, wo, dY, dYo, dX, dXo, n);
        }
    }

    /** dX = rstd (g - z mean(g z)) with g = dY w and z = x rstd: the row is not centered. {@code dX} is no other array. */
    public static void backwardUncentered(
            float[] x, int xo, float rstd, float[] w, int wo, float[] dY, int dYo, float[] dX, int dXo, int n) {
        Binary.MUL.apply(dY, dYo, w, wo, dX, dXo, n);
        float meanGZ = Rows.dot(dX, dXo, x, xo, n) * rstd / n;
        if (SIMD) {
            LayerNormRowsSimd.finish(x, xo, 0, rstd, w, wo, dY, dYo, 0, meanGZ, dX, dXo, n);
        } else {
            LayerNormRowsScalar.finish(x, xo, 0, rstd, w, wo, dY, dYo, 0, meanGZ, dX, dXo, n);
        }
    }

    /** dW += dY (x - mean) rstd, dB += dY. */
    public static void addParameterGradients(
            float[] x, int xo, float mean, float rstd, float[] dY, int dYo, float[] dW, float[] dB, int o, int n) {
        if (SIMD) {
            LayerNormRowsSimd.addParameterGradients(x, xo, mean, rstd, dY, dYo, dW, dB, o, n);
        } else {
            LayerNormRowsScalar.addParameterGradients(x, xo, mean, rstd, dY, dYo, dW, dB, o, n);
        }
    }
}
