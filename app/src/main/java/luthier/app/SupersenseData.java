package luthier.app;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import luthier.app.data.SupersenseTask.Example;
import luthier.finetune.train.TrainingData;
import luthier.nn.data.BatchPlan;
import luthier.nn.data.TokenBatch;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Rng;

/** Encoded examples in batches of like length: shuffled by epoch for training, sorted for evaluation. */
final class SupersenseData implements TrainingData<TokenBatch> {
    /** The longest sequence; longer texts are cut. Definitions rarely reach a third of it. */
    static final int MAX_TOKENS = 128;

    private static final int EVALUATION_BATCH = 64;

    private final List<int[]> ids = new ArrayList<>();
    private final int[] labels;
    private final int padId;
    private final IntFunction<BatchPlan> plans;
    private int plannedEpoch;
    private BatchPlan plan;

    private SupersenseData(List<Example> examples, Tokenizer tokenizer, Order order) {
        labels = new int[examples.size()];
        int[] lengths = new int[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            Example example = examples.get(i);
            ids.add(tokenizer.encode(List.of(example.text()), MAX_TOKENS).ids());
            labels[i] = example.label();
            lengths[i] = ids.get(i).length;
        }
        padId = padId(tokenizer);
        plans = epoch -> order.plan(lengths, epoch);
        plan = plans.apply(plannedEpoch);
    }

    private interface Order {
        BatchPlan plan(int[] lengths, int epoch);
    }

    /** Examples in another order every epoch, drawn from a stream. */
    static SupersenseData shuffled(List<Example> examples, Tokenizer tokenizer, int batchSize, Rng rng) {
        return new SupersenseData(
                examples, tokenizer, (lengths, epoch) -> BatchPlan.shuffled(lengths, batchSize, rng.split(epoch)));
    }

    /** Examples from the shortest to the longest, in large batches: an evaluation keeps no tape. */
    static SupersenseData sorted(List<Example> examples, Tokenizer tokenizer) {
        return new SupersenseData(examples, tokenizer, (lengths, epoch) -> BatchPlan.sorted(lengths, EVALUATION_BATCH));
    }

    static int padId(Tokenizer tokenizer) {
        return tokenizer.id("[PAD]").orElse(0);
    }

    @Override
    public int batchesPerEpoch() {
        return plan.size();
    }

    @Override
    public TokenBatch batch(int epoch, int index) {
        return TokenBatch.gather(ids, labels, indices(epoch, index), padId);
    }

    /** Returns the examples of a batch by their index. */
    int[] indices(int epoch, int index) {
        if (epoch != plannedEpoch) {
            plan = plans.apply(epoch);
            plannedEpoch = epoch;
        }
        return plan.batch(index);
    }

    @Override
    public int examples(TokenBatch batch) {
        return batch.size();
    }

    int size() {
        return labels.length;
    }

    int label(int example) {
        return labels[example];
    }
}
