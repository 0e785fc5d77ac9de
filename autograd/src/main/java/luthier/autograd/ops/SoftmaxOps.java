package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Counting;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;

/** Differentiable softmax and its relatives along one axis. */
public final class SoftmaxOps {
    private SoftmaxOps() {}

    /**
     * y_i = e^(x_i) / sum_j e^(x_j); dX = y (dY - sum(y dY)). A row of -inf alone gives NaN; {@link #maskedSoftmax} gives zeros.
     *
     * {@snippet :
     * SoftmaxOps.softmax(Variable.constant(Tensor.of(new float[] {7, 7}, 2)), 0).value(); // F32[2][0.5, 0.5]
     * }
     */
    public static Variable softmax(Variable x, int axis) {
        Tensor y = Misfit.explained(x, t -> Softmax.softmax(t, axis));
        return Variable.record(y, new SoftmaxRule(x, y, axis), x);
    }

    private record SoftmaxRule(Variable x, Tensor y, int axis) implements BackwardRule.ReadsResult, Traps.Softmax {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Softmax.softmaxBackward(y, dY.value(), axis)));
                return;
            }
            Variable p = softmax(x, axis);
            Variable dot = ReductionOps.sum(ElementwiseOps.mul(p, dY), new int[] {axis}, true);
            gradients.set(0, ElementwiseOps.mul(p, ElementwiseOps.sub(dY, dot)));
        }

        @Override
        public Formula formula() {
            return Formula.of("e^{0} / sum(e^{0})", "{y} * ({dY} - sum({y} * {dY}))")
                    .with("axis", axis);
        }

        @Override
        public String operation() {
            return "Softmax";
        }
    }

    /**
     * The softmax over the visible elements of each row, 0 elsewhere; dX = y (dY - sum(y dY)). A row that sees nothing but minus
     * infinities gives zeros and a zero gradient. Composed of {@link #softmax}.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {7, 7}, 2));
     * SoftmaxOps.maskedSoftmax(x, Tensor.of(new boolean[] {false, true}, 2), 0).value(); // F32[2][0.0, 1.0]
     * }
     *
     * @param visible BOOL, broadcast to x; true = takes part
     */
    public static Variable maskedSoftmax(Variable x, Tensor visible, int axis) {
        try {
            if (x.value().elementCount() == 0) {
                return x;
            }
            Variable seen = SelectionOps.maskedFill(x, Comparison.logicalNot(visible), Double.NEGATIVE_INFINITY);
            Tensor largest = Reduction.max(seen.value(), new int[] {axis}, true);
            Tensor none = Comparison.equal(largest, Double.NEGATIVE_INFINITY);
            // A finite fill keeps the empty rows free of NaN; they are zeroed afterwards.
            return SelectionOps.maskedFill(softmax(SelectionOps.maskedFill(seen, none, 0), axis), none, 0);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("maskedSoftmax")
                    .with("x", x)
                    .with("visible", visible, DType.BOOL)
                    .by(ShapeRule.MASKED);
        }
    }

    /**
     * y_i = x_i - log sum_j e^(x_j); dX = dY - e^y sum(dY).
     *
     * {@snippet :
     * SoftmaxOps.logSoftmax(Variable.constant(Tensor.of(new float[] {10000, -10000}, 2)), 0).value(); // F32[2][0.0, -20000.0]
     * }
     */
    public static Variable logSoftmax(Variable x, int axis) {
        Tensor y = Misfit.explained(x, t -> Softmax.logSoftmax(t, axis));
        return Variable.record(y, new LogSoftmax(x, y, axis), x);
    }

    private record LogSoftmax(Variable x, Tensor y, int axis) implements BackwardRule.ReadsResult, Traps.Softmax {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Softmax.logSoftmaxBackward(y, dY.value(), axis)));
                return;
            }
            Variable total = ReductionOps.sum(dY, new int[] {axis}, true);
            gradients.set(0, ElementwiseOps.sub(dY, ElementwiseOps.mul(softmax(x, axis), total)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} - log(sum(e^{0}))", "{dY} - e^{y} * sum({dY})")
                    .with("axis", axis);
        }
    }

    /**
     * y = log sum e^x over axes, no axes at all meaning all of them; dX = e^(x - y) dY, 0 for minus infinities alone, shared evenly by the
     * plus infinities if there are any.
     *
     * {@snippet :
     * SoftmaxOps.logSumExp(Variable.constant(Tensor.of(new float[] {10000, -20000}, 2))).value(); // F32[][10000.0]
     * }
     */
    public static Variable logSumExp(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Softmax.logSumExp(t, axes, keepDims));
        return Variable.record(y, new LogSumExp(x, keepDims, axes), x);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #logSumExp(Variable, int[], boolean)}. */
    public static Variable logSumExp(Variable x, int... axes) {
        return logSumExp(x, axes, false);
    }

    private record LogSumExp(Variable x, boolean keepDims, int[] axes) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable y = logSumExp(x, axes, true);
            // A row of -inf alone has no direction: its subgradient is 0.
            Tensor none = Comparison.equal(y.value(), Double.NEGATIVE_INFINITY);
            Tensor infinite = Comparison.equal(y.value(), Double.POSITIVE_INFINITY);
            Tensor held = Comparison.logicalOr(none, infinite);
            Variable distance = ElementwiseOps.sub(x, SelectionOps.maskedFill(y, held, 0));
            Variable spread = ShapeOps.reshape(dY, y.shape().toArray());
            if (Counting.any(infinite).item() == 1) {
                Tensor top =
                        Comparison.equal(x.value(), Double.POSITIVE_INFINITY).to(x.dtype());
                Tensor count = Selection.maximum(Reduction.sum(top, axes, true), Tensor.ones(x.dtype()));
                Variable share = ElementaryOps.exp(SelectionOps.maskedFill(distance, infinite, 0));
                share = SelectionOps.where(infinite, Variable.constant(top.div(count)), share);
                gradients.set(0, ElementwiseOps.mul(share, spread));
                return;
            }
            gradients.set(0, ElementwiseOps.mul(ElementaryOps.exp(distance), spread));
        }

        @Override
        public Formula formula() {
            return Formula.of("log(sum(e^{0}))", "softmax({0}) * {dY}").with("keepDims", keepDims);
        }
    }
}
