package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link SoftmaxRows}, a vector at a time. */
final class SoftmaxRowsSimd {
    private SoftmaxRowsSimd() {}

    static void softmax(float[] x, int xo, float[] y, int yo, int n) {
        if (n <= WIDTH && WIDTH == LaneSum.LANES) {
            softmaxOfOneVector(x, xo, y, yo, n);
            return;
        }
        float shift = RowsSimd.max(x, xo, n);
        scale(y, yo, 1 / exponentials(x, xo, shift, y, yo, n), n);
    }

    /** A short row never leaves the registers: attention over a sentence has rows of this kind. */
    private static void softmaxOfOneVector(float[] x, int xo, float[] y, int yo, int n) {
        VectorMask<Float> mask = LanesSimd.rest(n, 0);
        FloatVector v = FloatVector.fromArray(FLOATS, x, xo, mask);
        float shift = LanesSimd.max(
                FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY).blend(v, mask));
        FloatVector e = RowsSimd.exponential(x, xo, shift, n, 0);
        e.mul(1 / LanesSimd.sum(e, e, e, e)).intoArray(y, yo, mask);
    }

    private static float exponentials(float[] x, int xo, float shift, float[] y, int yo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = s0.add(exponential(x, xo + i, shift, y, yo + i));
            if (WIDTH <= 8) {
                s1 = s1.add(exponential(x, xo + i + WIDTH, shift, y, yo + i + WIDTH));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(exponential(x, xo + i + 2 * WIDTH, shift, y, yo + i + 2 * WIDTH));
                s3 = s3.add(exponential(x, xo + i + 3 * WIDTH, shift, y, yo + i + 3 * WIDTH));
            }
        }
        s0 = s0.add(exponential(x, xo + end, shift, y, yo + end, n - end, 0));
        if (WIDTH <= 8) {
            s1 = s1.add(exponential(x, xo + end, shift, y, yo + end, n - end, 1));
        }
        if (WIDTH <= 4) {
            s2 = s2.add(exponential(x, xo + end, shift, y, yo + end, n - end, 2));
            s3 = s3.add(exponential(x, xo + end, shift, y, yo + end, n - end, 3));
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    private static FloatVector exponential(float[] x, int xo, float shift, float[] y, int yo) {
        FloatVector e =
                TranscendentalSimd.exp(FloatVector.fromArray(FLOATS, x, xo).sub(shift));
        e.intoArray(y, yo);
        return e;
    }

    private static FloatVector exponential(float[] x, int xo, float shift, float[] y, int yo, int rest, int part) {
        if (rest <= part * WIDTH) {
            return FloatVector.zero(FLOATS);
        }
        FloatVector e = RowsSimd.exponential(x, xo, shift, rest, part);
        e.intoArray(y, yo + part * WIDTH, LanesSimd.rest(rest, part));
        return e;
    }

    static void scale(float[] y, int yo, float factor, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector.fromArray(FLOATS, y, yo + i).mul(factor).intoArray(y, yo + i);
        }
        if (i < n) {
            VectorMask<Float> mask = LanesSimd.rest(n - i, 0);
            FloatVector.fromArray(FLOATS, y, yo + i, mask).mul(factor).intoArray(y, yo + i, mask);
        }
    }

    static void softmaxBackward(
            float[] y, int yo, float[] dY, int dYo, float dot, float scale, float[] dX, int dXo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector d = FloatVector.fromArray(FLOATS, dY, dYo + i).sub(dot);
            FloatVector.fromArray(FLOATS, y, yo + i).mul(d).mul(scale).intoArray(dX, dXo + i);
        }
        if (i < n) {
            VectorMask<Float> mask = LanesSimd.rest(n - i, 0);
            FloatVector d = FloatVector.fromArray(FLOATS, dY, dYo + i, mask).sub(dot);
            FloatVector.fromArray(FLOATS, y, yo + i, mask).mul(d).mul(scale).intoArray(dX, dXo + i, mask);
        }
    }

    static void logSoftmax(float[] x, int xo, float shift, float log, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector.fromArray(FLOATS, x, xo + i).sub(shift).sub(log).intoArray(y, yo + i);
        }
        SoftmaxRowsScalar.logSoftmax(x, xo + i, shift, log, y, yo + i, n - i);
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
