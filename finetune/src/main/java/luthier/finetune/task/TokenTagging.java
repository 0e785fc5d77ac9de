package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.nn.text.Encoding;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Tensor;

/**
 * A tag for each word: -log softmax(z)[tag] at the first token of every word, the mean over all words. Devlin et al. 2018,
 * arXiv:1810.04805, section 5.3. Words beyond the length limit are counted as missed.
 */
public final class TokenTagging extends Task {
    /** Creates the task. */
    public TokenTagging(List<String> tags) {
        super(tags);
    }

    @Override
    public String name() {
        return "tag";
    }

    @Override
    public int outputs() {
        return labels().size();
    }

    @Override
    public boolean isPerToken() {
        return true;
    }

    @Override
    protected List<Encoding> sequences(List<String> words, Tokenizer tokenizer, int maxLength) {
        return List.of(tokenizer.encodeWords(words, maxLength));
    }

    @Override
    protected double[] target(TypedRow row, List<Encoding> sequences) {
        int[] words = sequences.getFirst().words();
        double[] target = new double[words.length];
        for (int t = 0; t < words.length; t++) {
            boolean first = words[t] >= 0 && (t == 0 || words[t - 1] != words[t]);
            target[t] = first ? labels().indexOf(row.labels().get(words[t])) : UNTRAINED;
        }
        return target;
    }

    /** Every word is asked. */
    @Override
    protected double[] asked(List<Encoding> sequences) {
        int[] words = sequences.getFirst().words();
        double[] asked = new double[words.length];
        for (int t = 0; t < words.length; t++) {
            asked[t] = words[t] >= 0 && (t == 0 || words[t - 1] != words[t]) ? 0 : UNTRAINED;
        }
        return asked;
    }

    @Override
    protected Variable loss(Variable outputs, List<Example> batch) {
        Tensor targets = targets(batch, outputs.size(1));
        return LossOps.crossEntropy(outputs.reshape(-1, labels().size()), targets.reshape(-1));
    }

    /** Padded to the length of the batch, which is that of the outputs. */
    private static Tensor targets(List<Example> batch, long length) {
        long[] flat = new long[Math.toIntExact(batch.size() * length)];
        Arrays.fill(flat, (long) UNTRAINED);
        for (int row = 0; row < batch.size(); row++) {
            double[] target = batch.get(row).target();
            for (int t = 0; t < target.length; t++) {
                flat[Math.toIntExact(row * length) + t] = (long) target[t];
            }
        }
        return Tensor.of(flat, batch.size(), length);
    }

    @Override
    public double weight(List<Example> batch) {
        return batch.stream()
                .mapToLong(example -> Arrays.stream(example.target())
                        .filter(label -> label != UNTRAINED)
                        .count())
                .sum();
    }

    /** The outputs at the first token of each word, one after the other. */
    @Override
    protected double[][] rows(Tensor outputs, List<Example> batch) {
        double[] flat = outputs.toDoubleArray();
        int tags = labels().size();
        int length = Math.toIntExact(outputs.size(1));
        double[][] rows = new double[batch.size()][];
        for (int row = 0; row < rows.length; row++) {
            double[] target = batch.get(row).target();
            List<Double> kept = new ArrayList<>();
            for (int t = 0; t < target.length; t++) {
                for (int tag = 0; tag < tags && target[t] != UNTRAINED; tag++) {
                    kept.add(flat[(row * length + t) * tags + tag]);
                }
            }
            rows[row] = kept.stream().mapToDouble(value -> value).toArray();
        }
        return rows;
    }

    @Override
    public List<Metric> metrics() {
        return EntityMetrics.METRICS;
    }

    @Override
    protected Map<String, Double> measure(List<Example> examples, double[][] outputs) {
        List<List<String>> truth =
                examples.stream().map(example -> example.row().labels()).toList();
        List<List<String>> predicted = new ArrayList<>();
        for (double[] output : outputs) {
            predicted.add(answer(output).chosen());
        }
        Map<String, Double> values = new LinkedHashMap<>();
        values.putAll(EntityMetrics.of(TagReading.FORGIVING, truth, predicted).values());
        TagReading.strict(labels())
                .ifPresent(reading ->
                        EntityMetrics.of(reading, truth, predicted).values().forEach(values::putIfAbsent));
        return values;
    }

    /** A tag for each word; probabilities are not given. */
    @Override
    public Answer answer(double[] output) {
        int tags = labels().size();
        List<String> chosen = new ArrayList<>();
        for (int word = 0; word * tags < output.length; word++) {
            double[] logits = Arrays.copyOfRange(output, word * tags, (word + 1) * tags);
            chosen.add(labels().get(Answers.classes(new double[][] {logits})[0]));
        }
        return new Answer(List.of(), chosen, Optional.empty());
    }
}
