package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
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

    /** y = log sum_j e^(x_j); dX = softmax(x) dY, 0 for a row of -inf alone. */
    public static Variable logSumExp(Variable x, int axis, boolean keepDims) {
        Tensor y = Softmax.logSumExp(x.value(), axis, keepDims);
        return Variable.record(y, new LogSumExp(x, axis, keepDims), x);
    }

    private record LogSumExp(Variable x, int axis, boolean keepDims) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable spread = keepDims ? dY : ShapeOps.unsqueeze(dY, axis);
            Variable share = softmax(x, axis);
            // A row of -inf alone has no direction: its softmax is NaN, its subgradient 0.
            Tensor undefined = Comparison.notEqual(share.value(), share.value());
            gradients.set(0, ElementwiseOps.mul(SelectionOps.maskedFill(share, undefined, 0), spread));
        }
    }
}
