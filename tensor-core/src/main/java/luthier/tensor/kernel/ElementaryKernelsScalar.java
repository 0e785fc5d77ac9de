package luthier.tensor.kernel;

/** {@link ElementaryKernels}, one element at a time: the definition. */
final class ElementaryKernelsScalar {
    private ElementaryKernelsScalar() {}

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = ExpLogScalar.exp(x[xo + i]);
        }
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = ExpLogScalar.log(x[xo + i]);
        }
    }

    static void exp2(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.exp2(x[xo + i]);
        }
    }

    static void expm1(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.expm1(x[xo + i]);
        }
    }

    static void log2(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.log2(x[xo + i]);
        }
    }

    static void log1p(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.log1p(x[xo + i]);
        }
    }

    static void sin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.sin(x[xo + i]);
        }
    }

    static void cos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.cos(x[xo + i]);
        }
    }

    static void tan(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.tan(x[xo + i]);
        }
    }

    static void asin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.asin(x[xo + i]);
        }
    }

    static void acos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.acos(x[xo + i]);
        }
    }

    static void atan(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.atan(x[xo + i]);
        }
    }

    static void sinh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.sinh(x[xo + i]);
        }
    }

    static void cosh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.cosh(x[xo + i]);
        }
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.tanh(x[xo + i]);
        }
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.erf(x[xo + i]);
        }
    }

    static void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.pow(a[ao + i], b[bo + i]);
        }
    }

    static void power(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.power(x[xo + i], exponent);
        }
    }

    static void root(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.power(FloatFunctionsScalar.root(x[xo + i]), exponent);
        }
    }

    static void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.atan2(a[ao + i], b[bo + i]);
        }
    }

    static void logAddExp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.logAddExp(a[ao + i], b[bo + i]);
        }
    }

    static void xlogy(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) FloatFunctionsScalar.xlogy(a[ao + i], b[bo + i]);
        }
    }
}
