package luthier.app;

import java.util.ArrayList;
import java.util.List;
import luthier.app.data.Example;
import luthier.finetune.train.TrainingData;
import luthier.nn.data.LengthBuckets;
import luthier.nn.data.TokenBatch;
import luthier.nn.text.WordPieceTokenizer;

/** Encoded examples in batches of like length: shuffled by epoch for training, sorted for evaluation. */
final class SupersenseData implements TrainingData<TokenBatch> {
    /** The longest sequence; longer texts are cut. Definitions rarely reach a third of it. */
    static final int MAX_TOKENS = 128;

    private final List<int[]> ids = new ArrayList<>();
    private final int[] labels;
    private final LengthBuckets buckets;
    private int plannedEpoch = -1;
    private List<int[]> plan = List.of();

    SupersenseData(List<Example> examples, WordPieceTokenizer tokenizer, LengthBuckets.Order order) {
        labels = new int[examples.size()];
        int[] lengths = new int[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            Example example = examples.get(i);
            ids.add(tokenizer.encode(example.text(), MAX_TOKENS));
            labels[i] = example.label();
            lengths[i] = ids.get(i).length;
        }
        buckets = new LengthBuckets(lengths, order);
    }

    @Override
    public int batchesPerEpoch() {
        return buckets.batchesPerEpoch();
    }

    @Override
    public TokenBatch batch(int epoch, int index) {
        return batch(indices(epoch, index));
    }

    /** Returns the examples of a batch by their index. */
    int[] indices(int epoch, int index) {
        if (epoch != plannedEpoch) {
            plan = buckets.epoch(epoch);
            plannedEpoch = epoch;
        }
        return plan.get(index);
    }

    TokenBatch batch(int[] indices) {
        List<int[]> rows = new ArrayList<>(indices.length);
        int[] rowLabels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            rows.add(ids.get(indices[i]));
            rowLabels[i] = labels[indices[i]];
        }
        return TokenBatch.of(rows, rowLabels);
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
