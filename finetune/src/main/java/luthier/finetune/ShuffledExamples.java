package luthier.finetune;

import java.util.List;
import java.util.stream.IntStream;
import luthier.finetune.task.Example;
import luthier.finetune.task.Task;
import luthier.finetune.train.TrainingData;
import luthier.nn.data.BatchPlan;
import luthier.tensor.Rng;

/** Examples in batches of like length, in another order every epoch, which follows from the seed and the epoch alone. */
final class ShuffledExamples implements TrainingData<List<Example>> {
    private final Task task;
    private final List<Example> examples;
    private final int[] lengths;
    private final int batchSize;
    private final Rng rng;
    private int plannedEpoch;
    private BatchPlan plan;

    ShuffledExamples(Task task, List<Example> examples, int batchSize, Rng rng) {
        this.task = task;
        this.examples = examples;
        this.batchSize = batchSize;
        this.rng = rng;
        lengths = examples.stream().mapToInt(Example::length).toArray();
        plan = plan(0);
    }

    private BatchPlan plan(int epoch) {
        return BatchPlan.shuffled(lengths, batchSize, rng.split(epoch));
    }

    @Override
    public int batchesPerEpoch() {
        return plan.size();
    }

    @Override
    public List<Example> batch(int epoch, int index) {
        if (epoch != plannedEpoch) {
            plan = plan(epoch);
            plannedEpoch = epoch;
        }
        return IntStream.of(plan.batch(index)).mapToObj(examples::get).toList();
    }

    @Override
    public int examples(List<Example> batch) {
        return batch.size();
    }

    @Override
    public double weight(List<Example> batch) {
        return task.weight(batch);
    }
}
