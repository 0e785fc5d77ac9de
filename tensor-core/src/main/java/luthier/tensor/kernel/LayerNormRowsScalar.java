package luthier.tensor.kernel;

/** {@link LayerNormRows}, one element at a time: the definition. */
final class LayerNormRowsScalar {
    private LayerNormRowsScalar() {}

    static void normalize(
            float[] x, int xo, float mean, float rstd, float[] w, int wo, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma((x[xo + i] - mean) * rstd, w[wo + i], b[bo + i]);
        }
    }

    static void backward(
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
        float[] sum = new float[LaneSum.LANES];
        float[] dot = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            addLane(x[xo + i], mean, rstd, dY[dYo + i] * w[wo + i], i & 15, sum, dot);
        }
        float meanG = LaneSum.combine(sum) / n;
        float meanGZ = LaneSum.combine(dot) / n;
        finish(x, xo, mean, rstd, w, wo, dY, dYo, meanG, meanGZ, dX, dXo, n);
    }

    static void addLane(float x, float mean, float rstd, float g, int lane, float[] sum, float[] dot) {
        sum[lane] += g;
        dot[lane] = Math.fma(g, (x - mean) * rstd, dot[lane]);
    }

    static void finish(
            float[] x,
            int xo,
            float mean,
            float rstd,
            float[] w,
            int wo,
            float[] dY,
            int dYo,
            float meanG,
            float meanGZ,
            float[] dX,
            int dXo,
            int n) {
        for (int i = 0; i < n; i++) {
            float z = (x[xo + i] - mean) * rstd;
            dX[dXo + i] = Math.fma(-z, meanGZ, dY[dYo + i] * w[wo + i] - meanG) * rstd;
        }
    }

    static void addParameterGradients(
            float[] x, int xo, float mean, float rstd, float[] dY, int dYo, float[] dW, float[] dB, int o, int n) {
        for (int i = 0; i < n; i++) {
            dW[o + i] = Math.fma(dY[dYo + i], (x[xo + i] - mean) * rstd, dW[o + i]);
            dB[o + i] += dY[dYo + i];
        }
    }
}
