package luthier.finetune.train;

/**
 * The mean loss of a split from the means of its batches, weighted by what each was divided by: the same for any batch size, up to the last
 * bits. Immutable.
 *
 * @param sum of the losses so far
 * @param weight of the rows or tokens so far
 */
public record MeanLoss(double sum, double weight) {
    /** Nothing yet. */
    public static final MeanLoss NONE = new MeanLoss(0, 0);

    /** Returns the mean with one more batch; one of weight 0 plays no part. */
    public MeanLoss plus(double mean, double batchWeight) {
        return batchWeight == 0 ? this : new MeanLoss(sum + mean * batchWeight, weight + batchWeight);
    }

    /** Returns the mean; NaN over nothing. */
    public double value() {
        return sum / weight;
    }
}
