package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link SoftmaxRows}, a vector at a time. */
final class SoftmaxRowsSimd {
    private SoftmaxRowsSimd() {}

    static float exponentials(float[] x, int xo, float shift, float[] y, int yo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            FloatVector e0 = TranscendentalSimd.exp(
                    FloatVector.fromArray(FLOATS, x, xo + i).sub(shift));
            e0.intoArray(y, yo + i);
            s0 = s0.add(e0);
            if (WIDTH <= 8) {
                FloatVector e1 = TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + WIDTH).sub(shift));
                e1.intoArray(y, yo + i + WIDTH);
                s1 = s1.add(e1);
            }
            if (WIDTH <= 4) {
                FloatVector e2 = TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + 2 * WIDTH).sub(shift));
                e2.intoArray(y, yo + i + 2 * WIDTH);
                s2 = s2.add(e2);
                FloatVector e3 = TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + 3 * WIDTH).sub(shift));
                e3.intoArray(y, yo + i + 3 * WIDTH);
                s3 = s3.add(e3);
            }
        }
        float[] lanes = LanesSimd.store(s0, s1, s2, s3);
        for (int i = end; i < n; i++) {
            float e = TranscendentalScalar.exp(x[xo + i] - shift);
            y[yo + i] = e;
            lanes[i & 15] += e;
        }
        return LaneSum.combine(lanes);
    }

    static void scale(float[] y, int yo, float factor, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector.fromArray(FLOATS, y, yo + i).mul(factor).intoArray(y, yo + i);
        }
        SoftmaxRowsScalar.scale(y, yo + i, factor, n - i);
    }

    static void softmaxBackward(
            float[] y, int yo, float[] dY, int dYo, float dot, float scale, float[] dX, int dXo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector d = FloatVector.fromArray(FLOATS, dY, dYo + i).sub(dot);
            FloatVector.fromArray(FLOATS, y, yo + i).mul(d).mul(scale).intoArray(dX, dXo + i);
        }
        SoftmaxRowsScalar.softmaxBackward(y, yo + i, dY, dYo + i, dot, scale, dX, dXo + i, n - i);
    }

    static void logSoftmaxBackward(float[] y, int yo, float[] dY, int dYo, float sum, float[] dX, int dXo, int n) {
        FloatVector total = FloatVector.broadcast(FLOATS, sum);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector p = TranscendentalSimd.exp(FloatVector.fromArray(FLOATS, y, yo + i));
            p.neg().fma(total, FloatVector.fromArray(FLOATS, dY, dYo + i)).intoArray(dX, dXo + i);
        }
        SoftmaxRowsScalar.logSoftmaxBackward(y, yo + i, dY, dYo + i, sum, dX, dXo + i, n - i);
    }
}
