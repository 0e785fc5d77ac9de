package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.LayerNormRows;

/**
 * A row of F32 as the kernels of normalisation take it: z = (x - center) factor. Usually x, mean and rstd as they are. Where single
 * precision would spoil z, z itself with center 0 and factor 1: made with what the rounded mean lacks where the mean is large beside the
 * deviation, and in double precision where squares leave the range. The two numbers of the row decide, so that forward and backward
 * decide alike.
 */
record StandardRow(float[] x, int at, int n, float mean, float rstd, float center, float factor) {
    /** Beyond this length sums in single precision lose too much: the row is summed in blocks. */
    private static final int LONG = 4096;

    /** |mean| rstd above which half a unit in the last place of the mean is more than one of z. */
    private static final float STEEP = 4;

    /** An error of the mean, over the deviation, whose square does not show in the variance. */
    private static final float UNSEEN = 0x1p-13f;

    private static final float SMALLEST = 0x1p-60f;
    private static final float LARGEST = 0x1p45f;

    /** Measures a row: mean and rstd = 1 / sqrt(variance + eps). */
    static StandardRow centered(float[] x, int at, int n, double eps) {
        float mean = LayerNormRows.mean(x, at, n);
        float rstd = LayerNormRows.reciprocalDeviation(x, at, mean, (float) eps, n);
        boolean plain = n <= LONG && Math.abs(mean) * rstd <= 1 && isInRange(rstd);
        return plain ? new StandardRow(x, at, n, mean, rstd, mean, rstd) : corrected(x, at, n, eps, mean, rstd);
    }

    /** Measures a row again that sums in single precision have measured roughly. */
    private static StandardRow corrected(float[] x, int at, int n, double eps, float roughMean, float roughRstd) {
        float rest = (float) (Deviations.distance(x, at, roughMean, n) / n);
        float mean = roughMean + rest;
        float rstd = roughRstd;
        if (n > LONG || !(Math.abs(rest) * rstd <= UNSEEN)) {
            rstd = (float) (1 / Math.sqrt(Deviations.ofRow(x, at, mean, n) / n + eps));
        }
        if (isInRange(rstd) && Float.isFinite(mean)) {
            return known(x, at, n, mean, rstd);
        }
        double center = Deviations.mean(x, at, n, 1);
        return wide(x, at, n, center, 1 / Math.sqrt(Deviations.inDouble(x, at, n, 1) / n + eps));
    }

    /** Measures a row about 0: rstd = 1 / sqrt(mean(x^2) + eps). */
    static StandardRow uncentered(float[] x, int at, int n, double eps) {
        float rstd = n > LONG
                ? (float) (1 / Math.sqrt(Deviations.squares(x, at, 0, n) / n + eps))
                : LayerNormRows.reciprocalDeviation(x, at, 0, (float) eps, n);
        if (isInRange(rstd)) {
            return new StandardRow(x, at, n, 0, rstd, 0, rstd);
        }
        double squares = 0;
        for (int i = at; i < at + n; i++) {
            squares += (double) x[i] * x[i];
        }
        return wide(x, at, n, 0, 1 / Math.sqrt(squares / n + eps));
    }

    /** Takes up a row that was measured before; mean 0 if it was not centered. */
    static StandardRow known(float[] x, int at, int n, float mean, float rstd) {
        boolean flat = mean == 0 || Math.abs(mean) * rstd <= STEEP;
        if (isInRange(rstd)) {
            return flat ? new StandardRow(x, at, n, mean, rstd, mean, rstd) : steep(x, at, n, mean, rstd);
        }
        return wide(x, at, n, flat ? mean : Deviations.mean(x, at, n, 1), rstd);
    }

    private static boolean isInRange(float rstd) {
        return rstd >= SMALLEST && rstd <= LARGEST;
    }

    /** z = (x - mean - rest) rstd, the rest being what the rounded mean lacks. */
    private static StandardRow steep(float[] x, int at, int n, float mean, float rstd) {
        float rest = (float) (Deviations.distance(x, at, mean, n) / n);
        float[] z = new float[n];
        for (int i = 0; i < n; i++) {
            z[i] = (x[at + i] - mean - rest) * rstd;
        }
        return new StandardRow(z, 0, n, mean, rstd, 0, 1);
    }

    private static StandardRow wide(float[] x, int at, int n, double mean, double rstd) {
        float[] z = new float[n];
        for (int i = 0; i < n; i++) {
            z[i] = (float) ((x[at + i] - mean) * rstd);
        }
        return new StandardRow(z, 0, n, (float) mean, (float) rstd, 0, 1);
    }

    /** Gives a gradient of z, which backward made of a row with factor 1, its rstd. */
    void scaleBack(float[] dX, int dXo) {
        if (factor != rstd) {
            float[] factors = new float[n];
            Arrays.fill(factors, rstd);
            Binary.MUL.apply(dX, dXo, factors, 0, dX, dXo, n);
        }
    }
}
