package luthier.tensor.kernel;

/** {@link AdamW}, one element at a time: the definition. */
final class AdamWScalar {
    private AdamWScalar() {}

    static void step(float[] p, int po, float[] g, int go, float[] m, int mo, float[] v, int vo, AdamWRates r, int n) {
        for (int i = 0; i < n; i++) {
            float gradient = g[go + i];
            float mean = Math.fma(gradient - m[mo + i], r.rise1(), m[mo + i]);
            float square = Math.fma(gradient * gradient, r.rise2(), v[vo + i] * r.beta2());
            m[mo + i] = mean;
            v[vo + i] = square;
            float root = (float) Math.sqrt(square) / r.rootCorrection() + r.eps();
            p[po + i] = Math.fma(mean / root, -r.stepSize(), p[po + i] * r.keep());
        }
    }
}
