package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well sets of labels were predicted, over all rows of a split at once; a row may have no label.
 *
 * @param microF1 F1 of all labels counted together; 0 if there is none at all
 * @param macroF1 the mean F1 of the names that occur in truth or prediction; NaN if none does
 * @param macroF1OverAllNames the mean F1 of all names, 0 for those that never occur
 * @param subsetAccuracy the share of rows whose set is predicted whole, an empty one for an empty one included; NaN without rows
 */
public record MultiLabelMetrics(double microF1, double macroF1, double macroF1OverAllNames, double subsetAccuracy) {
    /** What {@link #values} holds. */
    public static final List<Metric> METRICS = Metric.all("micro_f1", "macro_f1", "subset_accuracy");

    /**
     * Measures rows; the order of labels within one plays no part.
     *
     * @throws IllegalArgumentException if the numbers of rows differ or a label is not among the names
     */
    public static MultiLabelMetrics of(
            List<String> names,
            List<? extends Collection<String>> truth,
            List<? extends Collection<String>> predicted) {
        if (truth.size() != predicted.size()) {
            throw new IllegalArgumentException("labels: every row needs a truth and a prediction; got " + truth.size()
                    + " and " + predicted.size());
        }
        Set<String> known = new HashSet<>(names);
        List<Set<String>> trueSets = sets(known, truth);
        List<Set<String>> predictedSets = sets(known, predicted);
        List<LabelCounts> counts = new ArrayList<>();
        for (String name : names) {
            long correct = 0;
            long asked = 0;
            long given = 0;
            for (int row = 0; row < truth.size(); row++) {
                boolean isTrue = trueSets.get(row).contains(name);
                boolean isPredicted = predictedSets.get(row).contains(name);
                correct += isTrue && isPredicted ? 1 : 0;
                asked += isTrue ? 1 : 0;
                given += isPredicted ? 1 : 0;
            }
            counts.add(new LabelCounts(correct, given, asked));
        }
        long whole = 0;
        for (int row = 0; row < truth.size(); row++) {
            whole += trueSets.get(row).equals(predictedSets.get(row)) ? 1 : 0;
        }
        return new MultiLabelMetrics(
                LabelCounts.sum(counts).f1(),
                LabelCounts.macroF1(counts),
                LabelCounts.macroF1OverAll(counts),
                truth.isEmpty() ? Double.NaN : whole / (double) truth.size());
    }

    private static List<Set<String>> sets(Set<String> names, List<? extends Collection<String>> rows) {
        List<Set<String>> sets = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            Set<String> set = new HashSet<>(rows.get(row));
            for (String label : set) {
                if (!names.contains(label)) {
                    throw new IllegalArgumentException("labels: must be among " + names.size() + " names; got \""
                            + label + "\" in row " + (row + 1));
                }
            }
            sets.add(Collections.unmodifiableSet(set));
        }
        return sets;
    }

    /** Returns the values of {@link #METRICS} by name. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("micro_f1", microF1);
        values.put("macro_f1", macroF1);
        values.put("subset_accuracy", subsetAccuracy);
        return values;
    }
}
