package luthier.finetune.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.nn.text.Encoding;
import luthier.tensor.Tensor;

/** Any number of labels of a text: each label is a question of its own, -log sigmoid(z) or -log(1 - sigmoid(z)), the mean over all. */
public final class MultiLabel extends Task {
    private static final double THRESHOLD = 0.5;

    /** Creates the task. */
    public MultiLabel(List<String> labels) {
        super(labels);
    }

    @Override
    public String name() {
        return "multi";
    }

    @Override
    public int outputs() {
        return labels().size();
    }

    @Override
    protected double[] target(TypedRow row, List<Encoding> sequences) {
        return labels().stream()
                .mapToDouble(label -> row.labels().contains(label) ? 1 : 0)
                .toArray();
    }

    @Override
    protected Variable loss(Variable outputs, List<Example> batch) {
        double[] flat = batch.stream()
                .flatMapToDouble(example -> java.util.Arrays.stream(example.target()))
                .toArray();
        Tensor target = Tensor.of(flat, batch.size(), labels().size()).to(outputs.dtype());
        return LossOps.bceWithLogits(outputs, Variable.constant(target), LossReduction.MEAN);
    }

    @Override
    public List<Metric> metrics() {
        return MultiLabelMetrics.METRICS;
    }

    @Override
    protected Map<String, Double> measure(List<Example> examples, double[][] outputs) {
        List<List<String>> truth =
                examples.stream().map(example -> example.row().labels()).toList();
        List<List<String>> predicted = new ArrayList<>();
        Answers.labels(outputs, THRESHOLD)
                .forEach(row -> predicted.add(row.stream().map(labels()::get).toList()));
        return MultiLabelMetrics.of(labels(), truth, predicted).values();
    }

    @Override
    public Answer answer(double[] output) {
        double[] p = new double[output.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = 1 / (1 + StrictMath.exp(-output[i]));
        }
        List<Answer.Scored> ranked = Classification.ranked(labels(), p);
        return new Answer(
                ranked,
                ranked.stream()
                        .filter(scored -> scored.probability() >= THRESHOLD)
                        .map(Answer.Scored::label)
                        .toList(),
                Optional.empty());
    }
}
