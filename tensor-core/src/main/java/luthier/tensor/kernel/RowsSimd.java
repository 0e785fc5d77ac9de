package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Rows}, sixteen elements at a time in one, two or four vectors: {@code WIDTH} is a constant, so the branches on it cost
 * nothing. The last, incomplete sixteen are read under a mask; a lane without an element adds 0, which changes no sum that
 * started at +0. Accumulators start from a vector made in place: one from a constant stays boxed in the loop (10x slower),
 * and so does one that branches change. So there are none.
 */
final class RowsSimd {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final FloatVector LOWEST = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    private static final FloatVector HIGHEST = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);

    private RowsSimd() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(FLOATS, x, at);
    }

    /** Loads the {@code part}-th vector of the last {@code rest} elements, 0 behind them. */
    private static FloatVector load(float[] x, int at, int rest, int part) {
        return FloatVector.fromArray(FLOATS, x, at + part * WIDTH, LanesSimd.rest(rest, part));
    }

    static float sum(float[] x, int xo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = s0.add(load(x, xo + i));
            if (WIDTH <= 8) {
                s1 = s1.add(load(x, xo + i + WIDTH));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(load(x, xo + i + 2 * WIDTH));
                s3 = s3.add(load(x, xo + i + 3 * WIDTH));
            }
        }
        int at = xo + end;
        int rest = n - end;
        s0 = s0.add(load(x, at, rest, 0));
        if (WIDTH <= 8) {
            s1 = s1.add(load(x, at, rest, 1));
        }
        if (WIDTH <= 4) {
            s2 = s2.add(load(x, at, rest, 2));
            s3 = s3.add(load(x, at, rest, 3));
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    static double sumOfQuarters(float[] x, int xo, int quarter) {
        if (WIDTH < 16) {
            return RowsScalar.addQuarters(
                    sum(x, xo, quarter),
                    sum(x, xo + quarter, quarter),
                    sum(x, xo + 2 * quarter, quarter),
                    sum(x, xo + 3 * quarter, quarter));
        }
        // Four chains at once: one alone waits four cycles for every add.
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector c = FloatVector.zero(FLOATS);
        FloatVector d = FloatVector.zero(FLOATS);
        for (int i = xo; i < xo + quarter; i += WIDTH) {
            a = a.add(load(x, i));
            b = b.add(load(x, i + quarter));
            c = c.add(load(x, i + 2 * quarter));
            d = d.add(load(x, i + 3 * quarter));
        }
        return RowsScalar.addQuarters(
                LanesSimd.sum(a, a, a, a),
                LanesSimd.sum(b, b, b, b),
                LanesSimd.sum(c, c, c, c),
                LanesSimd.sum(d, d, d, d));
    }

    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = load(a, ao + i).fma(load(b, bo + i), s0);
            if (WIDTH <= 8) {
                s1 = load(a, ao + i + WIDTH).fma(load(b, bo + i + WIDTH), s1);
            }
            if (WIDTH <= 4) {
                s2 = load(a, ao + i + 2 * WIDTH).fma(load(b, bo + i + 2 * WIDTH), s2);
                s3 = load(a, ao + i + 3 * WIDTH).fma(load(b, bo + i + 3 * WIDTH), s3);
            }
        }
        int u = ao + end;
        int v = bo + end;
        int rest = n - end;
        s0 = load(a, u, rest, 0).fma(load(b, v, rest, 0), s0);
        if (WIDTH <= 8) {
            s1 = load(a, u, rest, 1).fma(load(b, v, rest, 1), s1);
        }
        if (WIDTH <= 4) {
            s2 = load(a, u, rest, 2).fma(load(b, v, rest, 2), s2);
            s3 = load(a, u, rest, 3).fma(load(b, v, rest, 3), s3);
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    static float distance(float[] x, int xo, float center, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = s0.add(load(x, xo + i).sub(center));
            if (WIDTH <= 8) {
                s1 = s1.add(load(x, xo + i + WIDTH).sub(center));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(load(x, xo + i + 2 * WIDTH).sub(center));
                s3 = s3.add(load(x, xo + i + 3 * WIDTH).sub(center));
            }
        }
        int at = xo + end;
        int rest = n - end;
        s0 = s0.add(distance(x, at, center, rest, 0));
        if (WIDTH <= 8) {
            s1 = s1.add(distance(x, at, center, rest, 1));
        }
        if (WIDTH <= 4) {
            s2 = s2.add(distance(x, at, center, rest, 2));
            s3 = s3.add(distance(x, at, center, rest, 3));
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    /** x - center for the last {@code rest} elements, 0 behind them. */
    private static FloatVector distance(float[] x, int at, float center, int rest, int part) {
        VectorMask<Float> mask = LanesSimd.rest(rest, part);
        return ZERO.blend(
                FloatVector.fromArray(FLOATS, x, at + part * WIDTH, mask).sub(center), mask);
    }

    static float squaredDistance(float[] x, int xo, float center, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int end = n - n % LaneSum.LANES;
        for (int i = 0; i < end; i += LaneSum.LANES) {
            s0 = addSquare(load(x, xo + i).sub(center), s0);
            if (WIDTH <= 8) {
                s1 = addSquare(load(x, xo + i + WIDTH).sub(center), s1);
            }
            if (WIDTH <= 4) {
                s2 = addSquare(load(x, xo + i + 2 * WIDTH).sub(center), s2);
                s3 = addSquare(load(x, xo + i + 3 * WIDTH).sub(center), s3);
            }
        }
        int at = xo + end;
        int rest = n - end;
        s0 = addSquare(distance(x, at, center, rest, 0), s0);
        if (WIDTH <= 8) {
            s1 = addSquare(distance(x, at, center, rest, 1), s1);
        }
        if (WIDTH <= 4) {
            s2 = addSquare(distance(x, at, center, rest, 2), s2);
            s3 = addSquare(distance(x, at, center, rest, 3), s3);
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    private static FloatVector addSquare(FloatVector d, FloatVector sum) {
        return d.fma(d, sum);
    }

    static float sumExp(float[] x, int xo, float shift, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        // Always under a mask: of two exponentials in one method the compiler inlines but one.
        for (int i = 0; i < n; i += LaneSum.LANES) {
            s0 = s0.add(exponential(x, xo + i, shift, n - i, 0));
            if (WIDTH <= 8) {
                s1 = s1.add(exponential(x, xo + i, shift, n - i, 1));
            }
            if (WIDTH <= 4) {
                s2 = s2.add(exponential(x, xo + i, shift, n - i, 2));
                s3 = s3.add(exponential(x, xo + i, shift, n - i, 3));
            }
        }
        return LanesSimd.sum(s0, s1, s2, s3);
    }

    /** e^(x - shift), at most e^40, for the {@code rest} elements still to come, 0 behind them. */
    static FloatVector exponential(float[] x, int xo, float shift, int rest, int part) {
        VectorMask<Float> mask = LanesSimd.rest(rest, part);
        // Lanes without an element subtract nothing, so that none makes a slow denormal.
        FloatVector v =
                FloatVector.fromArray(FLOATS, x, xo + part * WIDTH, mask).sub(shift, mask);
        return ZERO.blend(ExpLogSimd.expUpTo40(v), mask);
    }

    // Extremes compare keys; the last vector of a row overlaps the one before, which no extreme minds.

    static float max(float[] x, int xo, int n) {
        if (n < WIDTH) {
            VectorMask<Float> mask = LanesSimd.rest(n, 0);
            return LanesSimd.max(LOWEST.blend(FloatVector.fromArray(FLOATS, x, xo, mask), mask));
        }
        IntVector m = LanesSimd.maxKeys(load(x, xo + n - WIDTH));
        for (int i = 0; i < n - WIDTH; i += WIDTH) {
            m = m.max(LanesSimd.maxKeys(load(x, xo + i)));
        }
        return LanesSimd.maxOfKeys(m);
    }

    static float min(float[] x, int xo, int n) {
        if (n < WIDTH) {
            VectorMask<Float> mask = LanesSimd.rest(n, 0);
            return LanesSimd.min(HIGHEST.blend(FloatVector.fromArray(FLOATS, x, xo, mask), mask));
        }
        IntVector m = LanesSimd.minKeys(load(x, xo + n - WIDTH));
        for (int i = 0; i < n - WIDTH; i += WIDTH) {
            m = m.min(LanesSimd.minKeys(load(x, xo + i)));
        }
        return LanesSimd.minOfKeys(m);
    }
}
