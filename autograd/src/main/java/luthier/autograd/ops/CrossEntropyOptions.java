package luthier.autograd.ops;

import java.util.Optional;
import luthier.tensor.Tensor;

/**
 * How {@link LossOps#crossEntropy(luthier.autograd.Variable, Tensor, CrossEntropyOptions)} and its kin count. The usual: the classes
 * along the last axis, target -100 ignored, no smoothing, all classes alike, the mean.
 *
 * @param classAxis the axis of the classes: -1 the last, 1 as PyTorch has it for images
 * @param labelSmoothing the share e of the target spread evenly over all classes, in [0, 1]; Szegedy et al. 2015, arXiv:1512.00567
 * @param ignoreIndex targets of this value count nowhere
 * @param classWeight the weight of each class, {@code [classes]}, of the logits' type
 * @param reduction what becomes of the rows; the mean divides by the sum of the weights of the targets that count
 */
public record CrossEntropyOptions(
        int classAxis, double labelSmoothing, long ignoreIndex, Optional<Tensor> classWeight, LossReduction reduction) {
    /** Checks the smoothing. */
    public CrossEntropyOptions {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: label smoothing must be in [0, 1]; got " + labelSmoothing);
        }
    }

    /** Returns the usual. */
    public static CrossEntropyOptions usual() {
        return new CrossEntropyOptions(-1, 0, LossOps.IGNORE, Optional.empty(), LossReduction.MEAN);
    }

    /** Returns the same with the classes along another axis. */
    public CrossEntropyOptions classesAlong(int axis) {
        return new CrossEntropyOptions(axis, labelSmoothing, ignoreIndex, classWeight, reduction);
    }

    /** Returns the same with another smoothing. */
    public CrossEntropyOptions smoothedBy(double share) {
        return new CrossEntropyOptions(classAxis, share, ignoreIndex, classWeight, reduction);
    }

    /** Returns the same with another target that counts nowhere. */
    public CrossEntropyOptions ignoring(long target) {
        return new CrossEntropyOptions(classAxis, labelSmoothing, target, classWeight, reduction);
    }

    /** Returns the same with a weight for every class. */
    public CrossEntropyOptions weightedBy(Tensor weight) {
        return new CrossEntropyOptions(classAxis, labelSmoothing, ignoreIndex, Optional.of(weight), reduction);
    }

    /** Returns the same with another reduction. */
    public CrossEntropyOptions reducedTo(LossReduction to) {
        return new CrossEntropyOptions(classAxis, labelSmoothing, ignoreIndex, classWeight, to);
    }
}
