package luthier.tensor.kernel;

import java.util.function.DoubleUnaryOperator;

/**
 * A smooth function of t in [0, 3.875) in single precision: sixteen polynomials of degree 6, the k-th around k / 4 in powers of
 * t - k / 4. They meet the function at Chebyshev's nodes and are computed in double precision when the class is loaded, so no table of
 * constants is to be believed. One multiply-add finds the piece, whatever t is: no division, no exponential.
 *
 * @param c0 the constant of every piece, {@code c1} to {@code c6} the coefficients of the powers
 */
record Pieces(float[] c0, float[] c1, float[] c2, float[] c3, float[] c4, float[] c5, float[] c6) {
    /** A power of two; {@link PiecesSimd} holds a table in one vector of AVX-512 or two of AVX2. */
    static final int COUNT = 16;

    static final float PER_UNIT = 4;
    /** Adding it to less than 2^23 rounds to an integer, which stands in the low bits. */
    static final float ROUNDER = 0x1p23f;
    /** From here on there is no piece. */
    static final float END = (COUNT - 0.5f) / PER_UNIT;

    private static final int COEFFICIENTS = 7;

    static Pieces of(DoubleUnaryOperator function) {
        float[][] table = new float[COEFFICIENTS][COUNT];
        for (int k = 0; k < COUNT; k++) {
            double[] c = interpolate(function, k / PER_UNIT, 0.5 / PER_UNIT);
            for (int power = 0; power < COEFFICIENTS; power++) {
                table[power][k] = (float) c[power];
            }
        }
        return new Pieces(table[0], table[1], table[2], table[3], table[4], table[5], table[6]);
    }

    /** The polynomial in t - centre that meets the function at Chebyshev's nodes, by Newton's divided differences. */
    private static double[] interpolate(DoubleUnaryOperator function, double centre, double radius) {
        double[] nodes = new double[COEFFICIENTS];
        double[] differences = new double[COEFFICIENTS];
        for (int i = 0; i < COEFFICIENTS; i++) {
            nodes[i] = radius * StrictMath.cos(Math.PI * (2 * i + 1) / (2 * COEFFICIENTS));
            differences[i] = function.applyAsDouble(centre + nodes[i]);
        }
        for (int order = 1; order < COEFFICIENTS; order++) {
            for (int i = COEFFICIENTS - 1; i >= order; i--) {
                differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
            }
        }
        double[] powers = new double[COEFFICIENTS];
        for (int i = COEFFICIENTS - 1; i >= 0; i--) {
            for (int power = COEFFICIENTS - 1; power > 0; power--) {
                powers[power] = powers[power - 1] - nodes[i] * powers[power];
            }
            powers[0] = differences[i] - nodes[i] * powers[0];
        }
        return powers;
    }

    /** Returns the function at t, 0 <= t < {@link #END}. */
    float at(float t) {
        float rounded = Math.fma(t, PER_UNIT, ROUNDER);
        int k = Float.floatToRawIntBits(rounded) & COUNT - 1;
        float u = Math.fma(rounded - ROUNDER, -1 / PER_UNIT, t);
        float p = Math.fma(c6[k], u, c5[k]);
        p = Math.fma(p, u, c4[k]);
        p = Math.fma(p, u, c3[k]);
        p = Math.fma(p, u, c2[k]);
        p = Math.fma(p, u, c1[k]);
        return Math.fma(p, u, c0[k]);
    }
}
