package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable operations on single elements. Operands of two-argument operations broadcast; their gradients are summed back
 * to the operand's shape.
 *
 * <p>All throw {@link ShapeException} where shapes do not broadcast and {@link DTypeException} where types differ.
 */
public final class ElementwiseOps {
    private ElementwiseOps() {}

    // ---- arithmetic

    /**
     * y = a + b; dA = dY, dB = dY.
     *
     * {@snippet :
     * Variable b = Variable.constant(Tensor.scalar(4f));
     * Transforms.grad(a -> ElementwiseOps.add(a, b), Tensor.scalar(3f)); // F32[][1.0]
     * }
     */
    public static Variable add(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementwise::add), new Add(a.shape(), b.shape()), a, b);
    }

    private record Add(Shape a, Shape b) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(dY, a));
            gradients.set(1, () -> ReductionOps.sumTo(dY, b));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} + {1}", "{dY}");
        }
    }

    /**
     * y = x + c for a constant number c; dX = dY.
     *
     * {@snippet :
     * ElementwiseOps.add(Variable.constant(Tensor.scalar(3f)), 1).value(); // F32[][4.0]
     * }
     */
    public static Variable add(Variable x, double c) {
        return Variable.record(Misfit.explained(x, t -> Elementwise.add(t, c)), new Shift("Add", "{0} + {c}", c), x);
    }

    /** The rule of x moved by a number. */
    record Shift(String operation, String forward, double c) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY);
        }

        @Override
        public Formula formula() {
            return Formula.of(forward, "{dY}").with("c", c);
        }
    }

    /**
     * y = a - b; dA = dY, dB = -dY.
     *
     * {@snippet :
     * Variable b = Variable.constant(Tensor.scalar(4f));
     * Transforms.grad(a -> ElementwiseOps.sub(a, b), Tensor.scalar(3f)); // F32[][1.0]
     * }
     */
    public static Variable sub(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementwise::sub), new Sub(a.shape(), b.shape()), a, b);
    }

    private record Sub(Shape a, Shape b) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(dY, a));
            gradients.set(1, () -> neg(ReductionOps.sumTo(dY, b)));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} - {1}", "{dY}", "-{dY}");
        }
    }

    /**
     * y = a * b; dA = dY * b, dB = dY * a.
     *
     * {@snippet :
     * Variable b = Variable.constant(Tensor.scalar(4f));
     * Transforms.grad(a -> ElementwiseOps.mul(a, b), Tensor.scalar(3f)); // F32[][4.0]
     * }
     */
    public static Variable mul(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementwise::mul), new Mul(a, b), a, b);
    }

    private record Mul(Variable a, Variable b) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(mul(dY, b), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(mul(dY, a), b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} * {1}", "{dY} * {1}", "{dY} * {0}");
        }
    }

    /**
     * y = c x for a constant number c; dX = c dY.
     *
     * {@snippet :
     * ElementwiseOps.mul(Variable.constant(Tensor.scalar(3f)), 2).value(); // F32[][6.0]
     * }
     */
    public static Variable mul(Variable x, double c) {
        return Variable.record(Misfit.explained(x, t -> Elementwise.mul(t, c)), new MulNumber("Mul", c), x);
    }

    private record MulNumber(String operation, double c) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(dY, c));
        }

        @Override
        public Formula formula() {
            return Formula.of("{c} * {0}", "{c} * {dY}").with("c", c);
        }
    }

    /**
     * y = a / b; dA = dY / b, dB = -dY a / b^2.
     *
     * {@snippet :
     * Variable b = Variable.constant(Tensor.scalar(4f));
     * Transforms.grad(a -> ElementwiseOps.div(a, b), Tensor.scalar(3f)); // F32[][0.25]
     * }
     */
    public static Variable div(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementwise::div), new Div(a, b), a, b);
    }

    private record Div(Variable a, Variable b) implements BackwardRule.ReadsOperands, Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(div(dY, b), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(neg(div(mul(dY, div(a, b)), b)), b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} / {1}", "{dY} / {1}", "-{dY} * {0} / {1}^2");
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand == 1 || operand == 0 && gradients.wants(1);
        }
    }

    /**
     * y = -x; dX = -dY.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.neg(x), Tensor.scalar(4f)); // F32[][-1.0]
     * }
     */
    public static Variable neg(Variable x) {
        return Variable.record(Misfit.explained(x, Elementwise::neg), new Neg(), x);
    }

    private record Neg() implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, neg(dY));
        }

        @Override
        public Formula formula() {
            return Formula.of("-{0}", "-{dY}");
        }
    }

    /**
     * y = x - c for a constant number c; dX = dY.
     *
     * {@snippet :
     * ElementwiseOps.sub(Variable.constant(Tensor.scalar(3f)), 1).value(); // F32[][2.0]
     * }
     */
    public static Variable sub(Variable x, double c) {
        return Variable.record(Misfit.explained(x, t -> Elementwise.sub(t, c)), new Shift("Sub", "{0} - {c}", c), x);
    }

    /**
     * y = c - x for a constant number c; dX = -dY.
     *
     * {@snippet :
     * ElementwiseOps.sub(1, Variable.constant(Tensor.scalar(3f))).value(); // F32[][-2.0]
     * }
     */
    public static Variable sub(double c, Variable x) {
        return Variable.record(Misfit.explained(x, t -> Elementwise.sub(c, t)), new NumberSub("Sub", c), x);
    }

    private record NumberSub(String operation, double c) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, neg(dY));
        }

        @Override
        public Formula formula() {
            return Formula.of("{c} - {0}", "-{dY}").with("c", c);
        }
    }

    /**
     * y = x / c for a constant number c; dX = dY / c.
     *
     * {@snippet :
     * ElementwiseOps.div(Variable.constant(Tensor.scalar(3f)), 2).value(); // F32[][1.5]
     * }
     */
    public static Variable div(Variable x, double c) {
        return Variable.record(Misfit.explained(x, t -> Elementwise.div(t, c)), new DivNumber("Div", c), x);
    }

    private record DivNumber(String operation, double c) implements BackwardRule.ReadsNothing, Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, div(dY, c));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} / {c}", "{dY} / {c}").with("c", c);
        }
    }

    /**
     * y = c / x for a constant number c; dX = -dY c / x^2. Saves x and y.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.div(6, x), Tensor.scalar(2f)); // F32[][-1.5]
     * }
     */
    public static Variable div(double c, Variable x) {
        Tensor y = Misfit.explained(x, t -> Elementwise.div(c, t));
        return Variable.record(y, new NumberDiv("Div", c, x, y), x);
    }

    private record NumberDiv(String operation, double c, Variable x, Tensor y) implements Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable quotient = Grad.isEnabled() ? div(c, x) : Variable.constant(y);
            gradients.set(0, neg(mul(dY, div(quotient, x))));
        }

        @Override
        public Formula formula() {
            return Formula.of("{c} / {0}", "-{dY} * {y} / {0}").with("c", c);
        }
    }

    /**
     * y = a + c b for a constant number c; dA = dY, dB = c dY.
     *
     * {@snippet :
     * Variable one = Variable.constant(Tensor.scalar(1f));
     * ElementwiseOps.addScaled(one, one, 0.5).value(); // F32[][1.5]
     * }
     */
    public static Variable addScaled(Variable a, Variable b, double c) {
        Tensor y = Misfit.composed(
                "addScaled",
                m -> m.with("a", a).with("b", b),
                ShapeRule.BROADCAST,
                () -> Elementwise.addScaled(a.value(), b.value(), c));
        return Variable.record(y, new AddScaled(a.shape(), b.shape(), c), a, b);
    }

    private record AddScaled(Shape a, Shape b, double c) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(dY, a));
            gradients.set(1, () -> mul(ReductionOps.sumTo(dY, b), c));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} + {c} * {1}", "{dY}", "{c} * {dY}").with("c", c);
        }
    }

    /**
     * y = a + w (b - a) for a constant number w; dA = (1 - w) dY, dB = w dY.
     *
     * {@snippet :
     * Variable a = Variable.constant(Tensor.scalar(0f));
     * ElementwiseOps.lerp(a, Variable.constant(Tensor.scalar(4f)), 0.25).value(); // F32[][1.0]
     * }
     */
    public static Variable lerp(Variable a, Variable b, double w) {
        Tensor y = Misfit.explained(a, b, (s, t) -> Elementwise.lerp(s, t, w));
        return Variable.record(y, new Lerp(a.shape(), b.shape(), w), a, b);
    }

    private record Lerp(Shape a, Shape b, double w) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> mul(ReductionOps.sumTo(dY, a), 1 - w));
            gradients.set(1, () -> mul(ReductionOps.sumTo(dY, b), w));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} + {w} * ({1} - {0})", "(1 - {w}) * {dY}", "{w} * {dY}")
                    .with("w", w);
        }
    }

    /** y = a + w (b - a), all broadcast; dA = (1 - w) dY, dB = w dY, dW = (b - a) dY. Saves all three. */
    public static Variable lerp(Variable a, Variable b, Variable w) {
        try {
            return Variable.record(Elementwise.lerp(a.value(), b.value(), w.value()), new LerpTensor(a, b, w), a, b, w);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("a", a).with("b", b).with("w", w).by();
        }
    }

    private record LerpTensor(Variable a, Variable b, Variable w) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(mul(dY, sub(1, w)), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(mul(dY, w), b.shape()));
            gradients.set(2, () -> ReductionOps.sumTo(mul(dY, sub(b, a)), w.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} + {2} * ({1} - {0})", "(1 - {2}) * {dY}", "{2} * {dY}", "({1} - {0}) * {dY}");
        }

        @Override
        public String operation() {
            return "Lerp";
        }
    }

    // ---- powers and roots

    /**
     * y = x^2; dX = 2 x dY.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.square(x), Tensor.scalar(4f)); // F32[][8.0]
     * }
     */
    public static Variable square(Variable x) {
        return Variable.record(Misfit.explained(x, Elementwise::square), new Square(x), x);
    }

    private record Square(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(mul(dY, x), 2));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}^2", "2 * {0} * {dY}");
        }
    }

    /**
     * y = x^p for a constant exponent p; dX = p x^(p-1) dY, and 0 where p = 0.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.pow(x, 3), Tensor.scalar(2f)); // F32[][12.0]
     * }
     */
    public static Variable pow(Variable x, double p) {
        return Variable.record(Misfit.explained("pow", "x", x, t -> Elementwise.pow(t, p)), new Pow(x, p), x);
    }

    private record Pow(Variable x, double p) implements BackwardRule.ReadsOperands, Traps.Power {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(
                    0,
                    p == 0 ? Variable.constant(Tensor.zeros(dY.dtype(), dY.shape())) : mul(dY, mul(pow(x, p - 1), p)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}^{p}", "{p} * {0}^({p} - 1) * {dY}").with("p", p);
        }
    }

    /**
     * y = a^b; dA = dY b a^(b-1), dB = dY a^b log a (NaN for negative a). Saves a and b. Where a and b are 0 dA is 0, where a is 0 and b not
     * negative dB is 0, as the value does not move.
     *
     * {@snippet :
     * Variable two = Variable.constant(Tensor.scalar(2f));
     * Transforms.grad(b -> ElementwiseOps.pow(two, b), Tensor.scalar(0f)); // F32[][0.6931472]
     * }
     */
    public static Variable pow(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Elementwise::pow), new PowTensor(a, b), a, b);
    }

    private record PowTensor(Variable a, Variable b) implements BackwardRule.ReadsOperands, Traps.Power {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor nonZero = Comparison.greater(Selection.abs(a.value()), 0);
            if (gradients.wants(0)) {
                Tensor still = Comparison.logicalAnd(Comparison.equal(b.value(), 0), Comparison.logicalNot(nonZero));
                Variable base = SelectionOps.maskedFill(a, still, 1);
                gradients.set(0, ReductionOps.sumTo(mul(dY, mul(b, pow(base, sub(b, 1)))), a.shape()));
            }
            if (gradients.wants(1)) {
                Tensor still =
                        Comparison.logicalAnd(Comparison.equal(a.value(), 0), Comparison.greaterEqual(b.value(), 0));
                Variable base = SelectionOps.maskedFill(a, still, 1);
                gradients.set(1, ReductionOps.sumTo(mul(dY, mul(pow(base, b), ElementaryOps.log(base))), b.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0}^{1}", "{1} * {0}^({1} - 1) * {dY}", "{y} * log({0}) * {dY}");
        }

        @Override
        public String operation() {
            return "Pow";
        }
    }

    /**
     * y = c^x for a constant number c; dX = dY y log c, NaN for negative c. For c = 0 it is 0 where x is not negative. Saves x and y.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.pow(2, x), Tensor.scalar(1f)); // F32[][1.3862944]
     * }
     */
    public static Variable pow(double c, Variable x) {
        Tensor y = Misfit.explained(x, t -> Elementwise.pow(c, t));
        return Variable.record(y, new NumberPow("Pow", c, x, y), x);
    }

    private record NumberPow(String operation, double c, Variable x, Tensor y) implements Traps.Power {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable power = Grad.isEnabled() ? pow(c, x) : Variable.constant(y);
            Variable dX = mul(dY, mul(power, StrictMath.log(c)));
            gradients.set(0, c == 0 ? SelectionOps.maskedFill(dX, Comparison.greaterEqual(x.value(), 0), 0) : dX);
        }

        @Override
        public Formula formula() {
            return Formula.of("{c}^{0}", "{dY} * {y} * log({c})").with("c", c);
        }
    }

    /**
     * y = sqrt(x); dX = dY / (2 y), infinite at 0.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.sqrt(x), Tensor.scalar(4f)); // F32[][0.25]
     * }
     */
    public static Variable sqrt(Variable x) {
        Tensor y = Misfit.explained(x, Elementwise::sqrt);
        return Variable.record(y, new Sqrt(x, y), x);
    }

    private record Sqrt(Variable x, Tensor y) implements BackwardRule.ReadsResult, Traps.Root {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable root = Grad.isEnabled() ? sqrt(x) : Variable.constant(y);
            gradients.set(0, div(mul(dY, 0.5), root));
        }

        @Override
        public Formula formula() {
            return Formula.of("sqrt({0})", "{dY} / (2 * {y})");
        }
    }

    /**
     * y = 1 / sqrt(x); dX = -dY y^3 / 2.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.rsqrt(x), Tensor.scalar(4f)); // F32[][-0.0625]
     * }
     */
    public static Variable rsqrt(Variable x) {
        Tensor y = Misfit.explained(x, Elementwise::rsqrt);
        return Variable.record(y, new Rsqrt(x, y), x);
    }

    private record Rsqrt(Variable x, Tensor y) implements BackwardRule.ReadsResult, Traps.Root {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable r = Grad.isEnabled() ? rsqrt(x) : Variable.constant(y);
            gradients.set(0, mul(mul(dY, pow(r, 3)), -0.5));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 / sqrt({0})", "-{dY} * {y}^3 / 2");
        }
    }

    /**
     * y = 1 / x; dX = -dY y^2.
     *
     * {@snippet :
     * Transforms.grad(x -> ElementwiseOps.reciprocal(x), Tensor.scalar(4f)); // F32[][-0.0625]
     * }
     */
    public static Variable reciprocal(Variable x) {
        Tensor y = Misfit.explained(x, Elementwise::reciprocal);
        return Variable.record(y, new Reciprocal(x, y), x);
    }

    private record Reciprocal(Variable x, Tensor y) implements BackwardRule.ReadsResult, Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable r = Grad.isEnabled() ? reciprocal(x) : Variable.constant(y);
            gradients.set(0, neg(mul(dY, square(r))));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 / {0}", "-{dY} * {y}^2");
        }
    }
}
