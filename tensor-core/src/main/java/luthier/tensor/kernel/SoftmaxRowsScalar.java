package luthier.tensor.kernel;

/** {@link SoftmaxRows}, one element at a time: the definition. */
final class SoftmaxRowsScalar {
    private SoftmaxRowsScalar() {}

    static void softmax(float[] x, int xo, float[] y, int yo, int n) {
        float shift = RowsScalar.max(x, xo, n);
        scale(y, yo, 1 / exponentials(x, xo, shift, y, yo, n), n);
    }

    /** Writes e^(x - shift) and returns its sum. */
    static float exponentials(float[] x, int xo, float shift, float[] y, int yo, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            float e = ExpLogScalar.exp(x[xo + i] - shift);
            y[yo + i] = e;
            lanes[i & 15] += e;
        }
        return LaneSum.combine(lanes);
    }

    static void scale(float[] y, int yo, float factor, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= factor;
        }
    }

    static void softmaxBackward(
            float[] y, int yo, float[] dY, int dYo, float dot, float scale, float[] dX, int dXo, int n) {
        for (int i = 0; i < n; i++) {
            dX[dXo + i] = y[yo + i] * (dY[dYo + i] - dot) * scale;
        }
    }

    static void logSoftmax(float[] x, int xo, float shift, float log, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - shift - log;
        }
    }

    static void logSoftmaxBackward(float[] y, int yo, float[] dY, int dYo, float sum, float[] dX, int dXo, int n) {
        for (int i = 0; i < n; i++) {
            dX[dXo + i] = Math.fma(-ExpLogScalar.exp(y[yo + i]), sum, dY[dYo + i]);
        }
    }
}
