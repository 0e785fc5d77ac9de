package luthier.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes squares of numbers in registers: sixteen by sixteen in four rounds, which exchange halves, quarters, eighths and
 * sixteenths, or eight by eight in three where vectors are shorter. {@code LOWn_d} takes from two rows of n the lanes without
 * bit d, {@code HIGHn_d} those with it.
 */
final class GemmTransposeSimd {
    private static final VectorSpecies<Float> SIXTEEN = FloatVector.SPECIES_512;
    private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
    static final int SIZE = LanesSimd.WIDTH >= 16 ? 16 : 8;
    private static final FloatVector LOW16_8 = places(SIXTEEN, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    private static final FloatVector HIGH16_8 =
            places(SIXTEEN, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    private static final FloatVector LOW16_4 =
            places(SIXTEEN, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    private static final FloatVector HIGH16_4 =
            places(SIXTEEN, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    private static final FloatVector LOW16_2 =
            places(SIXTEEN, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    private static final FloatVector HIGH16_2 =
            places(SIXTEEN, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    private static final FloatVector LOW16_1 =
            places(SIXTEEN, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    private static final FloatVector HIGH16_1 =
            places(SIXTEEN, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    private static final FloatVector LOW8_4 = places(EIGHT, 0, 1, 2, 3, 8, 9, 10, 11);
    private static final FloatVector HIGH8_4 = places(EIGHT, 4, 5, 6, 7, 12, 13, 14, 15);
    private static final FloatVector LOW8_2 = places(EIGHT, 0, 1, 8, 9, 4, 5, 12, 13);
    private static final FloatVector HIGH8_2 = places(EIGHT, 2, 3, 10, 11, 6, 7, 14, 15);
    private static final FloatVector LOW8_1 = places(EIGHT, 0, 8, 2, 10, 4, 12, 6, 14);
    private static final FloatVector HIGH8_1 = places(EIGHT, 1, 9, 3, 11, 5, 13, 7, 15);

    private GemmTransposeSimd() {}

    private static FloatVector places(VectorSpecies<Float> species, float... indices) {
        return FloatVector.fromArray(species, indices, 0);
    }

    /**
     * Writes {@code panel[to + p width + i] = x[at + i stride + p]} for p below {@link #SIZE} and i below {@code rows}, p by p; the
     * numbers up to i = {@link #SIZE} are arbitrary.
     */
    static void square(float[] x, int at, int stride, int rows, float[] panel, int to, int width) {
        if (SIZE == 16) {
            square16(x, at, stride, rows, panel, to, width);
        } else {
            square8(x, at, stride, rows, panel, to, width);
        }
    }

    private static void square16(float[] x, int at, int stride, int rows, float[] panel, int to, int width) {
        int last = rows - 1;
        FloatVector r0 = FloatVector.fromArray(SIXTEEN, x, at);
        FloatVector r1 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 1) * stride);
        FloatVector r2 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 2) * stride);
        FloatVector r3 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 3) * stride);
        FloatVector r4 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 4) * stride);
        FloatVector r5 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 5) * stride);
        FloatVector r6 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 6) * stride);
        FloatVector r7 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 7) * stride);
        FloatVector r8 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 8) * stride);
        FloatVector r9 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 9) * stride);
        FloatVector r10 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 10) * stride);
        FloatVector r11 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 11) * stride);
        FloatVector r12 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 12) * stride);
        FloatVector r13 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 13) * stride);
        FloatVector r14 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 14) * stride);
        FloatVector r15 = FloatVector.fromArray(SIXTEEN, x, at + Math.min(last, 15) * stride);

        FloatVector h0 = LOW16_8.selectFrom(r0, r8);
        FloatVector h1 = LOW16_8.selectFrom(r1, r9);
        FloatVector h2 = LOW16_8.selectFrom(r2, r10);
        FloatVector h3 = LOW16_8.selectFrom(r3, r11);
        FloatVector h4 = LOW16_8.selectFrom(r4, r12);
        FloatVector h5 = LOW16_8.selectFrom(r5, r13);
        FloatVector h6 = LOW16_8.selectFrom(r6, r14);
        FloatVector h7 = LOW16_8.selectFrom(r7, r15);
        FloatVector h8 = HIGH16_8.selectFrom(r0, r8);
        FloatVector h9 = HIGH16_8.selectFrom(r1, r9);
        FloatVector h10 = HIGH16_8.selectFrom(r2, r10);
        FloatVector h11 = HIGH16_8.selectFrom(r3, r11);
        FloatVector h12 = HIGH16_8.selectFrom(r4, r12);
        FloatVector h13 = HIGH16_8.selectFrom(r5, r13);
        FloatVector h14 = HIGH16_8.selectFrom(r6, r14);
        FloatVector h15 = HIGH16_8.selectFrom(r7, r15);

        FloatVector q0 = LOW16_4.selectFrom(h0, h4);
        FloatVector q1 = LOW16_4.selectFrom(h1, h5);
        FloatVector q2 = LOW16_4.selectFrom(h2, h6);
        FloatVector q3 = LOW16_4.selectFrom(h3, h7);
        FloatVector q4 = HIGH16_4.selectFrom(h0, h4);
        FloatVector q5 = HIGH16_4.selectFrom(h1, h5);
        FloatVector q6 = HIGH16_4.selectFrom(h2, h6);
        FloatVector q7 = HIGH16_4.selectFrom(h3, h7);
        FloatVector q8 = LOW16_4.selectFrom(h8, h12);
        FloatVector q9 = LOW16_4.selectFrom(h9, h13);
        FloatVector q10 = LOW16_4.selectFrom(h10, h14);
        FloatVector q11 = LOW16_4.selectFrom(h11, h15);
        FloatVector q12 = HIGH16_4.selectFrom(h8, h12);
        FloatVector q13 = HIGH16_4.selectFrom(h9, h13);
        FloatVector q14 = HIGH16_4.selectFrom(h10, h14);
        FloatVector q15 = HIGH16_4.selectFrom(h11, h15);

        FloatVector e0 = LOW16_2.selectFrom(q0, q2);
        FloatVector e1 = LOW16_2.selectFrom(q1, q3);
        FloatVector e2 = HIGH16_2.selectFrom(q0, q2);
        FloatVector e3 = HIGH16_2.selectFrom(q1, q3);
        FloatVector e4 = LOW16_2.selectFrom(q4, q6);
        FloatVector e5 = LOW16_2.selectFrom(q5, q7);
        FloatVector e6 = HIGH16_2.selectFrom(q4, q6);
        FloatVector e7 = HIGH16_2.selectFrom(q5, q7);
        FloatVector e8 = LOW16_2.selectFrom(q8, q10);
        FloatVector e9 = LOW16_2.selectFrom(q9, q11);
        FloatVector e10 = HIGH16_2.selectFrom(q8, q10);
        FloatVector e11 = HIGH16_2.selectFrom(q9, q11);
        FloatVector e12 = LOW16_2.selectFrom(q12, q14);
        FloatVector e13 = LOW16_2.selectFrom(q13, q15);
        FloatVector e14 = HIGH16_2.selectFrom(q12, q14);
        FloatVector e15 = HIGH16_2.selectFrom(q13, q15);

        LOW16_1.selectFrom(e0, e1).intoArray(panel, to);
        HIGH16_1.selectFrom(e0, e1).intoArray(panel, to + width);
        LOW16_1.selectFrom(e2, e3).intoArray(panel, to + 2 * width);
        HIGH16_1.selectFrom(e2, e3).intoArray(panel, to + 3 * width);
        LOW16_1.selectFrom(e4, e5).intoArray(panel, to + 4 * width);
        HIGH16_1.selectFrom(e4, e5).intoArray(panel, to + 5 * width);
        LOW16_1.selectFrom(e6, e7).intoArray(panel, to + 6 * width);
        HIGH16_1.selectFrom(e6, e7).intoArray(panel, to + 7 * width);
        LOW16_1.selectFrom(e8, e9).intoArray(panel, to + 8 * width);
        HIGH16_1.selectFrom(e8, e9).intoArray(panel, to + 9 * width);
        LOW16_1.selectFrom(e10, e11).intoArray(panel, to + 10 * width);
        HIGH16_1.selectFrom(e10, e11).intoArray(panel, to + 11 * width);
        LOW16_1.selectFrom(e12, e13).intoArray(panel, to + 12 * width);
        HIGH16_1.selectFrom(e12, e13).intoArray(panel, to + 13 * width);
        LOW16_1.selectFrom(e14, e15).intoArray(panel, to + 14 * width);
        HIGH16_1.selectFrom(e14, e15).intoArray(panel, to + 15 * width);
    }

    private static void square8(float[] x, int at, int stride, int rows, float[] panel, int to, int width) {
        int last = rows - 1;
        FloatVector r0 = FloatVector.fromArray(EIGHT, x, at);
        FloatVector r1 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 1) * stride);
        FloatVector r2 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 2) * stride);
        FloatVector r3 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 3) * stride);
        FloatVector r4 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 4) * stride);
        FloatVector r5 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 5) * stride);
        FloatVector r6 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 6) * stride);
        FloatVector r7 = FloatVector.fromArray(EIGHT, x, at + Math.min(last, 7) * stride);

        FloatVector h0 = LOW8_4.selectFrom(r0, r4);
        FloatVector h1 = LOW8_4.selectFrom(r1, r5);
        FloatVector h2 = LOW8_4.selectFrom(r2, r6);
        FloatVector h3 = LOW8_4.selectFrom(r3, r7);
        FloatVector h4 = HIGH8_4.selectFrom(r0, r4);
        FloatVector h5 = HIGH8_4.selectFrom(r1, r5);
        FloatVector h6 = HIGH8_4.selectFrom(r2, r6);
        FloatVector h7 = HIGH8_4.selectFrom(r3, r7);

        FloatVector q0 = LOW8_2.selectFrom(h0, h2);
        FloatVector q1 = LOW8_2.selectFrom(h1, h3);
        FloatVector q2 = HIGH8_2.selectFrom(h0, h2);
        FloatVector q3 = HIGH8_2.selectFrom(h1, h3);
        FloatVector q4 = LOW8_2.selectFrom(h4, h6);
        FloatVector q5 = LOW8_2.selectFrom(h5, h7);
        FloatVector q6 = HIGH8_2.selectFrom(h4, h6);
        FloatVector q7 = HIGH8_2.selectFrom(h5, h7);

        LOW8_1.selectFrom(q0, q1).intoArray(panel, to);
        HIGH8_1.selectFrom(q0, q1).intoArray(panel, to + width);
        LOW8_1.selectFrom(q2, q3).intoArray(panel, to + 2 * width);
        HIGH8_1.selectFrom(q2, q3).intoArray(panel, to + 3 * width);
        LOW8_1.selectFrom(q4, q5).intoArray(panel, to + 4 * width);
        HIGH8_1.selectFrom(q4, q5).intoArray(panel, to + 5 * width);
        LOW8_1.selectFrom(q6, q7).intoArray(panel, to + 6 * width);
        HIGH8_1.selectFrom(q6, q7).intoArray(panel, to + 7 * width);
    }
}
