package luthier.tensor.kernel;

/**
 * Kernels that are too much for the compiler in one loop: beyond its limit of nodes it stops inlining and boxes every vector (GELU
 * in one loop takes 4 ns an element on AVX-512). They run in two passes over short pieces, with doubles in between that stay in the
 * first-level cache, and a third, scalar one over the elements that fill no vector.
 *
 * <p>Three passes at one call also keep the compiler from inlining them into one loop again.
 */
final class PassesSimd {
    private static final int PIECE = 512;

    private PassesSimd() {}

    /** Part of a kernel over at most a piece; {@code b} is {@code a} for functions of one number. */
    interface Pass {
        void run(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n);
    }

    static void run(Pass[] passes, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        double[] between = new double[Math.min(n, PIECE)];
        for (int start = 0; start < n; start += PIECE) {
            int length = Math.min(PIECE, n - start);
            for (Pass pass : passes) {
                pass.run(a, ao + start, b, bo + start, between, y, yo + start, length);
            }
        }
    }

    /** Returns the elements of n that fill vectors. */
    static int whole(int n) {
        return n - n % FloatFunctionsSimd.WIDTH;
    }
}
