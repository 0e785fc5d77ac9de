package luthier.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's vectors, and the sixteen virtual lanes over which every sum runs whatever the machine's width: element i goes to
 * lane i mod 16, and the lanes are added as a fixed tree.
 */
final class LanesSimd {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final int WIDTH = FLOATS.length();

    /** How many integers are NaN of one sign. */
    private static final int NANS = 0x7fffff;

    private static final int INFINITY = 0x7f800000;
    private static final IntVector COUNT = IntVector.zero(INTS).addIndex(1);
    private static final VectorShuffle<Float> DOWN_8 = down(8);
    private static final VectorShuffle<Float> DOWN_4 = down(4);
    private static final VectorShuffle<Float> DOWN_2 = down(2);
    private static final VectorShuffle<Float> DOWN_1 = down(1);

    private LanesSimd() {}

    private static VectorShuffle<Float> down(int distance) {
        return VectorShuffle.fromOp(FLOATS, i -> (i + distance) % WIDTH);
    }

    /**
     * Adds the sixteen lanes that the vectors hold together, in the order of {@link LaneSum#combine}. In registers: a detour
     * through a {@code float[16]} costs more than the sum of a row of 16 to 64 elements itself.
     */
    static float sum(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        FloatVector s = s0;
        if (WIDTH >= 16) {
            s = s.add(s.rearrange(DOWN_8));
        }
        if (WIDTH == 8) {
            s = s0.add(s1);
        }
        if (WIDTH <= 4) {
            s = s0.add(s2).add(s1.add(s3));
        }
        if (WIDTH >= 8) {
            s = s.add(s.rearrange(DOWN_4));
        }
        s = s.add(s.rearrange(DOWN_2));
        return s.add(s.rearrange(DOWN_1)).lane(0);
    }

    /**
     * Returns integers in the order of the numbers, -0 below +0 and NaN of either sign above all. An integer comparison takes one
     * instruction; one of floats that keeps NaN and the sign of zero takes six.
     */
    static IntVector maxKeys(FloatVector v) {
        // NaN lie beyond the infinities on both sides; turning the circle of integers brings them together.
        return ordered(v).sub(NANS);
    }

    /** The same with NaN of either sign below all. */
    static IntVector minKeys(FloatVector v) {
        return ordered(v).add(NANS);
    }

    private static IntVector ordered(FloatVector v) {
        IntVector bits = v.reinterpretAsInts();
        return bits.lanewise(VectorOperators.ASHR, 31).and(Integer.MAX_VALUE).lanewise(VectorOperators.XOR, bits);
    }

    /** Returns the largest lane, NaN if one is. */
    static float max(FloatVector v) {
        return maxOfKeys(maxKeys(v));
    }

    /** Returns the smallest lane, NaN if one is. */
    static float min(FloatVector v) {
        return minOfKeys(minKeys(v));
    }

    /** Returns the number of the largest key. */
    static float maxOfKeys(IntVector keys) {
        return number(keys.reduceLanes(VectorOperators.MAX) + NANS);
    }

    /** Returns the number of the smallest key. */
    static float minOfKeys(IntVector keys) {
        return number(keys.reduceLanes(VectorOperators.MIN) - NANS);
    }

    private static float number(int ordered) {
        boolean nan = ordered < ~INFINITY || ordered > INFINITY;
        return nan ? Float.NaN : Float.intBitsToFloat(ordered >> 31 & Integer.MAX_VALUE ^ ordered);
    }

    /** Returns which lanes of the {@code part}-th vector of sixteen lanes hold one of the {@code rest} elements still to come. */
    static VectorMask<Float> rest(int rest, int part) {
        return COUNT.compare(VectorOperators.LT, rest - part * WIDTH).cast(FLOATS);
    }
}
