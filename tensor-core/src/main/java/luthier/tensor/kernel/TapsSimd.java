package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link Taps}, four vectors of sums side by side, so that a tap's weight is spread once for all of them. */
final class TapsSimd {
    private TapsSimd() {}

    static void add(float[] x, int[] at, float[] w, int wo, float[] y, int yo, int n) {
        int j = 0;
        for (; j <= n - 4 * WIDTH; j += 4 * WIDTH) {
            FloatVector s0 = FloatVector.fromArray(FLOATS, y, yo + j);
            FloatVector s1 = FloatVector.fromArray(FLOATS, y, yo + j + WIDTH);
            FloatVector s2 = FloatVector.fromArray(FLOATS, y, yo + j + 2 * WIDTH);
            FloatVector s3 = FloatVector.fromArray(FLOATS, y, yo + j + 3 * WIDTH);
            for (int t = 0; t < at.length; t++) {
                FloatVector tap = FloatVector.broadcast(FLOATS, w[wo + t]);
                int from = at[t] + j;
                s0 = tap.fma(FloatVector.fromArray(FLOATS, x, from), s0);
                s1 = tap.fma(FloatVector.fromArray(FLOATS, x, from + WIDTH), s1);
                s2 = tap.fma(FloatVector.fromArray(FLOATS, x, from + 2 * WIDTH), s2);
                s3 = tap.fma(FloatVector.fromArray(FLOATS, x, from + 3 * WIDTH), s3);
            }
            s0.intoArray(y, yo + j);
            s1.intoArray(y, yo + j + WIDTH);
            s2.intoArray(y, yo + j + 2 * WIDTH);
            s3.intoArray(y, yo + j + 3 * WIDTH);
        }
        for (; j <= n - WIDTH; j += WIDTH) {
            FloatVector sum = FloatVector.fromArray(FLOATS, y, yo + j);
            for (int t = 0; t < at.length; t++) {
                sum = FloatVector.broadcast(FLOATS, w[wo + t]).fma(FloatVector.fromArray(FLOATS, x, at[t] + j), sum);
            }
            sum.intoArray(y, yo + j);
        }
        TapsScalar.tail(x, at, w, wo, y, yo, j, n);
    }
}
