package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link SoftmaxRows}, a vector at a time. */
final class SoftmaxRowsSimd {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final FloatVector LOWEST = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);

    /**
     * One of the passes over a row, given the number that the last one found. They are called through a list, so that the compiler
     * inlines none of them into the others: together they are more than it does well.
     */
    private interface Pass {
        float run(float[] x, int xo, float number, float[] y, int yo, int n);
    }

    private static final Pass[] PASSES = {
        (x, xo, none, y, yo, n) -> RowsSimd.max(x, xo, n),
        SoftmaxRowsSimd::exponentials,
        (x, xo, none, y, yo, n) -> 1 / RowsSimd.sum(y, yo, n),
        SoftmaxRowsSimd::scaled
    };
    /** A short row never leaves the registers: attention over a sentence has rows of this kind. */
    private static final Pass[] SHORT = {
        SoftmaxRowsSimd::ofOneVector,
    };

    private SoftmaxRowsSimd() {}

    static void softmax(float[] x, int xo, float[] y, int yo, int n) {
        float number = 0;
        for (Pass pass : n <= WIDTH && WIDTH == LaneSum.LANES ? SHORT : PASSES) {
            number = pass.run(x, xo, number, y, yo, n);
        }
    }

    private static float ofOneVector(float[] x, int xo, float none, float[] y, int yo, int n) {
        VectorMask<Float> mask = LanesSimd.rest(n, 0);
        FloatVector v = FloatVector.fromArray(FLOATS, x, xo, mask);
        // Lanes without an element subtract nothing, so that none makes a slow denormal.
        FloatVector e = ExpLogSimd.expUpTo40(v.sub(LanesSimd.max(LOWEST.blend(v, mask)), mask));
        FloatVector own = ZERO.blend(e, mask);
        own.mul(1 / LanesSimd.sum(own, own, own, own)).intoArray(y, yo, mask);
        return 0;
    }

    /**
     * Writes e^(x - shift). The last vector overlaps the one before, and every vector is read before the one ahead of it is written,
     * as y may be x: so one exponential does, and of two in a method the compiler inlines but one.
     */
    private static float exponentials(float[] x, int xo, float shift, float[] y, int yo, int n) {
        if (n < WIDTH) {
            SoftmaxRowsScalar.exponentials(x, xo, shift, y, yo, n);
            return 0;
        }
        int last = n - WIDTH;
        FloatVector v = FloatVector.fromArray(FLOATS, x, xo);
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector next = FloatVector.fromArray(FLOATS, x, xo + Math.min(i + WIDTH, last));
            ExpLogSimd.expUpTo40(v.sub(shift)).intoArray(y, yo + Math.min(i, last));
            v = next;
        }
        return 0;
    }

    private static float scaled(float[] x, int xo, float factor, float[] y, int yo, int n) {
        scale(y, yo, factor, n);
        return 0;
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
            FloatVector p = ExpLogSimd.exp(FloatVector.fromArray(FLOATS, y, yo + i));
            p.neg().fma(total, FloatVector.fromArray(FLOATS, dY, dYo + i)).intoArray(dX, dXo + i);
        }
        SoftmaxRowsScalar.logSoftmaxBackward(y, yo + i, dY, dYo + i, sum, dX, dXo + i, n - i);
    }
}
