package luthier.finetune.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import luthier.autograd.Variable;
import luthier.nn.text.Encoding;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Tensor;

/**
 * Texts that belong together lie near each other: of every anchor the own positive among all positives, and hard negatives, of the
 * batch; see {@link InBatchNegatives}.
 */
public final class TextEmbedding extends Task {
    private static final double SCALE = 20;

    private final boolean negatives;

    /**
     * Creates the task.
     *
     * @param negatives whether rows have a hard negative as their third text
     */
    public TextEmbedding(boolean negatives) {
        super(List.of());
        this.negatives = negatives;
    }

    @Override
    public String name() {
        return "embed";
    }

    /** The encoder's own vector is the answer: there is no head. */
    @Override
    public int outputs() {
        return 0;
    }

    @Override
    protected List<Encoding> sequences(List<String> texts, Tokenizer tokenizer, int maxLength) {
        return texts.stream()
                .map(text -> tokenizer.encode(List.of(text), maxLength))
                .toList();
    }

    @Override
    protected double[] target(TypedRow row, List<Encoding> sequences) {
        return new double[0];
    }

    @Override
    protected Variable loss(Variable outputs, List<Example> batch) {
        int n = batch.size();
        List<String> texts = new ArrayList<>();
        batch.forEach(example -> texts.add(example.row().texts().get(1)));
        if (negatives) {
            batch.forEach(example -> texts.add(example.row().texts().get(2)));
        }
        Variable anchors = outputs.slice(0, 0, n);
        Variable documents = outputs.slice(0, n, outputs.size(0));
        return InBatchNegatives.loss(
                anchors, documents, texts, IntStream.range(0, n).toArray(), SCALE);
    }

    /** Anchor, positive and negative, one after the other. */
    @Override
    protected double[][] rows(Tensor outputs, List<Example> batch) {
        double[] flat = outputs.toDoubleArray();
        int n = batch.size();
        int d = Math.toIntExact(outputs.size(1));
        int each = batch.getFirst().sequences().size();
        double[][] rows = new double[n][each * d];
        for (int row = 0; row < n; row++) {
            for (int i = 0; i < each; i++) {
                System.arraycopy(flat, (i * n + row) * d, rows[row], i * d, d);
            }
        }
        return rows;
    }

    @Override
    public List<Metric> metrics() {
        return RetrievalMetrics.METRICS;
    }

    /** The positives of all rows are the documents. */
    @Override
    protected Map<String, Double> measure(List<Example> examples, double[][] outputs) {
        int each = examples.getFirst().sequences().size();
        int d = outputs[0].length / each;
        double[][] scores = new double[outputs.length][outputs.length];
        for (int query = 0; query < outputs.length; query++) {
            for (int document = 0; document < outputs.length; document++) {
                scores[query][document] = cosine(outputs[query], 0, outputs[document], d, d);
            }
        }
        List<String> documents =
                examples.stream().map(example -> example.row().texts().get(1)).toList();
        return new LinkedHashMap<>(RetrievalMetrics.of(
                        scores, documents, IntStream.range(0, outputs.length).toArray())
                .values());
    }

    /** Returns the cosine of two vectors, 0 if one is zero. */
    public static double cosine(double[] a, double[] b) {
        return cosine(a, 0, b, 0, a.length);
    }

    private static double cosine(double[] a, int from, double[] b, int start, int d) {
        double dot = 0;
        double left = 0;
        double right = 0;
        for (int i = 0; i < d; i++) {
            dot += a[from + i] * b[start + i];
            left += a[from + i] * a[from + i];
            right += b[start + i] * b[start + i];
        }
        double length = Math.sqrt(left) * Math.sqrt(right);
        return length == 0 ? 0 : Math.clamp(dot / length, -1, 1);
    }

    @Override
    public Answer answer(double[] output) {
        return new Answer(List.of(), List.of(), Optional.empty());
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = super.fields();
        fields.put("negatives", negatives);
        return fields;
    }
}
