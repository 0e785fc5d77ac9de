package luthier.tensor.kernel;

/** {@link Accumulate}, one element at a time: the definition. */
final class AccumulateScalar {
    private AccumulateScalar() {}

    static void scaled(float[] p, int po, float[] a, int ao, float factor, int n) {
        for (int i = 0; i < n; i++) {
            p[po + i] += a[ao + i] * factor;
        }
    }

    static void product(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        for (int i = 0; i < n; i++) {
            p[po + i] = Math.fma(a[ao + i] * b[bo + i], factor, p[po + i]);
        }
    }

    static void ratio(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        for (int i = 0; i < n; i++) {
            p[po + i] = Math.fma(a[ao + i] / b[bo + i], factor, p[po + i]);
        }
    }

    static void rootRatio(
            float[] p, int po, float[] a, int ao, float[] v, int vo, float factor, float correction, float eps, int n) {
        for (int i = 0; i < n; i++) {
            float root = (float) Math.sqrt(v[vo + i]) / correction + eps;
            p[po + i] = Math.fma(a[ao + i] / root, factor, p[po + i]);
        }
    }
}
