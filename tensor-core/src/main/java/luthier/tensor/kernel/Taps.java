package luthier.tensor.kernel;

/**
 * The sum of a row's shifted copies: y[j] = fma(w[t], x[at[t] + j], y[j]) for t = 0, 1, .. in turn, the inner loop of a depthwise
 * convolution. x and y must not overlap. {@link TapsScalar} is the definition, {@link TapsSimd} its twin with the same bits.
 */
public final class Taps {
    private static final boolean SIMD = Kernels.simd();

    private Taps() {}

    /** Adds n numbers for each of {@code at.length} taps; their weights start at {@code wo}. */
    public static void add(float[] x, int[] at, float[] w, int wo, float[] y, int yo, int n) {
        if (SIMD) {
            TapsSimd.add(x, at, w, wo, y, yo, n);
        } else {
            TapsScalar.add(x, at, w, wo, y, yo, n);
        }
    }
}
