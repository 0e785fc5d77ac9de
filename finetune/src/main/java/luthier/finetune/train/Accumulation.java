package luthier.finetune.train;

import luthier.autograd.Variable;

/**
 * The micro batches of one optimizer step as one large batch: one mean over all their tokens, rows or class weights. A micro batch's share
 * is what its own mean was divided by, over the sum of the window's, so the last window of an epoch is divided by what it holds. The
 * weights come from the data, before any forward pass, so that one micro batch's graph is alive at a time:
 *
 * {@snippet :
 * Accumulation window = Accumulation.of(12, 3, 0);
 * window.share(0) + " " + window.share(1) + " " + window.counts(2); // 0.8 0.2 false
 * }
 *
 * <p>Then, for each micro batch that counts, {@code window.scaled(i, mean).backward()}; clipping and the optimizer's step once; the loss to
 * show is {@link #loss}. In-batch negatives stay those of the micro batch. Immutable.
 */
public final class Accumulation {
    private final double[] weights;
    private final double total;

    private Accumulation(double[] weights, double total) {
        this.weights = weights;
        this.total = total;
    }

    /**
     * Takes the weight of each micro batch: the number of its trained tokens or rows, or the sum of their class weights.
     *
     * @throws IllegalArgumentException if a weight is negative or not finite
     * @throws TrainingException if nothing in the window is trained
     */
    public static Accumulation of(double... weights) {
        double total = 0;
        for (double weight : weights) {
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException(
                        "accumulation: the weight of a batch must be finite and not negative; got " + weight);
            }
            total += weight;
        }
        if (total == 0) {
            throw new TrainingException(
                    "train: a step must hold something to learn from; got no trained token or row in" + " its "
                            + weights.length + " batches; look at the data with luthier data");
        }
        return new Accumulation(weights.clone(), total);
    }

    /** Returns the number of micro batches. */
    public int size() {
        return weights.length;
    }

    /** Returns whether a micro batch takes part: one without a trained token needs no pass, and its mean would be 0 / 0. */
    public boolean counts(int micro) {
        return weights[micro] > 0;
    }

    /** Returns the share of a micro batch in the window's mean, in [0, 1]. */
    public double share(int micro) {
        return weights[micro] / total;
    }

    /**
     * Returns a micro batch's mean loss times its share, of which the backward pass is taken. A window of one micro batch leaves it as it is,
     * bit for bit.
     */
    public Variable scaled(int micro, Variable mean) {
        double share = share(micro);
        return share == 1 ? mean : mean.mul(share);
    }

    /**
     * Returns the mean loss of the window, to be shown.
     *
     * @param means the mean loss of each micro batch; those that do not count play no part, whatever is given
     * @throws IllegalArgumentException if their number is not that of the window
     */
    public double loss(double... means) {
        if (means.length != weights.length) {
            throw new IllegalArgumentException(
                    "accumulation: there must be " + weights.length + " losses; got " + means.length);
        }
        double sum = 0;
        for (int i = 0; i < means.length; i++) {
            if (share(i) == 1) {
                return means[i];
            }
            sum += counts(i) ? share(i) * means[i] : 0;
        }
        return sum;
    }
}
