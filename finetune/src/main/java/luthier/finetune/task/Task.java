package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.data.BatchPlan;
import luthier.nn.text.Encoding;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Pool;
import luthier.tensor.Tensor;

/**
 * What a model learns: how rows become examples, what the loss of a batch is, and how well a split is answered. A task is made from the
 * shape of the rows and needs of the model only its outputs.
 */
public abstract class Task {
    /** The target of a token that is not trained: special ones, and all but the first of a word. */
    public static final double UNTRAINED = -100;

    private static final int EVALUATION_BATCH = 64;

    private final List<String> labels;

    /** For the tasks of this package. */
    Task(List<String> labels) {
        this.labels = List.copyOf(labels);
    }

    /** Returns the word that names it, {@code classify}. */
    public abstract String name();

    /** Returns the names of the outputs in their order; empty if outputs have no names. */
    public final List<String> labels() {
        return labels;
    }

    /** Returns the number of outputs that the head needs; 0 if there is no head. */
    public abstract int outputs();

    /** Returns whether there is an output for each token instead of one for the sequence. */
    public boolean isPerToken() {
        return false;
    }

    /** Returns the texts of a row as the model reads them. */
    protected List<Encoding> sequences(List<String> texts, Tokenizer tokenizer, int maxLength) {
        return List.of(tokenizer.encode(texts, maxLength));
    }

    /** Returns what the model should answer to a row. */
    protected abstract double[] target(TypedRow row, List<Encoding> sequences);

    /** Returns a row as an example of at most so many tokens a sequence. */
    public final Example example(TypedRow row, Tokenizer tokenizer, int maxLength) {
        List<Encoding> sequences = sequences(row.texts(), tokenizer, maxLength);
        return new Example(row, sequences, target(row, sequences));
    }

    /** Returns a row without an answer, to be asked. */
    public final Example question(TypedRow row, Tokenizer tokenizer, int maxLength) {
        List<Encoding> sequences = sequences(row.texts(), tokenizer, maxLength);
        return new Example(row, sequences, asked(sequences));
    }

    /** Returns the target of a question: none, but where outputs are chosen by it. */
    protected double[] asked(List<Encoding> sequences) {
        return new double[0];
    }

    /** Returns the mean loss of a batch, one number. */
    public final Variable loss(Layer model, List<Example> batch, int padId, Context c) {
        return loss(read(model, batch, padId, c), batch);
    }

    /** Returns the mean loss of a batch, given what the model makes of its sequences, all first ones, then all second ones. */
    protected abstract Variable loss(Variable outputs, List<Example> batch);

    /** Returns what the mean loss of a batch is divided by. */
    public double weight(List<Example> batch) {
        return batch.size();
    }

    private static Variable read(Layer model, List<Example> batch, int padId, Context c) {
        List<Encoding> encodings = new ArrayList<>();
        int count = batch.getFirst().sequences().size();
        for (int i = 0; i < count; i++) {
            for (Example example : batch) {
                encodings.add(example.sequences().get(i));
            }
        }
        return Sequences.of(encodings, padId).through(model, c);
    }

    /** Returns the metrics that it measures, the usual one to choose the best by first. */
    public abstract List<Metric> metrics();

    /** Returns metrics by name. */
    protected abstract Map<String, Double> measure(List<Example> examples, double[][] outputs);

    /** Returns what an output says to a user. */
    public abstract Answer answer(double[] output);

    /**
     * What a model makes of examples.
     *
     * @param values an output for each
     * @param loss the mean over all; NaN where it was not asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
    public record Outputs(double[][] values, double loss) {}

    /**
     * Returns what the model makes of examples or questions; nothing is trained.
     *
     * @param c an inference pass
     */
    public final Outputs outputs(Layer model, List<Example> examples, int padId, Context c) {
        return outputs(model, examples, padId, c, false);
    }

    private Outputs outputs(Layer model, List<Example> examples, int padId, Context c, boolean known) {
        int[] lengths = examples.stream().mapToInt(Example::length).toArray();
        double[][] values = new double[examples.size()][];
        double loss = 0;
        double weights = 0;
        Pool memory = new Pool();
        for (int[] indices : BatchPlan.sorted(lengths, EVALUATION_BATCH)) {
            List<Example> batch = IntStream.of(indices).mapToObj(examples::get).toList();
            double mean = memory.scope(() -> Grad.disabled(() -> {
                Variable outputs = read(model, batch, padId, c);
                double[][] rows = rows(outputs.value(), batch);
                for (int i = 0; i < rows.length; i++) {
                    values[indices[i]] = rows[i];
                }
                return known ? loss(outputs, batch).item() : 0;
            }));
            double weight = known ? weight(batch) : 0;
            loss += weight == 0 ? 0 : mean * weight;
            weights += weight;
        }
        return new Outputs(values, loss / weights);
    }

    /** Returns what belongs to each example of a batch: its row of the outputs. */
    protected double[][] rows(Tensor outputs, List<Example> batch) {
        double[] flat = outputs.toDoubleArray();
        int wide = flat.length / batch.size();
        return IntStream.range(0, batch.size())
                .mapToObj(row -> Arrays.copyOfRange(flat, row * wide, (row + 1) * wide))
                .toArray(double[][]::new);
    }

    /** Returns the loss and all metrics of examples by name. */
    public final Map<String, Double> evaluate(Layer model, List<Example> examples, int padId, Context c) {
        Outputs outputs = outputs(model, examples, padId, c, true);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(Metric.LOSS.name(), outputs.loss());
        values.putAll(measure(examples, outputs.values()));
        return values;
    }

    /** Returns what a file needs to make it again, by name. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("task", name());
        fields.put("labels", labels);
        return fields;
    }
}
