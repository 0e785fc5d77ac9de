package luthier.tensor.kernel;

import java.util.function.DoubleFunction;

/**
 * A smooth function of t in [0, 7.96875) in double precision: Taylor polynomials of degree 12, the k-th around k / 16 in powers of
 * u = t - k / 16, their constants in two doubles. They are computed when the class that holds them is loaded, so no table of constants
 * is to be believed. One multiply-add finds the piece, whatever t is: no division, no exponential, a sixth of the time of both in
 * {@link DoubleDouble}.
 *
 * @param table of every piece the low and the high part of the constant, then the coefficients of u, u^2, ...
 */
record DoublePieces(double[] table) {
    /** Coefficients of a series from the constant on: one more than a piece has, for its derivative. */
    static final int TERMS = 14;

    private static final int DEGREE = 12;
    private static final int ROW = DEGREE + 2;
    private static final int COUNT = 128;
    private static final double PER_UNIT = 16;
    /** Adding it to less than 2^52 rounds to an integer, which stands in the low bits. */
    private static final double ROUNDER = 0x1p52;
    /** From here on there is no piece. */
    static final double END = (COUNT - 0.5) / PER_UNIT;

    /** Returns the pieces of a function from its value at c and its series in powers of t - c. */
    static DoublePieces of(DoubleFunction<DoubleDouble> value, DoubleFunction<double[]> series) {
        double[] table = new double[COUNT * ROW];
        for (int k = 0; k < COUNT; k++) {
            DoubleDouble constant = value.apply(k / PER_UNIT);
            table[k * ROW] = constant.low();
            table[k * ROW + 1] = constant.high();
            System.arraycopy(series.apply(k / PER_UNIT), 1, table, k * ROW + 2, DEGREE);
        }
        return new DoublePieces(table);
    }

    /** Returns the function at t, 0 <= t < {@link #END}. */
    double at(double t) {
        return at(t, 0);
    }

    /** Returns the function at t + low. */
    double at(double t, double low) {
        double rounded = Math.fma(t, PER_UNIT, ROUNDER);
        int row = row(rounded);
        return table[row + 1] + rest(row, offset(t, rounded) + low);
    }

    /** Returns x times the function at t, rounded once but for the small rest. */
    double timesAt(double x, double t) {
        double rounded = Math.fma(t, PER_UNIT, ROUNDER);
        int row = row(rounded);
        return Math.fma(x, table[row + 1], x * rest(row, offset(t, rounded)));
    }

    private static int row(double rounded) {
        return ((int) Double.doubleToRawLongBits(rounded) & COUNT - 1) * ROW;
    }

    private static double offset(double t, double rounded) {
        return Math.fma(rounded - ROUNDER, -1 / PER_UNIT, t);
    }

    /** What the high part of the constant lacks. */
    private double rest(int row, double u) {
        double p = Math.fma(table[row + 13], u, table[row + 12]);
        p = Math.fma(p, u, table[row + 11]);
        p = Math.fma(p, u, table[row + 10]);
        p = Math.fma(p, u, table[row + 9]);
        p = Math.fma(p, u, table[row + 8]);
        p = Math.fma(p, u, table[row + 7]);
        p = Math.fma(p, u, table[row + 6]);
        p = Math.fma(p, u, table[row + 5]);
        p = Math.fma(p, u, table[row + 4]);
        p = Math.fma(p, u, table[row + 3]);
        p = Math.fma(p, u, table[row + 2]);
        return Math.fma(p, u, table[row]);
    }

    // ---- series in powers of u = t - c

    /** Returns constant + factor times the integral of a from c to t. */
    static double[] integral(double constant, double factor, double[] a) {
        double[] y = new double[TERMS];
        y[0] = constant;
        for (int n = 1; n < TERMS; n++) {
            y[n] = factor * a[n - 1] / n;
        }
        return y;
    }

    /** Returns the derivative of t a; its last coefficient is not known and 0. */
    static double[] slopeOfProduct(double c, double[] a) {
        double[] y = new double[TERMS];
        for (int n = 1; n < TERMS; n++) {
            y[n - 1] = n * (c * a[n] + a[n - 1]);
        }
        return y;
    }

    /** Returns e^(-rate t^2), whose derivative is -2 rate t times itself. */
    static double[] bell(double rate, double c) {
        double[] y = new double[TERMS];
        y[0] = StrictMath.exp(-rate * c * c);
        for (int n = 1; n < TERMS; n++) {
            y[n] = -2 * rate * (c * y[n - 1] + (n > 1 ? y[n - 2] : 0)) / n;
        }
        return y;
    }

    /** Returns w = 1 / (1 + e^v) from its value at c and the series of v', for w' = -w (1 - w) v'. */
    static double[] gate(double atC, double[] slope) {
        double[] y = new double[TERMS];
        double[] product = new double[TERMS];
        y[0] = atC;
        for (int n = 0; n + 1 < TERMS; n++) {
            product[n] = -y[n];
            for (int i = 0; i <= n; i++) {
                product[n] += y[i] * y[n - i];
            }
            for (int i = 0; i <= n; i++) {
                y[n + 1] += product[i] * slope[n - i] / (n + 1);
            }
        }
        return y;
    }
}
