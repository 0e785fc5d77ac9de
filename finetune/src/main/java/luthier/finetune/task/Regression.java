package luthier.finetune.task;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.text.Encoding;
import luthier.tensor.Tensor;

/**
 * A number of a text, or of a pair of texts: the mean of (z - (y - mean) / scale)^2. The model learns numbers around 0 whatever the unit of
 * the user's; answers and metrics are in the user's unit, the loss is not.
 */
public final class Regression extends Task {
    private final String name;
    private final double mean;
    private final double scale;

    private Regression(String name, double mean, double scale) {
        super(List.of());
        this.name = name;
        this.mean = mean;
        this.scale = scale;
    }

    /**
     * Returns the regression of texts or pairs of texts.
     *
     * @param mean of the numbers of training
     * @param scale their standard deviation
     * @throws IllegalArgumentException if the scale is not positive and finite: equal numbers leave nothing to learn
     */
    public static Regression of(boolean pairs, double mean, double scale) {
        if (!(scale > 0) || Double.isInfinite(scale) || !Double.isFinite(mean)) {
            throw new IllegalArgumentException("regression: the numbers must differ and be finite; got mean " + mean
                    + " and standard deviation " + scale);
        }
        return new Regression(pairs ? "pair-regress" : "regress", mean, scale);
    }

    /** Returns the regression of the numbers of these rows. */
    static Regression of(boolean pairs, List<TypedRow> rows) {
        double[] numbers =
                rows.stream().mapToDouble(row -> row.number().orElseThrow()).toArray();
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        double mean = sum / numbers.length;
        double squares = 0;
        for (double number : numbers) {
            squares += (number - mean) * (number - mean);
        }
        return of(pairs, mean, Math.sqrt(squares / numbers.length));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int outputs() {
        return 1;
    }

    @Override
    protected double[] target(TypedRow row, List<Encoding> sequences) {
        return new double[] {row.number().orElseThrow()};
    }

    @Override
    protected Variable loss(Variable outputs, List<Example> batch) {
        double[] wanted = batch.stream()
                .mapToDouble(example -> (example.target()[0] - mean) / scale)
                .toArray();
        Variable target = Variable.constant(Tensor.of(wanted, wanted.length, 1).to(outputs.dtype()));
        return outputs.sub(target).square().mean();
    }

    @Override
    public List<Metric> metrics() {
        return NumberMetrics.METRICS;
    }

    @Override
    protected Map<String, Double> measure(List<Example> examples, double[][] outputs) {
        double[] truth =
                examples.stream().mapToDouble(example -> example.target()[0]).toArray();
        double[] predicted = new double[outputs.length];
        for (int i = 0; i < predicted.length; i++) {
            predicted[i] = inUnit(outputs[i]);
        }
        return NumberMetrics.of(truth, predicted).values();
    }

    private double inUnit(double[] output) {
        return mean + scale * output[0];
    }

    @Override
    public Answer answer(double[] output) {
        return new Answer(List.of(), List.of(), Optional.of(inUnit(output)));
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = super.fields();
        fields.put("mean", mean);
        fields.put("scale", scale);
        return fields;
    }
}
