package luthier.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's vectors, and the sixteen virtual lanes over which every sum runs whatever the machine's width: element i goes to
 * lane i mod 16, and the lanes are added as a fixed tree.
 */
final class LanesSimd {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final int WIDTH = FLOATS.length();

    private LanesSimd() {}

    /** Writes the vectors that together hold the sixteen lanes and adds the last, incomplete sixteen of {@code x}. */
    static float[] store(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        float[] lanes = new float[LaneSum.LANES];
        s0.intoArray(lanes, 0);
        if (WIDTH <= 8) {
            s1.intoArray(lanes, WIDTH);
        }
        if (WIDTH <= 4) {
            s2.intoArray(lanes, 2 * WIDTH);
            s3.intoArray(lanes, 3 * WIDTH);
        }
        return lanes;
    }
}
