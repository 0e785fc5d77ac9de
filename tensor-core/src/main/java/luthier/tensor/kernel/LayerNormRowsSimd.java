package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link LayerNormRows}, a vector at a time. */
final class LayerNormRowsSimd {
    private LayerNormRowsSimd() {}

    static void normalize(
            float[] x, int xo, float mean, float rstd, float[] w, int wo, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            standardized(x, xo + i, mean, rstd)
                    .fma(FloatVector.fromArray(FLOATS, w, wo + i), FloatVector.fromArray(FLOATS, b, bo + i))
                    .intoArray(y, yo + i);
        }
        LayerNormRowsScalar.normalize(x, xo + i, mean, rstd, w, wo + i, b, bo + i, y, yo + i, n - i);
    }

    private static FloatVector standardized(float[] x, int at, float mean, float rstd) {
        return FloatVector.fromArray(FLOATS, x, at).sub(mean).mul(rstd);
    }

    /** (x - mean) rstd for the last {@code rest} elements, 0 behind them. */
    private static FloatVector standardized(float[] x, int at, float mean, float rstd, int rest, int part) {
        VectorMask<Float> mask = LanesSimd.rest(rest, part);
        FloatVector v = FloatVector.fromArray(FLOATS, x, at + part * WIDTH, mask);
        return FloatVector.zero(FLOATS).blend(v.sub(mean).mul(rstd), mask);
    }

    /** dY w for the last {@code rest} elements, 0 behind them. */
    private static FloatVector gradient(float[] dY, int dYo, float[] w, int wo, int rest, int part) {
        VectorMask<Float> mask = LanesSimd.rest(rest, part);
        return FloatVector.fromArray(FLOATS, dY, dYo + part * WIDTH, mask)
                .mul(FloatVector.fromArray(FLOATS, w, wo + part * WIDTH, mask));
    }

    static void backward(
            float[] x,
            int xo,
            float mean,
            float rstd,
            float[] w,
            int wo,
            float[] dY,
            int dYo,
            float[] dX,
            int dXo,
            int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        FloatVector t0 = FloatVector.zero(FLOATS);
        FloatVector t1 = FloatVector.zero(FLOATS);
        FloatVector t2 = FloatVector.zero(FLOATS);
        FloatVector t3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            FloatVector g0 = FloatVector.fromArray(FLOATS, dY, dYo + i).mul(FloatVector.fromArray(FLOATS, w, wo + i));
            s0 = s0.add(g0);
            t0 = g0.fma(standardized(x, xo + i, mean, rstd), t0);
            if (WIDTH <= 8) {
                FloatVector g1 = FloatVector.fromArray(FLOATS, dY, dYo + i + WIDTH)
                        .mul(FloatVector.fromArray(FLOATS, w, wo + i + WIDTH));
                s1 = s1.add(g1);
                t1 = g1.fma(standardized(x, xo + i + WIDTH, mean, rstd), t1);
            }
            if (WIDTH <= 4) {
                FloatVector g2 = FloatVector.fromArray(FLOATS, dY, dYo + i + 2 * WIDTH)
                        .mul(FloatVector.fromArray(FLOATS, w, wo + i + 2 * WIDTH));
                s2 = s2.add(g2);
                t2 = g2.fma(standardized(x, xo + i + 2 * WIDTH, mean, rstd), t2);
                FloatVector g3 = FloatVector.fromArray(FLOATS, dY, dYo + i + 3 * WIDTH)
                        .mul(FloatVector.fromArray(FLOATS, w, wo + i + 3 * WIDTH));
                s3 = s3.add(g3);
                t3 = g3.fma(standardized(x, xo + i + 3 * WIDTH, mean, rstd), t3);
            }
        }
        int rest = n - end;
        FloatVector g0 = gradient(dY, dYo + end, w, wo + end, rest, 0);
        s0 = s0.add(g0);
        t0 = g0.fma(standardized(x, xo + end, mean, rstd, rest, 0), t0);
        if (WIDTH <= 8) {
            FloatVector g1 = gradient(dY, dYo + end, w, wo + end, rest, 1);
            s1 = s1.add(g1);
            t1 = g1.fma(standardized(x, xo + end, mean, rstd, rest, 1), t1);
        }
        if (WIDTH <= 4) {
            FloatVector g2 = gradient(dY, dYo + end, w, wo + end, rest, 2);
            s2 = s2.add(g2);
            t2 = g2.fma(standardized(x, xo + end, mean, rstd, rest, 2), t2);
            FloatVector g3 = gradient(dY, dYo + end, w, wo + end, rest, 3);
            s3 = s3.add(g3);
            t3 = g3.fma(standardized(x, xo + end, mean, rstd, rest, 3), t3);
        }
        finish(
                x,
                xo,
                mean,
                rstd,
                w,
                wo,
                dY,
                dYo,
                LanesSimd.sum(s0, s1, s2, s3) / n,
                LanesSimd.sum(t0, t1, t2, t3) / n,
                dX,
                dXo,
                n);
    }

    static void finish(
            float[] x,
            int xo,
            float mean,
            float rstd,
            float[] w,
            int wo,
            float[] dY,
            int dYo,
            float meanG,
            float meanGZ,
            float[] dX,
            int dXo,
            int n) {
        FloatVector factor = FloatVector.broadcast(FLOATS, meanGZ);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector z = standardized(x, xo + i, mean, rstd);
            FloatVector g = FloatVector.fromArray(FLOATS, dY, dYo + i).mul(FloatVector.fromArray(FLOATS, w, wo + i));
            z.neg().fma(factor, g.sub(meanG)).mul(rstd).intoArray(dX, dXo + i);
        }
        LayerNormRowsScalar.finish(x, xo + i, mean, rstd, w, wo + i, dY, dYo + i, meanG, meanGZ, dX, dXo + i, n - i);
    }

    static void addParameterGradients(
            float[] x, int xo, float mean, float rstd, float[] dY, int dYo, float[] dW, float[] dB, int o, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector d = FloatVector.fromArray(FLOATS, dY, dYo + i);
            d.fma(standardized(x, xo + i, mean, rstd), FloatVector.fromArray(FLOATS, dW, o + i))
                    .intoArray(dW, o + i);
            FloatVector.fromArray(FLOATS, dB, o + i).add(d).intoArray(dB, o + i);
        }
        LayerNormRowsScalar.addParameterGradients(x, xo + i, mean, rstd, dY, dYo + i, dW, dB, o + i, n - i);
    }
}
