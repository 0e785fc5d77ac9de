package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Shape;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;

/** Differentiable softmax and its relatives along one axis. */
public final class SoftmaxOps {
    private SoftmaxOps() {}

    /** y_i = e^(x_i) / sum_j e^(x_j); dX = y (dY - sum(y dY)). A row of -inf alone gives NaN. */
    public static Variable softmax(Variable x, int axis) {
        Tensor y = Softmax.softmax(x.value(), axis);
        return Variable.record(y, new SoftmaxRule(x, y, axis), x);
    }

    private record SoftmaxRule(Variable x, Tensor y, int axis) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Softmax.softmaxBackward(y, dY.value(), axis)));
                return;
            }
            Variable p = softmax(x, axis);
            Variable dot = ReductionOps.sum(ElementwiseOps.mul(p, dY), true, axis);
            gradients.set(0, ElementwiseOps.mul(p, ElementwiseOps.sub(dY, dot)));
        }

        @Override
        public String operation() {
            return "Softmax";
        }
    }

    /** y_i = x_i - log sum_j e^(x_j); dX = dY - e^y sum(dY). */
    public static Variable logSoftmax(Variable x, int axis) {
        Tensor y = Softmax.logSoftmax(x.value(), axis);
        return Variable.record(y, new LogSoftmax(x, y, axis), x);
    }

    private record LogSoftmax(Variable x, Tensor y, int axis) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Softmax.logSoftmaxBackward(y, dY.value(), axis)));
                return;
            }
            Variable total = ReductionOps.sum(dY, true, axis);
            gradients.set(0, ElementwiseOps.sub(dY, ElementwiseOps.mul(softmax(x, axis), total)));
        }
    }

    /**
     * y = log sum_j e^(x_j) along an axis; dX = softmax(x) dY, and 0 for a row of -inf alone, which has no direction.
     *
     * {@snippet :
     * Transforms.grad(x -> SoftmaxOps.logSumExp(x, 0, false), Tensor.of(new float[] {7, 7}, 2)); // F32[2][0.5, 0.5]
     * }
     */
    public static Variable logSumExp(Variable x, int axis, boolean keepDims) {
        Tensor y = Softmax.logSumExp(x.value(), axis, keepDims);
        return Variable.record(y, new LogSumExp(x, y, axis, keepDims), x);
    }

    private record LogSumExp(Variable x, Tensor y, int axis, boolean keepDims) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable spread = keepDims ? dY : ShapeOps.unsqueeze(dY, axis);
            Tensor kept = keepDims ? y : y.unsqueeze(axis);
            Tensor empty = Comparison.equal(kept, Double.NEGATIVE_INFINITY);
            // Zeros in the place of such a row keep NaN out of the second derivative, too.
            Variable share = softmax(SelectionOps.maskedFill(x, empty, 0), axis);
            gradients.set(0, SelectionOps.maskedFill(share, empty, 0).mul(spread));
        }
    }

    /**
     * y = log sum e^x over several axes, all if none is given; dX = e^(x - y) dY, and 0 where all of x is -inf.
     *
     * {@snippet :
     * Transforms.grad(x -> SoftmaxOps.logSumExp(x, false), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][0.25, 0.25, 0.25, 0.25]
     * }
     */
    public static Variable logSumExp(Variable x, boolean keepDims, int... axes) {
        if (axes.length == 1 && x.rank() > 0) {
            return logSumExp(x, axes[0], keepDims);
        }
        Shape kept = ReductionOps.kept(x.shape(), axes);
        Variable y = logSumExp(ReductionOps.rows(x, axes), -1, false);
        return keepDims ? ShapeOps.reshape(y, kept.toArray()) : y;
    }
}
