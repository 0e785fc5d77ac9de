package luthier.tensor.kernel;

/** The order in which every single-precision sum is taken: sixteen virtual lanes, then a fixed tree. */
final class LaneSum {
    static final int LANES = 16;

    private LaneSum() {}

    /** Adds the lanes: 0 + 8, 1 + 9, ..., then halves again. Overwrites them. */
    static float combine(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
