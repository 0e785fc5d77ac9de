package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/** Differentiable operations that pick between values: the derivative is a mask, a constant almost everywhere. */
public final class SelectionOps {
    private SelectionOps() {}

    /**
     * y = max(a, b); dY goes to the larger operand, half to each where they are equal. NaN propagates.
     *
     * {@snippet :
     * Variable two = Variable.constant(Tensor.of(new float[] {2, 2}, 2));
     * Transforms.grad(a -> SelectionOps.maximum(a, two).sum(), Tensor.of(new float[] {2, 3}, 2)); // F32[2][0.5, 1.0]
     * }
     */
    public static Variable maximum(Variable a, Variable b) {
        Tensor y = Misfit.explained(a, b, Selection::maximum);
        return Variable.record(y, new Maximum(a.value(), b.value()), a, b);
    }

    private record Maximum(Tensor a, Tensor b) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor shareOfA = share(Comparison.greater(a, b), a, b, dY.dtype());
            split(dY, shareOfA, a.shape(), b.shape(), gradients);
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("max({0}, {1})", "{dY} * ({0} > {1})", "{dY} * ({1} > {0})");
        }
    }

    /**
     * y = min(a, b); dY goes to the smaller operand, half to each where they are equal. NaN propagates.
     *
     * {@snippet :
     * Variable two = Variable.constant(Tensor.of(new float[] {2, 2}, 2));
     * Transforms.grad(a -> SelectionOps.minimum(a, two).sum(), Tensor.of(new float[] {2, 3}, 2)); // F32[2][0.5, 0.0]
     * }
     */
    public static Variable minimum(Variable a, Variable b) {
        Tensor y = Misfit.explained(a, b, Selection::minimum);
        return Variable.record(y, new Minimum(a.value(), b.value()), a, b);
    }

    private record Minimum(Tensor a, Tensor b) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor shareOfA = share(Comparison.less(a, b), a, b, dY.dtype());
            split(dY, shareOfA, a.shape(), b.shape(), gradients);
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("min({0}, {1})", "{dY} * ({0} < {1})", "{dY} * ({1} < {0})");
        }
    }

    /** y = max(x, c) for a constant number c; dX = dY above it, half of it at it, 0 below: at 0 not {@link ActivationOps#relu}. */
    public static Variable maximum(Variable x, double c) {
        return Misfit.composed(
                "maximum",
                m -> m.with("x", x),
                ShapeRule.ANY,
                () -> maximum(x, Variable.constant(Tensor.full(x.dtype(), c, Shape.of()))));
    }

    /** y = min(x, c) for a constant number c; dX = dY below it, half of it at it, 0 above. */
    public static Variable minimum(Variable x, double c) {
        return Misfit.composed(
                "minimum",
                m -> m.with("x", x),
                ShapeRule.ANY,
                () -> minimum(x, Variable.constant(Tensor.full(x.dtype(), c, Shape.of()))));
    }

    /** 1 where a wins, 1/2 at ties, 0 where b wins. */
    private static Tensor share(Tensor wins, Tensor a, Tensor b, DType dtype) {
        Tensor ties = Comparison.equal(a, b).to(dtype);
        return Elementwise.addScaled(wins.to(dtype), ties, 0.5);
    }

    private static void split(Variable dY, Tensor shareOfA, Shape a, Shape b, Gradients gradients) {
        Variable toA = ElementwiseOps.mul(dY, Variable.constant(shareOfA));
        gradients.set(0, () -> ReductionOps.sumTo(toA, a));
        gradients.set(1, () -> ReductionOps.sumTo(ElementwiseOps.sub(dY, toA), b));
    }

    /**
     * y = |x|; dX = sign(x) dY, 0 at 0.
     *
     * {@snippet :
     * Transforms.grad(x -> SelectionOps.abs(x).sum(), Tensor.of(new float[] {-2, 0}, 2)); // F32[2][-1.0, 0.0]
     * }
     */
    public static Variable abs(Variable x) {
        return Variable.record(Misfit.explained(x, Selection::abs), new Abs(x.value()), x);
    }

    private record Abs(Tensor x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ElementwiseOps.mul(dY, Variable.constant(Selection.sign(x))));
        }

        @Override
        public Formula formula() {
            return Formula.of("|{0}|", "{dY} * sign({0})");
        }
    }

    /**
     * y = sign(x), 0 at 0; the derivative is 0 everywhere.
     *
     * {@snippet :
     * SelectionOps.sign(Variable.constant(Tensor.of(new float[] {-2, 0}, 2))).value(); // F32[2][-1.0, 0.0]
     * }
     */
    public static Variable sign(Variable x) {
        return Variable.record(Misfit.explained(x, Selection::sign), new RoundingOps.Steps("Sign"), x);
    }

    /**
     * y = x cut to [low, high]; dX = dY inside, both ends included, 0 outside.
     *
     * {@snippet :
     * Transforms.grad(x -> SelectionOps.clamp(x, -1, 1).sum(), Tensor.of(new float[] {-2, 1}, 2)); // F32[2][0.0, 1.0]
     * }
     */
    public static Variable clamp(Variable x, double low, double high) {
        return Variable.record(
                Misfit.explained("clamp", "x", x, t -> Selection.clamp(t, low, high)),
                new Clamp(x.value(), low, high),
                x);
    }

    private record Clamp(Tensor x, double low, double high) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor bottom = Tensor.full(x.dtype(), low, Shape.of());
            Tensor top = Tensor.full(x.dtype(), high, Shape.of());
            Tensor inside = Comparison.logicalAnd(Comparison.greaterEqual(x, bottom), Comparison.lessEqual(x, top));
            gradients.set(0, maskedFill(dY, Comparison.logicalNot(inside), 0));
        }

        @Override
        public Formula formula() {
            return Formula.of("clamp({0}, {low}, {high})", "{dY} * ({low} <= {0} <= {high})")
                    .with("low", low)
                    .with("high", high);
        }
    }

    /**
     * y = x cut to [low, high], all broadcast; dY goes to x inside, both ends included, to the bound outside, and to high where the bounds
     * are crossed. Saves the three values.
     */
    public static Variable clamp(Variable x, Variable low, Variable high) {
        try {
            Tensor y = Selection.clamp(x.value(), low.value(), high.value());
            return Variable.record(y, new ClampTensors(x.value(), low.value(), high.value()), x, low, high);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("low", low).with("high", high).by();
        }
    }

    private record ClampTensors(Tensor x, Tensor low, Tensor high) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor crossed = Comparison.greater(low, high);
            Tensor under = Comparison.logicalAnd(Comparison.less(x, low), Comparison.logicalNot(crossed));
            Tensor over = Comparison.logicalOr(Comparison.greater(x, high), crossed);
            pass(0, dY, Comparison.logicalOr(under, over), x.shape(), gradients);
            pass(1, dY, Comparison.logicalNot(under), low.shape(), gradients);
            pass(2, dY, Comparison.logicalNot(over), high.shape(), gradients);
        }

        @Override
        public Formula formula() {
            return Formula.broadcast(
                    "clamp({0}, {1}, {2})",
                    "{dY} * ({1} <= {0} <= {2})", "{dY} * ({0} < {1} <= {2})", "{dY} * ({0} > {2} or {1} > {2})");
        }

        private static void pass(int input, Variable dY, Tensor held, Shape shape, Gradients gradients) {
            gradients.set(input, () -> ReductionOps.sumTo(maskedFill(dY, held, 0), shape));
        }

        @Override
        public String operation() {
            return "Clamp";
        }
    }

    /**
     * y = a where the condition holds, b elsewhere; dY goes where the value came from. The condition is BOOL and
     * broadcasts. A derivative that is infinite or NaN in the branch not taken stays so there (0 times infinity): guard the argument too,
     * {@code where(c, log(where(c, x, 1)), 0)}.
     *
     * {@snippet :
     * Tensor c = Tensor.of(new boolean[] {true, false}, 2);
     * Variable zero = Variable.constant(Tensor.zeros(DType.F32, 2));
     * Transforms.grad(a -> SelectionOps.where(c, a, zero).sum(), Tensor.of(new float[] {1, 2}, 2)); // F32[2][1.0, 0.0]
     * }
     */
    public static Variable where(Tensor condition, Variable a, Variable b) {
        try {
            Tensor y = Selection.where(condition, a.value(), b.value());
            return Variable.record(y, new Where(condition, a.shape(), b.shape()), a, b);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .with("condition", condition, DType.BOOL)
                    .with("a", a)
                    .with("b", b)
                    .by();
        }
    }

    private record Where(Tensor condition, Shape a, Shape b) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zero = Variable.constant(Tensor.zeros(dY.dtype()));
            gradients.set(0, () -> ReductionOps.sumTo(where(condition, dY, zero), a));
            gradients.set(1, () -> ReductionOps.sumTo(where(condition, zero, dY), b));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("where(condition, {0}, {1})", "{dY} * condition", "{dY} * (1 - condition)");
        }
    }

    /**
     * y = value where the mask holds, x elsewhere; dX = 0 under the mask. The mask is BOOL and broadcasts.
     *
     * {@snippet :
     * Tensor mask = Tensor.of(new boolean[] {true, false}, 2);
     * Transforms.grad(x -> SelectionOps.maskedFill(x, mask, 9).sum(), Tensor.of(new float[] {1, 2}, 2)); // F32[2][0.0, 1.0]
     * }
     */
    public static Variable maskedFill(Variable x, Tensor mask, double value) {
        try {
            return Variable.record(Selection.maskedFill(x.value(), mask, value), new MaskedFill(mask, x.shape()), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("mask", mask, DType.BOOL).by();
        }
    }

    private record MaskedFill(Tensor mask, Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ReductionOps.sumTo(maskedFill(dY, mask, 0), shape));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} outside the mask", "{dY} outside the mask, 0 under it");
        }
    }
}
