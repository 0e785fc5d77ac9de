package luthier.tensor.kernel;

/** {@link Taps}, number by number. */
final class TapsScalar {
    private TapsScalar() {}

    static void add(float[] x, int[] at, float[] w, int wo, float[] y, int yo, int n) {
        tail(x, at, w, wo, y, yo, 0, n);
    }

    static void tail(float[] x, int[] at, float[] w, int wo, float[] y, int yo, int start, int n) {
        for (int j = start; j < n; j++) {
            float sum = y[yo + j];
            for (int t = 0; t < at.length; t++) {
                sum = Math.fma(w[wo + t], x[at[t] + j], sum);
            }
            y[yo + j] = sum;
        }
    }
}
