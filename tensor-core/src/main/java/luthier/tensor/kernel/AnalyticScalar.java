package luthier.tensor.kernel;

/** {@link Analytic}, one element at a time: the definition. */
final class AnalyticScalar {
    private AnalyticScalar() {}

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = TranscendentalScalar.exp(x[xo + i]);
        }
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = TranscendentalScalar.log(x[xo + i]);
        }
    }

    static void exp2(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.exp2(x[xo + i]);
        }
    }

    static void expm1(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.expm1(x[xo + i]);
        }
    }

    static void log2(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.log2(x[xo + i]);
        }
    }

    static void log1p(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.log1p(x[xo + i]);
        }
    }

    static void sin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.sin(x[xo + i]);
        }
    }

    static void cos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.cos(x[xo + i]);
        }
    }

    static void tan(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.tan(x[xo + i]);
        }
    }

    static void asin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.asin(x[xo + i]);
        }
    }

    static void acos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.acos(x[xo + i]);
        }
    }

    static void atan(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.atan(x[xo + i]);
        }
    }

    static void sinh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.sinh(x[xo + i]);
        }
    }

    static void cosh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.cosh(x[xo + i]);
        }
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.tanh(x[xo + i]);
        }
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.erf(x[xo + i]);
        }
    }

    static void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.pow(a[ao + i], b[bo + i]);
        }
    }

    static void power(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.power(x[xo + i], exponent);
        }
    }

    static void root(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.power(WideScalar.root(x[xo + i]), exponent);
        }
    }

    static void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.atan2(a[ao + i], b[bo + i]);
        }
    }

    static void logAddExp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.logAddExp(a[ao + i], b[bo + i]);
        }
    }

    static void xlogy(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) WideScalar.xlogy(a[ao + i], b[bo + i]);
        }
    }
}
