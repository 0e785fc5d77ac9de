package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.Losses;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable losses. */
public final class LossOps {
    /** The target value that {@link #crossEntropy} skips unless told otherwise. */
    public static final long IGNORE = -100;

    private LossOps() {}

    /** Returns the mean cross-entropy over rows whose target is not {@link #IGNORE}, without label smoothing, in nats. */
    public static Variable crossEntropy(Variable logits, Tensor target) {
        return crossEntropy(logits, target, 0, IGNORE);
    }

    /**
     * Returns the mean of {@link #crossEntropyRows} over the rows that are not ignored, in nats; NaN if all are.
     *
     * @param labelSmoothing the share e of the target spread evenly over all classes, in [0, 1]
     * @param ignoreIndex rows with this target count nowhere
     */
    public static Variable crossEntropy(Variable logits, Tensor target, double labelSmoothing, long ignoreIndex) {
        Variable rows = crossEntropyRows(logits, target, labelSmoothing, ignoreIndex);
        Tensor ignored = Comparison.equal(target, Tensor.full(DType.I64, (double) ignoreIndex, Shape.of()));
        double counted =
                target.elementCount() - Reduction.sum(ignored.to(DType.F64)).item();
        return ElementwiseOps.mul(ReductionOps.sum(rows), 1 / counted);
    }

    /**
     * y_i = (1 - e) (-log p_i[target_i]) + e mean_c(-log p_i[c]), p = softmax(logits), 0 for ignored rows; dLogits = dY_i (p_i -
     * (1 - e) onehot(target_i) - e / classes). {@code logits [n, classes], target I64 [n] -> [n]}. The composed form is
     * {@link SoftmaxOps#logSoftmax} and {@link IndexOps#gather}. Label smoothing: Szegedy et al. 2015, arXiv:1512.00567.
     *
     * @throws ShapeException if the shapes do not fit or a target is outside the classes
     */
    public static Variable crossEntropyRows(Variable logits, Tensor target, double labelSmoothing, long ignoreIndex) {
        Losses.CrossEntropy done = Losses.crossEntropy(logits.value(), target, labelSmoothing, ignoreIndex);
        CrossEntropy rule = new CrossEntropy(logits, done.probabilities(), target, labelSmoothing, ignoreIndex);
        return Variable.record(done.rows(), rule, logits);
    }

    private record CrossEntropy(
            Variable logits, Tensor probabilities, Tensor target, double labelSmoothing, long ignoreIndex)
            implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor fused = Losses.crossEntropyBackward(probabilities, target, labelSmoothing, ignoreIndex, dY.value());
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(fused));
                return;
            }
            // p - q, where the target distribution q is the constant part of the fused result for dY = 1.
            Tensor ones = Tensor.full(dY.dtype(), 1, dY.shape());
            Tensor unit = Losses.crossEntropyBackward(probabilities, target, labelSmoothing, ignoreIndex, ones);
            Tensor ignored = Comparison.equal(target, Tensor.full(DType.I64, (double) ignoreIndex, Shape.of()));
            Variable q = Variable.constant(Elementwise.sub(probabilities, unit));
            Variable p = SoftmaxOps.softmax(logits, -1);
            Variable scale = SelectionOps.maskedFill(dY, ignored, 0);
            gradients.set(0, ElementwiseOps.mul(ElementwiseOps.sub(p, q), ShapeOps.unsqueeze(scale, 1)));
        }
    }

    /** y = mean (a - b)^2, composed. */
    public static Variable meanSquaredError(Variable a, Variable b) {
        return ReductionOps.mean(ElementwiseOps.square(ElementwiseOps.sub(a, b)));
    }
}
