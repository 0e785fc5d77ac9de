package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.Elementary;
import luthier.tensor.Elementwise;
import luthier.tensor.Rounding;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Derivatives that lose their digits when they are made from the function's rounded result: 1 - tanh^2 is 0 from 20 on. Each is an
 * operation of x with a derivative of the same kind, so that those of all orders keep their digits, plain and recorded alike.
 */
final class Slopes {
    private static final double INV_SQRT_2PI = 0.3989422804014327;
    private static final double SQRT_2_OVER_PI = 0.7978845608028654;
    private static final double GELU_CUBIC = 0.044715;

    /** From here on e^(-x^2 / 2) is 0 in all types, and so is what is multiplied by it. */
    private static final double BELL_END = 40;
    /** Numbers of so many parts of 1, up to the end of the bell, have exact squares in F32. */
    private static final double PARTS = 64;
    /** Below it 1 + x^2 is 1 in all types. */
    private static final double NOTHING = 0x1p-30;

    private Slopes() {}

    /** y = 1 / cosh^2 x, the derivative of tanh, by the sigmoid's fused kernel; dX = -2 dY y tanh x. Saves x and y. */
    static Variable sech2(Variable x) {
        Tensor y = Activation.sigmoidBackward(x.value().mul(2), Tensor.full(x.dtype(), 4, Shape.of()));
        return Variable.record(y, new Sech2(x, y), x);
    }

    private record Sech2(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable slope = Grad.isEnabled() ? sech2(x) : Variable.constant(y);
            gradients.set(0, dY.mul(slope.mul(ElementaryOps.tanh(x)).mul(-2)));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 / cosh({0})^2", "-2 * {dY} * {y} * tanh({0})");
        }
    }

    /** y = e^-|x| / (1 + e^-|x|)^2, the derivative of the sigmoid: a quarter of {@link #sech2} of x / 2. */
    static Variable logistic(Variable x) {
        return sech2(x.mul(0.5)).mul(0.25);
    }

    /** y = 1 / (1 + x^2), the derivative of atan, whose square does not overflow; dX = -2 dY x y^2. Saves x and y. */
    static Variable witch(Variable x) {
        Tensor size = Selection.maximum(Selection.abs(x.value()), NOTHING);
        Tensor y =
                Elementwise.reciprocal(size.add(Elementwise.reciprocal(size))).div(size);
        return Variable.record(y, new Witch(x, y), x);
    }

    private record Witch(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable slope = Grad.isEnabled() ? witch(x) : Variable.constant(y);
            gradients.set(0, dY.mul(x.mul(slope).mul(slope).mul(-2)));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 / (1 + {0}^2)", "-2 * {dY} * {0} * {y}^2");
        }
    }

    /** y = 1 - x^2, written as (1 - x) (1 + x), which keeps its digits near its zeros; dX = -2 dY x. Saves x. */
    static Variable oneMinusSquare(Variable x) {
        Tensor y = Elementwise.sub(1, x.value()).mul(Elementwise.add(x.value(), 1));
        return Variable.record(y, new OneMinusSquare(x), x);
    }

    private record OneMinusSquare(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(x.mul(-2)));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 - {0}^2", "-2 * {dY} * {0}");
        }
    }

    /**
     * y = e^(-c x^2) for c = 1 or 1/2; dX = -2 c dY x y. Saves x and y. Half an ulp of the square would be up to 512 of the result, so
     * x is split into h, whose square is exact, and the rest: x^2 = h^2 + (x - h)(x + h).
     */
    static Variable bell(Variable x, double c) {
        Tensor y = bell(x.value(), c);
        return Variable.record(y, new Bell(x, y, c), x);
    }

    private static Tensor bell(Tensor x, double c) {
        Tensor near = Selection.clamp(x, -BELL_END, BELL_END);
        Tensor h = Elementwise.div(Rounding.trunc(near.mul(PARTS)), PARTS);
        Tensor rest = Elementwise.sub(near, h).mul(Elementwise.add(near, h));
        return Elementary.exp(Elementwise.square(h).mul(-c)).mul(Elementary.exp(rest.mul(-c)));
    }

    private record Bell(Variable x, Tensor y, double c) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable slope = Grad.isEnabled() ? bell(x, c) : Variable.constant(y);
            gradients.set(0, dY.mul(x.mul(slope).mul(-2 * c)));
        }

        @Override
        public Formula formula() {
            return Formula.of("e^(-{c} * {0}^2)", "-2 * {c} * {dY} * {0} * {y}");
        }
    }

    /** y = Phi(x) + x phi(x), the derivative of GELU, by its fused kernel; dX = dY (2 - x^2) phi(x). Saves x. */
    static Variable gelu(Variable x) {
        return Variable.record(Activation.geluBackward(x.value(), Tensor.ones(x.dtype())), new GeluSlope(x), x);
    }

    private record GeluSlope(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable bend = ElementwiseOps.sub(2, ElementwiseOps.square(near(x)));
            gradients.set(0, dY.mul(bend.mul(bell(x, 0.5).mul(INV_SQRT_2PI))));
        }

        @Override
        public Formula formula() {
            return Formula.of("Phi({0}) + {0} * phi({0})", "{dY} * (2 - {0}^2) * phi({0})");
        }
    }

    /**
     * y = (1 + tanh u) / 2 + x u' / (2 cosh^2 u), u = k (x + a x^3), the derivative of GPT-2's GELU, by its fused kernel; dX = dY (k (1 +
     * 6 a x^2) - x u'^2 tanh u) / cosh^2 u. Saves x.
     */
    static Variable geluTanh(Variable x) {
        Tensor y = Activation.geluTanhBackward(x.value(), Tensor.ones(x.dtype()));
        return Variable.record(y, new GeluTanhSlope(x), x);
    }

    private record GeluTanhSlope(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable t = near(x);
            Variable cubic = ElementwiseOps.square(t).mul(GELU_CUBIC);
            Variable u = t.mul(ElementwiseOps.add(cubic, 1)).mul(SQRT_2_OVER_PI);
            Variable du = ElementwiseOps.add(cubic.mul(3), 1).mul(SQRT_2_OVER_PI);
            Variable bend = ElementwiseOps.add(cubic.mul(6), 1)
                    .mul(SQRT_2_OVER_PI)
                    .sub(t.mul(ElementwiseOps.square(du)).mul(ElementaryOps.tanh(u)));
            gradients.set(0, dY.mul(bend.mul(sech2(u))));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "(1 + tanh u) / 2 + {0} * u' / (2 * cosh(u)^2), u = sqrt(2 / pi) * ({0} + 0.044715 * {0}^3)",
                    "{dY} * (u' + {0} * u'' / 2 - {0} * u'^2 * tanh u) / cosh(u)^2");
        }
    }

    /** Keeps powers of x finite where they are multiplied by 0. */
    private static Variable near(Variable x) {
        return SelectionOps.clamp(x, -BELL_END, BELL_END);
    }
}
