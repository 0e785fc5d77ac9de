package luthier.finetune.task;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import luthier.autograd.Variable;
import luthier.autograd.ops.CrossEntropyOptions;
import luthier.autograd.ops.LossOps;
import luthier.nn.text.Encoding;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;

/** One class of a text, or of a pair of texts: -log softmax(z)[class], the mean over rows or over the weights of their classes. */
public final class Classification extends Task {
    private final String name;
    private final CrossEntropyOptions options;

    private Classification(String name, List<String> labels, CrossEntropyOptions options) {
        super(labels);
        this.name = name;
        this.options = options;
    }

    /** Returns the classification of texts. */
    public static Classification ofTexts(List<String> labels) {
        return new Classification("classify", labels, CrossEntropyOptions.usual());
    }

    /** Returns the classification of pairs of texts. */
    public static Classification ofPairs(List<String> labels) {
        return new Classification("pair-classify", labels, CrossEntropyOptions.usual());
    }

    /**
     * Returns this task with a weight for each class in the training loss, against imbalance.
     *
     * @param weights in the order of the labels, as {@link ClassWeights#of} makes them
     */
    public Classification weighted(double[] weights) {
        float[] single = new float[weights.length];
        for (int i = 0; i < single.length; i++) {
            single[i] = (float) weights[i];
        }
        return new Classification(name, labels(), options.weightedBy(Tensor.of(single, single.length)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int outputs() {
        return labels().size();
    }

    @Override
    protected double[] target(TypedRow row, List<Encoding> sequences) {
        return new double[] {labels().indexOf(row.label())};
    }

    @Override
    protected Variable loss(Variable outputs, List<Example> batch) {
        return LossOps.crossEntropy(outputs, targets(batch), options);
    }

    @Override
    public double weight(List<Example> batch) {
        return LossWeight.crossEntropy(targets(batch), options);
    }

    private static Tensor targets(List<Example> batch) {
        return Tensor.of(
                batch.stream().mapToLong(example -> (long) example.target()[0]).toArray(), batch.size());
    }

    @Override
    public List<Metric> metrics() {
        return ConfusionMatrix.METRICS;
    }

    @Override
    protected Map<String, Double> measure(List<Example> examples, double[][] outputs) {
        return confusion(examples, outputs).values();
    }

    /** Returns counts by true and predicted class. */
    public ConfusionMatrix confusion(List<Example> examples, double[][] outputs) {
        int[] truth =
                examples.stream().mapToInt(example -> (int) example.target()[0]).toArray();
        return ConfusionMatrix.of(labels(), truth, Answers.classes(outputs));
    }

    @Override
    public Answer answer(double[] output) {
        double[] p = Softmax.softmax(Tensor.of(output, output.length), 0).toDoubleArray();
        List<Answer.Scored> ranked = ranked(labels(), p);
        return new Answer(ranked, List.of(ranked.getFirst().label()), Optional.empty());
    }

    /** Labels by falling probability; equal ones in their order. */
    static List<Answer.Scored> ranked(List<String> labels, double[] probabilities) {
        return IntStream.range(0, labels.size())
                .mapToObj(i -> new Answer.Scored(labels.get(i), probabilities[i]))
                .sorted(Comparator.comparingDouble(Answer.Scored::probability).reversed())
                .toList();
    }

    /** Returns the class weights, if the loss is weighted. */
    public Optional<double[]> classWeights() {
        return options.classWeight().map(Tensor::toDoubleArray);
    }
}
