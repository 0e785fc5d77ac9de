package luthier.tensor.kernel;

/**
 * One step of AdamW; Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2: p *= keep; m += rise1 (g - m); v = beta2 v +
 * rise2 g^2; p -= stepSize m / (sqrt(v) / rootCorrection + eps). {@link AdamWScalar} is the definition, {@link AdamWSimd} its
 * twin.
 */
public final class AdamW {
    private static final boolean SIMD = Kernels.simd();

    private AdamW() {}

    /** Updates n elements of p, m and v in place. */
    public static void step(
            float[] p, int po, float[] g, int go, float[] m, int mo, float[] v, int vo, AdamWRates r, int n) {
        if (SIMD) {
            AdamWSimd.step(p, po, g, go, m, mo, v, vo, r, n);
        } else {
            AdamWScalar.step(p, po, g, go, m, mo, v, vo, r, n);
        }
    }
}
