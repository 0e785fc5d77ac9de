package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.Comparison;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementary;
import luthier.tensor.Selection;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable transcendental functions of F32 and F64, element by element.
 * Where a function is not defined both its value and its derivative are NaN; at a pole the derivative is infinite.
 *
 * <p>All throw {@link DTypeException} for integers and, with two operands, {@link ShapeException} where shapes do not broadcast.
 */
public final class ElementaryOps {
    private static final double LN_2 = 0.6931471805599453;
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

    private ElementaryOps() {}

    // ---- exponentials and logarithms

    /**
     * y = e^x; dX = dY y.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.exp(x), Tensor.scalar(0f)); // F32[][1.0]
     * }
     */
    public static Variable exp(Variable x) {
        Tensor y = Misfit.explained(x, Elementary::exp);
        return Variable.record(y, new Exp(x, y), x);
    }

    private record Exp(Variable x, Tensor y) implements BackwardRule.ReadsResult, Traps.Exponential {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(Grad.isEnabled() ? exp(x) : Variable.constant(y)));
        }

        @Override
        public Formula formula() {
            return Formula.of("e^{0}", "{dY} * {y}");
        }
    }

    /**
     * y = 2^x; dX = dY y ln 2. Saves x and y.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.exp2(x).sum(), Tensor.of(new float[] {0, 3}, 2)); // F32[2][0.6931472, 5.5451775]
     * }
     */
    public static Variable exp2(Variable x) {
        Tensor y = Misfit.explained(x, Elementary::exp2);
        return Variable.record(y, new Exp2(x, y), x);
    }

    private record Exp2(Variable x, Tensor y) implements BackwardRule.ReadsResult, Traps.Exponential {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable power = Grad.isEnabled() ? exp2(x) : Variable.constant(y);
            gradients.set(0, dY.mul(power.mul(LN_2)));
        }

        @Override
        public Formula formula() {
            return Formula.of("2^{0}", "{dY} * {y} * log(2)");
        }
    }

    /**
     * y = e^x - 1, accurate near 0; dX = dY e^x. Saves x: 1 + y would have lost the digits of e^x left of 0.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.expm1(x).sum(), Tensor.of(new float[] {0, -100}, 2)); // F32[2][1.0, 3.8E-44]
     * }
     */
    public static Variable expm1(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::expm1), new Expm1(x), x);
    }

    private record Expm1(Variable x) implements BackwardRule.ReadsOperands, Traps.Exponential {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(exp(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("e^{0} - 1", "{dY} * ({y} + 1)");
        }
    }

    /**
     * y = ln x; dX = dY / x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.log(x), Tensor.scalar(4f)); // F32[][0.25]
     * }
     */
    public static Variable log(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::log), new Log(x), x);
    }

    private record Log(Variable x) implements BackwardRule.ReadsOperands, Traps.Logarithm {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.div(x));
        }

        @Override
        public Formula formula() {
            return Formula.of("log({0})", "{dY} / {0}");
        }
    }

    /**
     * y = log_2 x; dX = dY / (x ln 2), infinite at 0. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.log2(x).sum(), Tensor.of(new float[] {0.5f, 2}, 2)); // F32[2][2.88539, 0.7213475]
     * }
     */
    public static Variable log2(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::log2), new Log2(x), x);
    }

    private record Log2(Variable x) implements BackwardRule.ReadsOperands, Traps.Logarithm {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.div(x).mul(1 / LN_2));
        }

        @Override
        public Formula formula() {
            return Formula.of("log2({0})", "{dY} / ({0} * log(2))");
        }
    }

    /**
     * y = ln(1 + x), accurate near 0; dX = dY / (1 + x), infinite at -1. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.log1p(x).sum(), Tensor.of(new float[] {0, 3}, 2)); // F32[2][1.0, 0.25]
     * }
     */
    public static Variable log1p(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::log1p), new Log1p(x), x);
    }

    private record Log1p(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.div(ElementwiseOps.add(x, 1)));
        }

        @Override
        public Formula formula() {
            return Formula.of("log(1 + {0})", "{dY} / (1 + {0})");
        }

        @Override
        public String remedy() {
            return "log1p needs x > -1";
        }
    }

    /**
     * y = log(e^a + e^b) without overflow; dA = dY sigmoid(a - b), dB = dY sigmoid(b - a). Saves a and b. Where both are minus
     * infinity the subgradient is 0, where both are plus infinity each gets half.
     *
     * {@snippet :
     * Variable zero = Variable.constant(Tensor.scalar(0f));
     * Transforms.grad(x -> ElementaryOps.logaddexp(x, zero), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable logaddexp(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementary::logaddexp), new LogAddExp(a, b), a, b);
    }

    private record LogAddExp(Variable a, Variable b) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor same = Comparison.equal(a.value(), b.value());
            Tensor infinite = Comparison.logicalAnd(same, Comparison.isInf(a.value()));
            Tensor empty = Comparison.logicalAnd(same, Comparison.equal(a.value(), Double.NEGATIVE_INFINITY));
            Variable difference = SelectionOps.maskedFill(a.sub(b), infinite, 0);
            if (gradients.wants(0)) {
                Variable share = SelectionOps.maskedFill(ActivationOps.sigmoid(difference), empty, 0);
                gradients.set(0, ReductionOps.sumTo(dY.mul(share), a.shape()));
            }
            if (gradients.wants(1)) {
                Variable other = ActivationOps.sigmoid(ElementwiseOps.neg(difference));
                Variable share = SelectionOps.maskedFill(other, empty, 0);
                gradients.set(1, ReductionOps.sumTo(dY.mul(share), b.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("log(e^{0} + e^{1})", "{dY} * sigmoid({0} - {1})", "{dY} * sigmoid({1} - {0})");
        }
    }

    /**
     * y = a log b, and 0 where a is 0; dA = dY log b, dB = dY a / b. Saves a and b. Where a is 0 and b is not above 0 both gradients are
     * 0, as the value is: a probability of 0 draws nothing, whatever is said about its logarithm.
     *
     * {@snippet :
     * Variable zero = Variable.constant(Tensor.scalar(0f));
     * Transforms.grad(x -> ElementaryOps.xlogy(x, zero), Tensor.scalar(0f)); // F32[][0.0]
     * }
     */
    public static Variable xlogy(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementary::xlogy), new Xlogy(a, b), a, b);
    }

    private record Xlogy(Variable a, Variable b) implements BackwardRule.ReadsOperands, Traps.Logarithm {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor nothing = Comparison.logicalAnd(Comparison.equal(a.value(), 0), Comparison.lessEqual(b.value(), 0));
            // 1 has the logarithm 0 and divides without a trace.
            Variable safe = SelectionOps.maskedFill(b, nothing, 1);
            gradients.set(0, () -> ReductionOps.sumTo(dY.mul(log(safe)), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(dY.mul(a.div(safe)), b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} * log({1})", "{dY} * log({1})", "{dY} * {0} / {1}");
        }
    }

    // ---- circular functions

    /**
     * y = sin x; dX = dY cos x. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.sin(x), Tensor.scalar(0f)); // F32[][1.0]
     * }
     */
    public static Variable sin(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::sin), new Sin(x), x);
    }

    private record Sin(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(cos(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("sin({0})", "{dY} * cos({0})");
        }
    }

    /**
     * y = cos x; dX = -dY sin x. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.cos(x), Tensor.scalar(1.0)); // F64[][-0.8414709848078965]
     * }
     */
    public static Variable cos(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::cos), new Cos(x), x);
    }

    private record Cos(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ElementwiseOps.neg(dY.mul(sin(x))));
        }

        @Override
        public Formula formula() {
            return Formula.of("cos({0})", "-{dY} * sin({0})");
        }
    }

    /**
     * y = tan x; dX = dY (1 + y^2). Saves x and y.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.tan(x), Tensor.scalar(0f)); // F32[][1.0]
     * }
     */
    public static Variable tan(Variable x) {
        Tensor y = Misfit.explained(x, Elementary::tan);
        return Variable.record(y, new Tan(x, y), x);
    }

    private record Tan(Variable x, Tensor y) implements BackwardRule.ReadsResult {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable t = Grad.isEnabled() ? tan(x) : Variable.constant(y);
            gradients.set(0, dY.mul(ElementwiseOps.add(ElementwiseOps.square(t), 1)));
        }

        @Override
        public Formula formula() {
            return Formula.of("tan({0})", "{dY} * (1 + {y}^2)");
        }
    }

    /**
     * y = asin x; dX = dY / sqrt(1 - x^2), infinite at -1 and 1. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.asin(x).sum(), Tensor.of(new float[] {0, 1}, 2)); // F32[2][1.0, Infinity]
     * }
     */
    public static Variable asin(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::asin), new Asin(x), x);
    }

    private record Asin(Variable x) implements BackwardRule.ReadsOperands, Traps.Arc {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(ElementwiseOps.rsqrt(Slopes.oneMinusSquare(x))));
        }

        @Override
        public Formula formula() {
            return Formula.of("asin({0})", "{dY} / sqrt(1 - {0}^2)");
        }
    }

    /**
     * y = acos x; dX = -dY / sqrt(1 - x^2), infinite at -1 and 1. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.acos(x).sum(), Tensor.of(new float[] {0, 1}, 2)); // F32[2][-1.0, -Infinity]
     * }
     */
    public static Variable acos(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::acos), new Acos(x), x);
    }

    private record Acos(Variable x) implements BackwardRule.ReadsOperands, Traps.Arc {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ElementwiseOps.neg(dY.mul(ElementwiseOps.rsqrt(Slopes.oneMinusSquare(x)))));
        }

        @Override
        public Formula formula() {
            return Formula.of("acos({0})", "-{dY} / sqrt(1 - {0}^2)");
        }
    }

    /**
     * y = atan x; dX = dY / (1 + x^2). Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.atan(x).sum(), Tensor.of(new float[] {0, 1}, 2)); // F32[2][1.0, 0.5]
     * }
     */
    public static Variable atan(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::atan), new Atan(x), x);
    }

    private record Atan(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(Slopes.witch(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("atan({0})", "{dY} / (1 + {0}^2)");
        }
    }

    /**
     * y = the angle of the point (b, a); dA = dY b / (a^2 + b^2), dB = -dY a / (a^2 + b^2). Saves a and b. The subgradient in the
     * origin is 0. The squares are taken of a and b over the larger of them: neither overflows nor underflows.
     *
     * {@snippet :
     * Variable b = Variable.constant(Tensor.scalar(2f));
     * Transforms.grad(a -> ElementaryOps.atan2(a, b), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable atan2(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementary::atan2), new Atan2(a, b), a, b);
    }

    private record Atan2(Variable a, Variable b) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor larger = Selection.maximum(Selection.abs(a.value()), Selection.abs(b.value()));
            Tensor origin = Comparison.equal(larger, 0);
            Variable scale = Variable.constant(Selection.maskedFill(larger, origin, 1));
            Variable u = a.div(scale);
            Variable v = b.div(scale);
            Variable squares = ElementwiseOps.square(u).add(ElementwiseOps.square(v));
            Variable length = SelectionOps.maskedFill(squares, origin, 1);
            gradients.set(0, () -> ReductionOps.sumTo(dY.mul(v.div(length).div(scale)), a.shape()));
            if (gradients.wants(1)) {
                Variable toB = ElementwiseOps.neg(dY.mul(u.div(length).div(scale)));
                gradients.set(1, ReductionOps.sumTo(toB, b.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.broadcast(
                    "the angle of ({1}, {0})", "{dY} * {1} / ({0}^2 + {1}^2)", "-{dY} * {0} / ({0}^2 + {1}^2)");
        }
    }

    // ---- hyperbolic functions

    /**
     * y = sinh x; dX = dY cosh x. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.sinh(x), Tensor.scalar(0f)); // F32[][1.0]
     * }
     */
    public static Variable sinh(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::sinh), new Sinh(x), x);
    }

    private record Sinh(Variable x) implements BackwardRule.ReadsOperands, Traps.Exponential {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(cosh(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("sinh({0})", "{dY} * cosh({0})");
        }
    }

    /**
     * y = cosh x; dX = dY sinh x. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.cosh(x), Tensor.scalar(0f)); // F32[][0.0]
     * }
     */
    public static Variable cosh(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::cosh), new Cosh(x), x);
    }

    private record Cosh(Variable x) implements BackwardRule.ReadsOperands, Traps.Exponential {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(sinh(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("cosh({0})", "{dY} * sinh({0})");
        }
    }

    /**
     * y = tanh x; dX = dY / cosh^2 x, which is 1 - y^2 with all its digits. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.tanh(x), Tensor.scalar(0f)); // F32[][1.0]
     * }
     */
    public static Variable tanh(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::tanh), new Tanh(x), x);
    }

    private record Tanh(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (Grad.isEnabled()) {
                gradients.set(0, dY.mul(Slopes.sech2(x)));
                return;
            }
            Tensor dX = Activation.sigmoidBackward(x.value().mul(2), dY.value());
            gradients.set(0, Variable.constant(dX.mul(4)));
        }

        @Override
        public Formula formula() {
            return Formula.of("tanh({0})", "{dY} * (1 - {y}^2)");
        }
    }

    // ---- the error function

    /**
     * y = erf x; dX = dY 2 / sqrt(pi) e^(-x^2). Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementaryOps.erf(x), Tensor.scalar(0f)); // F32[][1.1283792]
     * }
     */
    public static Variable erf(Variable x) {
        return Variable.record(Misfit.explained(x, Elementary::erf), new Erf(x), x);
    }

    private record Erf(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(Slopes.bell(x, 1).mul(TWO_OVER_SQRT_PI)));
        }

        @Override
        public Formula formula() {
            return Formula.of("erf({0})", "{dY} * 2 / sqrt(pi) * e^(-{0}^2)");
        }
    }
}
