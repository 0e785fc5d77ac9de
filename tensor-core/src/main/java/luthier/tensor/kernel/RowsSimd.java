package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Rows}, sixteen elements at a time in one, two or four vectors: {@code WIDTH} is a constant, so the branches on it cost
 * nothing.
 */
final class RowsSimd {
    private RowsSimd() {}

    static float sum(float[] x, int xo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = s0.add(FloatVector.fromArray(FLOATS, x, xo + i));
            if (WIDTH <= 8) {
                s1 = s1.add(FloatVector.fromArray(FLOATS, x, xo + i + WIDTH));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(FloatVector.fromArray(FLOATS, x, xo + i + 2 * WIDTH));
                s3 = s3.add(FloatVector.fromArray(FLOATS, x, xo + i + 3 * WIDTH));
            }
        }
        float[] lanes = LanesSimd.store(s0, s1, s2, s3);
        for (int i = end; i < n; i++) {
            lanes[i & 15] += x[xo + i];
        }
        return LaneSum.combine(lanes);
    }

    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = FloatVector.fromArray(FLOATS, a, ao + i).fma(FloatVector.fromArray(FLOATS, b, bo + i), s0);
            if (WIDTH <= 8) {
                s1 = FloatVector.fromArray(FLOATS, a, ao + i + WIDTH)
                        .fma(FloatVector.fromArray(FLOATS, b, bo + i + WIDTH), s1);
            }
            if (WIDTH <= 4) {
                s2 = FloatVector.fromArray(FLOATS, a, ao + i + 2 * WIDTH)
                        .fma(FloatVector.fromArray(FLOATS, b, bo + i + 2 * WIDTH), s2);
                s3 = FloatVector.fromArray(FLOATS, a, ao + i + 3 * WIDTH)
                        .fma(FloatVector.fromArray(FLOATS, b, bo + i + 3 * WIDTH), s3);
            }
        }
        float[] lanes = LanesSimd.store(s0, s1, s2, s3);
        for (int i = end; i < n; i++) {
            lanes[i & 15] = Math.fma(a[ao + i], b[bo + i], lanes[i & 15]);
        }
        return LaneSum.combine(lanes);
    }

    static float squaredDistance(float[] x, int xo, float center, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            FloatVector d0 = FloatVector.fromArray(FLOATS, x, xo + i).sub(center);
            s0 = d0.fma(d0, s0);
            if (WIDTH <= 8) {
                FloatVector d1 =
                        FloatVector.fromArray(FLOATS, x, xo + i + WIDTH).sub(center);
                s1 = d1.fma(d1, s1);
            }
            if (WIDTH <= 4) {
                FloatVector d2 =
                        FloatVector.fromArray(FLOATS, x, xo + i + 2 * WIDTH).sub(center);
                s2 = d2.fma(d2, s2);
                FloatVector d3 =
                        FloatVector.fromArray(FLOATS, x, xo + i + 3 * WIDTH).sub(center);
                s3 = d3.fma(d3, s3);
            }
        }
        float[] lanes = LanesSimd.store(s0, s1, s2, s3);
        for (int i = end; i < n; i++) {
            float d = x[xo + i] - center;
            lanes[i & 15] = Math.fma(d, d, lanes[i & 15]);
        }
        return LaneSum.combine(lanes);
    }

    static float sumExp(float[] x, int xo, float shift, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = s0.add(TranscendentalSimd.exp(
                    FloatVector.fromArray(FLOATS, x, xo + i).sub(shift)));
            if (WIDTH <= 8) {
                s1 = s1.add(TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + WIDTH).sub(shift)));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + 2 * WIDTH).sub(shift)));
                s3 = s3.add(TranscendentalSimd.exp(
                        FloatVector.fromArray(FLOATS, x, xo + i + 3 * WIDTH).sub(shift)));
            }
        }
        float[] lanes = LanesSimd.store(s0, s1, s2, s3);
        for (int i = end; i < n; i++) {
            lanes[i & 15] += TranscendentalScalar.exp(x[xo + i] - shift);
        }
        return LaneSum.combine(lanes);
    }

    static float max(float[] x, int xo, int n) {
        if (n < WIDTH) {
            return RowsScalar.max(x, xo, n);
        }
        FloatVector m = FloatVector.fromArray(FLOATS, x, xo);
        int i = WIDTH;
        for (; i <= n - WIDTH; i += WIDTH) {
            m = m.max(FloatVector.fromArray(FLOATS, x, xo + i));
        }
        float[] lanes = new float[WIDTH];
        m.intoArray(lanes, 0);
        return Math.max(RowsScalar.max(lanes, 0, WIDTH), RowsScalar.max(x, xo + i, n - i));
    }

    static float min(float[] x, int xo, int n) {
        if (n < WIDTH) {
            return RowsScalar.min(x, xo, n);
        }
        FloatVector m = FloatVector.fromArray(FLOATS, x, xo);
        int i = WIDTH;
        for (; i <= n - WIDTH; i += WIDTH) {
            m = m.min(FloatVector.fromArray(FLOATS, x, xo + i));
        }
        float[] lanes = new float[WIDTH];
        m.intoArray(lanes, 0);
        return Math.min(RowsScalar.min(lanes, 0, WIDTH), RowsScalar.min(x, xo + i, n - i));
    }
}
