package luthier.finetune.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How near predicted numbers are to true ones, over all rows of a split at once.
 *
 * @param meanAbsoluteError the mean of |predicted - truth|, in the truth's unit
 * @param meanSquaredError the mean of (predicted - truth)^2
 * @param pearson the linear correlation in [-1, 1]; NaN if either side is constant
 * @param spearman the correlation of ranks in [-1, 1], ties of mean rank; NaN if either side is constant
 */
public record NumberMetrics(double meanAbsoluteError, double meanSquaredError, double pearson, double spearman) {
    /** What {@link #values} holds. */
    public static final List<Metric> METRICS =
            Metric.all("pearson", "spearman", "mean_absolute_error", "mean_squared_error");

    /**
     * Measures rows; all four are NaN without any.
     *
     * @throws IllegalArgumentException if the lengths differ or a truth is not finite
     * @throws NotFiniteException if a prediction is not finite, naming the row
     */
    public static NumberMetrics of(double[] truth, double[] predicted) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException("numbers: every row needs a truth and a prediction; got " + truth.length
                    + " and " + predicted.length);
        }
        double absolute = 0;
        double squared = 0;
        for (int row = 0; row < truth.length; row++) {
            if (!Double.isFinite(truth[row])) {
                throw new IllegalArgumentException(
                        "numbers: a truth must be finite; got " + truth[row] + " in row " + (row + 1));
            }
            NotFiniteException.require("numbers", "a prediction", row, predicted[row]);
            double error = predicted[row] - truth[row];
            absolute += Math.abs(error);
            squared += error * error;
        }
        return new NumberMetrics(
                absolute / truth.length,
                squared / truth.length,
                correlation(truth, predicted),
                correlation(MeanRanks.of(truth), MeanRanks.of(predicted)));
    }

    /** Returns the values of {@link #METRICS} by name. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("pearson", pearson);
        values.put("spearman", spearman);
        values.put("mean_absolute_error", meanAbsoluteError);
        values.put("mean_squared_error", meanSquaredError);
        return values;
    }

    /** sum a b / sqrt(sum a^2 sum b^2) of a and b around their means, centred before anything is multiplied. */
    private static double correlation(double[] x, double[] y) {
        if (isConstant(x) || isConstant(y)) {
            return Double.NaN;
        }
        double[] a = centred(x);
        double[] b = centred(y);
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return Math.clamp(ab / (Math.sqrt(aa) * Math.sqrt(bb)), -1, 1);
    }

    private static boolean isConstant(double[] x) {
        for (double value : x) {
            if (value != x[0]) {
                return false;
            }
        }
        return true;
    }

    /** Around the mean and over the largest magnitude, so that no square leaves the range; the mean is corrected once. */
    private static double[] centred(double[] x) {
        double largest = 0;
        for (double value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        double[] centred = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            centred[i] = x[i] / largest;
        }
        for (int pass = 0; pass < 2; pass++) {
            double mean = 0;
            for (double value : centred) {
                mean += value;
            }
            mean /= x.length;
            for (int i = 0; i < x.length; i++) {
                centred[i] -= mean;
            }
        }
        return centred;
    }
}
