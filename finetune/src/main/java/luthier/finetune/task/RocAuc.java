package luthier.finetune.task;

/** The area under the receiver operating characteristic. */
public final class RocAuc {
    private RocAuc() {}

    /**
     * Returns the share of pairs of a positive and a negative row in which the positive has the higher score, ties counting half: from
     * the mean ranks R of the P positive rows among all, (sum R - P (P + 1) / 2) / (P N). NaN if all rows are positive or all negative.
     * Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
     *
     * @throws IllegalArgumentException if the lengths differ
     * @throws NotFiniteException if a score is not finite, naming the row
     */
    public static double of(boolean[] positive, double[] scores) {
        if (positive.length != scores.length) {
            throw new IllegalArgumentException(
                    "auc: every row needs a truth and a score; got " + positive.length + " and " + scores.length);
        }
        for (int row = 0; row < scores.length; row++) {
            NotFiniteException.require("auc", "a score", row, scores[row]);
        }
        double[] ranks = MeanRanks.of(scores);
        double sum = 0;
        long positives = 0;
        for (int row = 0; row < scores.length; row++) {
            if (positive[row]) {
                sum += ranks[row];
                positives++;
            }
        }
        long negatives = scores.length - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        return (sum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }
}
