package luthier.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Transposes squares of eight by eight numbers in registers, in three rounds that exchange halves, quarters and eighths. */
final class GemmTransposeSimd {
    static final int SIZE = 8;
    private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
    private static final FloatVector LOW_HALVES = places(0, 1, 2, 3, 8, 9, 10, 11);
    private static final FloatVector HIGH_HALVES = places(4, 5, 6, 7, 12, 13, 14, 15);
    private static final FloatVector LOW_PAIRS = places(0, 1, 8, 9, 4, 5, 12, 13);
    private static final FloatVector HIGH_PAIRS = places(2, 3, 10, 11, 6, 7, 14, 15);
    private static final FloatVector EVEN = places(0, 8, 2, 10, 4, 12, 6, 14);
    private static final FloatVector ODD = places(1, 9, 3, 11, 5, 13, 7, 15);

    private GemmTransposeSimd() {}

    private static FloatVector places(float... indices) {
        return FloatVector.fromArray(EIGHT, indices, 0);
    }

    /** Writes {@code panel[to + p * width + i] = x[at + i * stride + p]} for i and p below 8. */
    static void square(float[] x, int at, int stride, float[] panel, int to, int width) {
        FloatVector r0 = FloatVector.fromArray(EIGHT, x, at);
        FloatVector r1 = FloatVector.fromArray(EIGHT, x, at + stride);
        FloatVector r2 = FloatVector.fromArray(EIGHT, x, at + 2 * stride);
        FloatVector r3 = FloatVector.fromArray(EIGHT, x, at + 3 * stride);
        FloatVector r4 = FloatVector.fromArray(EIGHT, x, at + 4 * stride);
        FloatVector r5 = FloatVector.fromArray(EIGHT, x, at + 5 * stride);
        FloatVector r6 = FloatVector.fromArray(EIGHT, x, at + 6 * stride);
        FloatVector r7 = FloatVector.fromArray(EIGHT, x, at + 7 * stride);

        FloatVector h0 = join(r0, r4, LOW_HALVES);
        FloatVector h1 = join(r1, r5, LOW_HALVES);
        FloatVector h2 = join(r2, r6, LOW_HALVES);
        FloatVector h3 = join(r3, r7, LOW_HALVES);
        FloatVector h4 = join(r0, r4, HIGH_HALVES);
        FloatVector h5 = join(r1, r5, HIGH_HALVES);
        FloatVector h6 = join(r2, r6, HIGH_HALVES);
        FloatVector h7 = join(r3, r7, HIGH_HALVES);

        FloatVector q0 = join(h0, h2, LOW_PAIRS);
        FloatVector q1 = join(h1, h3, LOW_PAIRS);
        FloatVector q2 = join(h0, h2, HIGH_PAIRS);
        FloatVector q3 = join(h1, h3, HIGH_PAIRS);
        FloatVector q4 = join(h4, h6, LOW_PAIRS);
        FloatVector q5 = join(h5, h7, LOW_PAIRS);
        FloatVector q6 = join(h4, h6, HIGH_PAIRS);
        FloatVector q7 = join(h5, h7, HIGH_PAIRS);

        join(q0, q1, EVEN).intoArray(panel, to);
        join(q0, q1, ODD).intoArray(panel, to + width);
        join(q2, q3, EVEN).intoArray(panel, to + 2 * width);
        join(q2, q3, ODD).intoArray(panel, to + 3 * width);
        join(q4, q5, EVEN).intoArray(panel, to + 4 * width);
        join(q4, q5, ODD).intoArray(panel, to + 5 * width);
        join(q6, q7, EVEN).intoArray(panel, to + 6 * width);
        join(q6, q7, ODD).intoArray(panel, to + 7 * width);
    }

    private static FloatVector join(FloatVector a, FloatVector b, FloatVector places) {
        return places.selectFrom(a, b);
    }
}
