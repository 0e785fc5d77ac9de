package luthier.tensor;

import luthier.tensor.kernel.DoubleRows;

/**
 * A row of F64, standardized: z = (x - mean - rest) rstd. The rest is what the rounded mean lacks; it counts where the mean is large
 * beside the deviation and is 0 elsewhere. Squares that leave the range are taken of x over a power of two.
 */
record StandardRowDouble(double[] x, int at, double mean, double rest, double rstd) {
    /** Squares between these lose nothing to underflow or overflow. */
    private static final double SMALLEST = 0x1p-900;

    private static final double LARGEST = 0x1p900;

    /** Returns element i of the row as z. */
    double z(int i) {
        return (x[at + i] - mean - rest) * rstd;
    }

    /** Measures a row: mean and rstd = 1 / sqrt(variance + eps). */
    static StandardRowDouble centered(double[] x, int at, int n, double eps) {
        double mean = sum(x, at, n, 0) / n;
        double power = squares(x, at, n, mean, 0) / n + eps;
        if (!isSafe(power)) {
            return scaled(x, at, n, eps, true);
        }
        double rstd = 1 / Math.sqrt(power);
        if (Math.abs(mean) * rstd <= 1) {
            return new StandardRowDouble(x, at, mean, 0, rstd);
        }
        mean = x[at] + sum(x, at, n, x[at]) / n;
        double rest = sum(x, at, n, mean) / n;
        return new StandardRowDouble(x, at, mean, rest, 1 / Math.sqrt(squares(x, at, n, mean, rest) / n + eps));
    }

    /** Measures a row about 0: rstd = 1 / sqrt(mean(x^2) + eps). */
    static StandardRowDouble uncentered(double[] x, int at, int n, double eps) {
        double power = squares(x, at, n, 0, 0) / n + eps;
        return isSafe(power) ? new StandardRowDouble(x, at, 0, 0, 1 / Math.sqrt(power)) : scaled(x, at, n, eps, false);
    }

    /** Takes up a row that was measured before; mean 0 if it was not centered. */
    static StandardRowDouble known(double[] x, int at, int n, double mean, double rstd) {
        boolean steep = mean != 0 && !(Math.abs(mean) * rstd <= 1);
        return new StandardRowDouble(x, at, mean, steep ? sum(x, at, n, mean) / n : 0, rstd);
    }

    private static boolean isSafe(double power) {
        return power >= SMALLEST && power <= LARGEST;
    }

    private static StandardRowDouble scaled(double[] x, int at, int n, double eps, boolean centered) {
        double largest = Math.max(DoubleRows.maxAbs(x, at, at + n), Math.sqrt(eps));
        double scale = Math.scalb(1.0, -Math.getExponent(largest));
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            y[i] = x[at + i] * scale;
        }
        double mean = centered ? y[0] + sum(y, 0, n, y[0]) / n : 0;
        double rest = centered ? sum(y, 0, n, mean) / n : 0;
        double rstd = scale / Math.sqrt(squares(y, 0, n, mean, rest) / n + eps * scale * scale);
        return new StandardRowDouble(x, at, mean / scale, rest / scale, rstd);
    }

    private static double sum(double[] x, int at, int n, double center) {
        return Sums.ofTree(n, i -> x[at + i] - center);
    }

    private static double squares(double[] x, int at, int n, double mean, double rest) {
        return Sums.ofTree(n, i -> {
            double d = x[at + i] - mean - rest;
            return d * d;
        });
    }
}
