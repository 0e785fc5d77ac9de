package luthier.finetune.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each class was taken for each: counts of rows by truth and prediction, and what follows from them. Computed over all rows
 * of a split at once. Immutable.
 */
public final class ConfusionMatrix {
    /** What {@link #values} holds. */
    public static final List<Metric> METRICS =
            Metric.all("accuracy", "macro_f1", "weighted_f1", "balanced_accuracy", "matthews");

    /** The largest number of rows whose products are whole numbers of 63 bits. */
    private static final long MOST_ROWS = 3_000_000_000L;

    private final List<String> names;
    private final long[][] counts;
    private final List<LabelCounts> classes;
    private final long rows;
    private final long correct;

    /**
     * One class of a table.
     *
     * @param precision the share of the rows predicted as it that are it; 0 if none was
     * @param recall the share of its rows that were predicted as it; 0 if it has none
     * @param f1 2 precision recall / (precision + recall)
     * @param rows rows whose truth it is
     */
    public record ClassScore(String name, double precision, double recall, double f1, long rows) {}

    private ConfusionMatrix(List<String> names, long[][] counts) {
        this.names = List.copyOf(names);
        this.counts = counts;
        int n = names.size();
        List<LabelCounts> perClass = new ArrayList<>();
        long all = 0;
        long right = 0;
        for (int i = 0; i < n; i++) {
            long truth = 0;
            long predicted = 0;
            for (int j = 0; j < n; j++) {
                truth = Math.addExact(truth, counts[i][j]);
                predicted = Math.addExact(predicted, counts[j][i]);
            }
            perClass.add(new LabelCounts(counts[i][i], predicted, truth));
            all = Math.addExact(all, truth);
            right += counts[i][i];
        }
        if (all > MOST_ROWS) {
            throw new IllegalArgumentException("confusion: at most " + MOST_ROWS + " rows are counted; got " + all);
        }
        this.classes = perClass;
        this.rows = all;
        this.correct = right;
    }

    /**
     * Counts rows.
     *
     * @param names of the classes; an index is a position in it
     * @param truth the class of each row
     * @param predicted the class predicted for each row
     * @throws IllegalArgumentException if the lengths differ or an index names no class
     */
    public static ConfusionMatrix of(List<String> names, int[] truth, int[] predicted) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException("confusion: every row needs a truth and a prediction; got "
                    + truth.length + " and " + predicted.length);
        }
        long[][] counts = new long[names.size()][names.size()];
        for (int row = 0; row < truth.length; row++) {
            requireClass(names, truth[row], row);
            requireClass(names, predicted[row], row);
            counts[truth[row]][predicted[row]]++;
        }
        return new ConfusionMatrix(names, counts);
    }

    private static void requireClass(List<String> names, int index, int row) {
        if (index < 0 || index >= names.size()) {
            throw new IllegalArgumentException(
                    "confusion: a class must be below " + names.size() + "; got " + index + " in row " + (row + 1));
        }
    }

    /**
     * Takes counts as they are.
     *
     * @param counts rows by truth, then by prediction, {@code [names, names]}
     * @throws IllegalArgumentException if they are not square, negative, or of more than 3e9 rows in all
     */
    public static ConfusionMatrix of(List<String> names, long[][] counts) {
        long[][] copy = new long[names.size()][];
        if (counts.length != copy.length) {
            throw new IllegalArgumentException("confusion: counts must be [" + copy.length + ", " + copy.length
                    + "]; got " + counts.length + " rows");
        }
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts[i].clone();
            if (copy[i].length != copy.length) {
                throw new IllegalArgumentException("confusion: counts must be [" + copy.length + ", " + copy.length
                        + "]; got " + copy[i].length + " in row " + (i + 1));
            }
            for (long count : copy[i]) {
                if (count < 0) {
                    throw new IllegalArgumentException("confusion: counts must not be negative; got " + count);
                }
            }
        }
        return new ConfusionMatrix(names, copy);
    }

    /** Returns the names of the classes. */
    public List<String> names() {
        return names;
    }

    /** Returns the number of rows of a class that were predicted as another, or as itself. */
    public long count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /** Returns the number of rows. */
    public long rows() {
        return rows;
    }

    /** Returns the share of rows predicted right; NaN without rows. The micro F1 of one label a row is the same number. */
    public double accuracy() {
        return rows == 0 ? Double.NaN : correct / (double) rows;
    }

    /** Returns the accuracy of predicting the most frequent class for every row: what a model must beat. NaN without rows. */
    public double majorityAccuracy() {
        long most = classes.stream().mapToLong(LabelCounts::truth).max().orElse(0);
        return rows == 0 ? Double.NaN : most / (double) rows;
    }

    /**
     * Returns the mean F1 of the classes that occur in truth or prediction; NaN without rows. A name that a split happens to lack
     * does not lower it.
     */
    public double macroF1() {
        return LabelCounts.macroF1(classes);
    }

    /** Returns the mean F1 of all names, 0 for those that never occur. */
    public double macroF1OverAllNames() {
        return LabelCounts.macroF1OverAll(classes);
    }

    /** Returns the mean F1 of the classes, weighted by their rows; NaN without rows. */
    public double weightedF1() {
        double sum = 0;
        for (LabelCounts counted : classes) {
            sum += counted.truth() * counted.f1();
        }
        return rows == 0 ? Double.NaN : sum / rows;
    }

    /** Returns the mean recall of the classes that have rows; NaN without rows. */
    public double balancedAccuracy() {
        return classes.stream()
                .filter(counted -> counted.truth() > 0)
                .mapToDouble(LabelCounts::recall)
                .average()
                .orElse(Double.NaN);
    }

    /**
     * Returns Matthews' correlation of truth and prediction, in [-1, 1]; 0 if either is of one class, or without rows:
     * (c s - sum_k p_k t_k) / sqrt((s^2 - sum_k p_k^2) (s^2 - sum_k t_k^2)), with c rows right of s, t_k of class k, p_k predicted
     * as k. Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006, eq. 8. The differences are exact.
     */
    public double matthews() {
        long together = correct * rows;
        long predictions = rows * rows;
        long truths = rows * rows;
        for (LabelCounts counted : classes) {
            together -= counted.predicted() * counted.truth();
            predictions -= counted.predicted() * counted.predicted();
            truths -= counted.truth() * counted.truth();
        }
        if (predictions == 0 || truths == 0) {
            return 0;
        }
        return Math.clamp(together / (Math.sqrt((double) predictions) * Math.sqrt((double) truths)), -1, 1);
    }

    /** Returns the classes that occur in truth or prediction, in the order of their names. */
    public List<ClassScore> perClass() {
        List<ClassScore> scores = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            LabelCounts counted = classes.get(i);
            if (counted.occurs()) {
                scores.add(new ClassScore(
                        names.get(i), counted.precision(), counted.recall(), counted.f1(), counted.truth()));
            }
        }
        return scores;
    }

    /** Returns the values of {@link #METRICS} by name. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("accuracy", accuracy());
        values.put("macro_f1", macroF1());
        values.put("weighted_f1", weightedF1());
        values.put("balanced_accuracy", balancedAccuracy());
        values.put("matthews", matthews());
        return values;
    }
}
