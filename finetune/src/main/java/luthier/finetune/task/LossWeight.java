package luthier.finetune.task;

import luthier.autograd.ops.CrossEntropyOptions;
import luthier.tensor.Tensor;

/**
 * What the mean loss of a batch was divided by: its share in the mean of a window of several batches. Known before the forward pass, from
 * the targets alone.
 */
public final class LossWeight {
    private LossWeight() {}

    /**
     * Returns what the mean of {@code LossOps.crossEntropy(logits, target, options)} divides by: the number of targets that are not
     * ignored, or the sum of their classes' weights.
     *
     * @param target I64, any shape
     * @throws IllegalArgumentException if a target names no class that has a weight
     */
    public static double crossEntropy(Tensor target, CrossEntropyOptions options) {
        double[] weights = options.classWeight().map(Tensor::toDoubleArray).orElse(new double[0]);
        double sum = 0;
        for (long label : target.toLongArray()) {
            if (label != options.ignoreIndex()) {
                sum += options.classWeight().isEmpty() ? 1 : weightOf(weights, label);
            }
        }
        return sum;
    }

    private static double weightOf(double[] weights, long label) {
        if (label < 0 || label >= weights.length) {
            throw new IllegalArgumentException(
                    "loss weight: a target must be below " + weights.length + ", the number of classes; got " + label);
        }
        return weights[(int) label];
    }
}
