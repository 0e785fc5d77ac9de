package luthier.finetune.task;

import java.util.Collection;

/**
 * How often a label was predicted, was true, and both.
 *
 * @param correct predicted and true
 * @param predicted predicted
 * @param truth true
 */
record LabelCounts(long correct, long predicted, long truth) {
    static final LabelCounts NONE = new LabelCounts(0, 0, 0);

    LabelCounts plus(LabelCounts other) {
        return new LabelCounts(correct + other.correct, predicted + other.predicted, truth + other.truth);
    }

    boolean occurs() {
        return predicted + truth > 0;
    }

    double precision() {
        return share(correct, predicted);
    }

    double recall() {
        return share(correct, truth);
    }

    /** 2 correct / (predicted + truth). */
    double f1() {
        return share(2 * correct, predicted + truth);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : part / (double) whole;
    }

    /** The mean F1 of the labels that occur in truth or prediction; NaN if none does. */
    static double macroF1(Collection<LabelCounts> labels) {
        return labels.stream()
                .filter(LabelCounts::occurs)
                .mapToDouble(LabelCounts::f1)
                .average()
                .orElse(Double.NaN);
    }

    /** The mean F1 of all labels, 0 for those that never occur; NaN if there are none. */
    static double macroF1OverAll(Collection<LabelCounts> labels) {
        return labels.stream().mapToDouble(LabelCounts::f1).average().orElse(Double.NaN);
    }

    /** The counts of all labels together. */
    static LabelCounts sum(Collection<LabelCounts> labels) {
        return labels.stream().reduce(NONE, LabelCounts::plus);
    }
}
