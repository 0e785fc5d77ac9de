package luthier.tensor.kernel;

/** {@link Activations}, one element at a time: the definition. */
final class ActivationsScalar {
    private ActivationsScalar() {}

    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.sigmoid(x[xo + i]);
        }
    }

    static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.geluTanh(x[xo + i]);
        }
    }

    static void silu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.silu(x[xo + i]);
        }
    }

    static void mish(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.mish(x[xo + i]);
        }
    }

    static void logSigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.logSigmoid(x[xo + i]);
        }
    }

    static void softplus(float[] x, int xo, float[] y, int yo, int n, double beta, double threshold) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.softplus(x[xo + i], beta, threshold);
        }
    }

    static void elu(float[] x, int xo, float[] y, int yo, int n, double alpha, double scale) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.elu(x[xo + i], alpha, scale);
        }
    }

    static void relu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0);
        }
    }

    static void relu6(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(Math.max(x[xo + i], 0), 6);
        }
    }

    static void clamp(float[] x, int xo, float[] y, int yo, int n, float low, float high) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(Math.max(x[xo + i], low), high);
        }
    }

    static void leakyRelu(float[] x, int xo, float[] y, int yo, int n, float slope) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] > 0 ? x[xo + i] : x[xo + i] * slope;
        }
    }

    static void hardSigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(Math.max(x[xo + i] + 3, 0), 6) / 6;
        }
    }

    static void hardSwish(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], -3) * Math.min(Math.max(x[xo + i] + 3, 0), 6) / 6;
        }
    }

    static void softsign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = softsign(x[xo + i]);
        }
    }

    private static float softsign(float x) {
        float finite = Math.max(Math.min(x, Float.MAX_VALUE), -Float.MAX_VALUE);
        return finite / (1 + Math.abs(finite));
    }

    static void prelu(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] > 0 ? a[ao + i] : a[ao + i] * b[bo + i];
        }
    }

    static void sigmoidBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.sigmoidBackward(a[ao + i], b[bo + i]);
        }
    }

    static void geluTanhBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.geluTanhBackward(a[ao + i], b[bo + i]);
        }
    }
}
