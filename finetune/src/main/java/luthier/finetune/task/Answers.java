package luthier.finetune.task;

import java.util.ArrayList;
import java.util.List;

/** What a model says, out of its logits: a class a row, or a set of labels. */
public final class Answers {
    private Answers() {}

    /**
     * Returns the class of the largest logit of each row; of equal ones the first. {@code logits [rows, classes] -> [rows]}.
     *
     * @throws IllegalArgumentException if a row has no logit
     * @throws NotFiniteException if a logit is not finite, naming the row
     */
    public static int[] classes(double[][] logits) {
        int[] classes = new int[logits.length];
        for (int row = 0; row < logits.length; row++) {
            if (logits[row].length == 0) {
                throw new IllegalArgumentException(
                        "answers: every row needs at least one logit; got none in row " + (row + 1));
            }
            requireFinite(logits[row], row);
            for (int c = 1; c < logits[row].length; c++) {
                if (logits[row][c] > logits[row][classes[row]]) {
                    classes[row] = c;
                }
            }
        }
        return classes;
    }

    /**
     * Returns the labels of each row whose probability 1 / (1 + e^-z) is at least the threshold, in order; a row may have none.
     * {@code logits [rows, labels]}.
     *
     * @param threshold in (0, 1); 0.5 is a logit of 0
     * @throws IllegalArgumentException if the threshold is not in (0, 1)
     * @throws NotFiniteException if a logit is not finite, naming the row
     */
    public static List<List<Integer>> labels(double[][] logits, double threshold) {
        if (!(threshold > 0 && threshold < 1)) {
            throw new IllegalArgumentException("answers: the threshold must be in (0, 1); got " + threshold);
        }
        List<List<Integer>> rows = new ArrayList<>();
        for (int row = 0; row < logits.length; row++) {
            requireFinite(logits[row], row);
            List<Integer> labels = new ArrayList<>();
            for (int c = 0; c < logits[row].length; c++) {
                if (1 / (1 + StrictMath.exp(-logits[row][c])) >= threshold) {
                    labels.add(c);
                }
            }
            rows.add(List.copyOf(labels));
        }
        return rows;
    }

    private static void requireFinite(double[] logits, int row) {
        for (double logit : logits) {
            NotFiniteException.require("answers", "logits", row, logit);
        }
    }
}
