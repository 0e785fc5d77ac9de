package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Elementwise;
import luthier.tensor.Norms;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Differentiable norms over axes; negative axes count from the end, none at all means all of them. A norm of zeros has many
 * subgradients: the rules take 0, where a composition with a square root would give NaN.
 */
public final class NormsOps {
    private NormsOps() {}

    /**
     * y = (sum |x|^p)^(1/p) over axes; dX = dY sign(x) (|x| / y)^(p-1), and 0 where x or y is 0. Saves x and y. For p infinite (the
     * largest magnitude) or minus infinity (the smallest) dY is shared evenly by the elements that reach it; p = 0 counts, its derivative
     * is 0. The quotient is taken before the power: neither overflows. Errors are those of {@link Norms#norm}.
     *
     * {@snippet :
     * Transforms.grad(x -> NormsOps.norm(x, new int[0], 1, false), Tensor.of(new float[] {-2, 0, 5}, 3)); // F32[3][-1.0, 0.0, 1.0]
     * }
     */
    public static Variable norm(Variable x, int[] axes, double p, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Norms.norm(t, axes, p, keepDims));
        if (p == 0) {
            return Variable.record(y, new NormZero(x.shape()), x);
        }
        Shape kept = ReductionOps.kept(x.shape(), axes);
        if (Double.isInfinite(p)) {
            return Variable.record(y, new NormExtreme(x.value(), y, kept, axes.clone()), x);
        }
        return Variable.record(y, new Norm(x, y, p, kept, axes.clone()), x);
    }

    /** The same with p = 2, over the given axes, which go; without any, over all. See {@link #norm(Variable, int[], double, boolean)}. */
    public static Variable norm(Variable x, int... axes) {
        return norm(x, axes, 2, false);
    }

    private record Norm(Variable x, Tensor y, double p, Shape kept, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable spread = ShapeOps.reshape(dY, kept.toArray());
            if (p == 1) {
                gradients.set(0, spread.mul(Variable.constant(Selection.sign(x.value()))));
                return;
            }
            Variable length = Grad.isEnabled() ? norm(x, axes, p, true) : Variable.constant(y.reshape(kept.toArray()));
            Tensor none = Comparison.equal(length.value(), 0);
            Variable divisor = SelectionOps.maskedFill(length, none, 1);
            if (p == 2) {
                gradients.set(0, spread.mul(SelectionOps.maskedFill(x.div(divisor), none, 0)));
                return;
            }
            Tensor sign = Selection.sign(x.value());
            Tensor zeros = Comparison.equal(x.value(), 0);
            Variable ratio =
                    SelectionOps.abs(SelectionOps.maskedFill(x, zeros, 1)).div(divisor);
            Tensor still = Comparison.logicalOr(zeros, none);
            Variable slope = SelectionOps.maskedFill(ElementwiseOps.pow(ratio, p - 1), still, 0);
            gradients.set(0, spread.mul(slope.mul(Variable.constant(sign))));
        }

        @Override
        public Formula formula() {
            Formula formula = p == 1
                    ? Formula.of("sum(|{0}|)", "{dY} * sign({0})")
                    : p == 2
                            ? Formula.of("sqrt(sum({0}^2))", "{dY} * {0} / {y}")
                            : Formula.of("sum(|{0}|^{p})^(1 / {p})", "{dY} * sign({0}) * (|{0}| / {y})^({p} - 1)");
            return formula.with("p", p);
        }
    }

    private record NormExtreme(Tensor x, Tensor y, Shape kept, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor hits = Comparison.equal(Selection.abs(x), y.reshape(kept.toArray()))
                    .to(x.dtype());
            Tensor share = Elementwise.div(hits, Reduction.sum(hits, axes, true));
            Variable signed = Variable.constant(Elementwise.mul(share, Selection.sign(x)));
            gradients.set(0, ShapeOps.reshape(dY, kept.toArray()).mul(signed));
        }

        @Override
        public Formula formula() {
            return Formula.of("the extreme of |{0}|", "{dY} * sign({0}) where |{0}| is {y}, shared at ties");
        }

        @Override
        public String operation() {
            return "Norm";
        }
    }

    private record NormZero(Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, Variable.constant(Tensor.zeros(dY.dtype(), shape)));
        }

        @Override
        public Formula formula() {
            return Formula.of("how many of {0} are not 0", "0");
        }

        @Override
        public String operation() {
            return "Norm";
        }
    }
}
