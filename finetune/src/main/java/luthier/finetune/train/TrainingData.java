package luthier.finetune.train;

/**
 * What a run trains on: batches by epoch and index, so that any position can be computed without replaying what came before.
 *
 * @param <B> a batch
 */
public interface TrainingData<B> {
    /** Returns the number of batches in an epoch. */
    int batchesPerEpoch();

    /** Returns a batch; the same arguments give the same batch. */
    B batch(int epoch, int index);

    /** Returns the number of examples in a batch. */
    int examples(B batch);

    /**
     * Returns what the mean loss of a batch is divided by, for its share in the mean of several: the number of its examples, of its
     * trained tokens, or the sum of their weights.
     */
    default double weight(B batch) {
        return examples(batch);
    }
}
