package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.INTS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * {@link Pieces}, a vector at a time, on machines whose vectors hold half a table or a whole one: every lane picks its coefficient from
 * registers. A table in two vectors has its second half in {@code h0} to {@code h6}.
 */
record PiecesSimd(
        FloatVector c0,
        FloatVector c1,
        FloatVector c2,
        FloatVector c3,
        FloatVector c4,
        FloatVector c5,
        FloatVector c6,
        FloatVector h0,
        FloatVector h1,
        FloatVector h2,
        FloatVector h3,
        FloatVector h4,
        FloatVector h5,
        FloatVector h6) {
    /** Whether a table fits into two vectors. */
    static final boolean FITS = 2 * WIDTH >= Pieces.COUNT;

    private static final boolean WHOLE = WIDTH >= Pieces.COUNT;
    private static final FloatVector PER_UNIT = FloatVector.broadcast(FLOATS, Pieces.PER_UNIT);
    private static final FloatVector MINUS_WIDTH = FloatVector.broadcast(FLOATS, -1 / Pieces.PER_UNIT);
    private static final FloatVector ROUNDER = FloatVector.broadcast(FLOATS, Pieces.ROUNDER);
    private static final IntVector LANE = IntVector.broadcast(INTS, WIDTH - 1);
    private static final IntVector HIGH_HALF = IntVector.broadcast(INTS, WIDTH);

    static PiecesSimd of(Pieces pieces) {
        return new PiecesSimd(
                half(pieces.c0(), 0),
                half(pieces.c1(), 0),
                half(pieces.c2(), 0),
                half(pieces.c3(), 0),
                half(pieces.c4(), 0),
                half(pieces.c5(), 0),
                half(pieces.c6(), 0),
                half(pieces.c0(), 1),
                half(pieces.c1(), 1),
                half(pieces.c2(), 1),
                half(pieces.c3(), 1),
                half(pieces.c4(), 1),
                half(pieces.c5(), 1),
                half(pieces.c6(), 1));
    }

    private static FloatVector half(float[] table, int half) {
        return FloatVector.fromArray(FLOATS, table, WHOLE ? 0 : half * WIDTH);
    }

    /** Returns the function of every lane; what stands in lanes beyond {@link Pieces#END} means nothing. */
    FloatVector at(FloatVector t) {
        FloatVector rounded = t.fma(PER_UNIT, ROUNDER);
        IntVector k = rounded.reinterpretAsInts();
        FloatVector u = rounded.sub(ROUNDER).fma(MINUS_WIDTH, t);
        VectorShuffle<Float> lane = k.and(LANE).toShuffle().cast(FLOATS);
        VectorMask<Float> high = k.and(HIGH_HALF).compare(VectorOperators.NE, 0).cast(FLOATS);
        FloatVector p = pick(c6, h6, lane, high).fma(u, pick(c5, h5, lane, high));
        p = p.fma(u, pick(c4, h4, lane, high));
        p = p.fma(u, pick(c3, h3, lane, high));
        p = p.fma(u, pick(c2, h2, lane, high));
        p = p.fma(u, pick(c1, h1, lane, high));
        return p.fma(u, pick(c0, h0, lane, high));
    }

    private static FloatVector pick(
            FloatVector low, FloatVector high, VectorShuffle<Float> lane, VectorMask<Float> inHigh) {
        return WHOLE ? low.rearrange(lane) : low.rearrange(lane).blend(high.rearrange(lane), inHigh);
    }
}
