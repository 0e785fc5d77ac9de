package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Functions;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
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
    // -----------------------------------------------------------------------------------------------------

    /** y = a + b; dA = dY, dB = dY. */
    public static Variable add(Variable a, Variable b) {
        return Variable.record(Elementwise.add(a.value(), b.value()), new Add(a.shape(), b.shape()), a, b);
    }

    private record Add(Shape a, Shape b) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(dY, a));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(dY, b));
            }
        }
    }

    /** y = x + c for a constant number c; dX = dY. */
    public static Variable add(Variable x, double c) {
        return Variable.record(Elementwise.add(x.value(), c), new AddScalar(), x);
    }

    private record AddScalar() implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY);
        }
    }

    /** y = a - b; dA = dY, dB = -dY. */
    public static Variable sub(Variable a, Variable b) {
        return Variable.record(Elementwise.sub(a.value(), b.value()), new Sub(a.shape(), b.shape()), a, b);
    }

    private record Sub(Shape a, Shape b) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(dY, a));
            }
            if (gradients.wants(1)) {
                gradients.set(1, neg(ReductionOps.sumTo(dY, b)));
            }
        }
    }

    /** y = a * b; dA = dY * b, dB = dY * a. */
    public static Variable mul(Variable a, Variable b) {
        return Variable.record(Elementwise.mul(a.value(), b.value()), new Mul(a, b), a, b);
    }

    private record Mul(Variable a, Variable b) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(mul(dY, b), a.shape()));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(mul(dY, a), b.shape()));
            }
        }
    }

    /** y = c x for a constant number c; dX = c dY. */
    public static Variable mul(Variable x, double c) {
        return Variable.record(Elementwise.mul(x.value(), c), new MulScalar(c), x);
    }

    private record MulScalar(double c) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(dY, c));
        }
    }

    /** y = a / b; dA = dY / b, dB = -dY a / b^2. */
    public static Variable div(Variable a, Variable b) {
        return Variable.record(Elementwise.div(a.value(), b.value()), new Div(a, b), a, b);
    }

    private record Div(Variable a, Variable b) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(div(dY, b), a.shape()));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(neg(div(mul(dY, div(a, b)), b)), b.shape()));
            }
        }
    }

    /** y = -x; dX = -dY. */
    public static Variable neg(Variable x) {
        return Variable.record(Elementwise.neg(x.value()), new Neg(), x);
    }

    private record Neg() implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, neg(dY));
        }
    }

    // ---- powers and roots
    // -----------------------------------------------------------------------------------------------

    /** y = x^2; dX = 2 x dY. */
    public static Variable square(Variable x) {
        return Variable.record(Elementwise.square(x.value()), new Square(x), x);
    }

    private record Square(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(mul(dY, x), 2));
        }
    }

    /** y = x^p for a constant exponent p; dX = p x^(p-1) dY, and 0 where p = 0. */
    public static Variable pow(Variable x, double p) {
        return Variable.record(Elementwise.pow(x.value(), p), new Pow(x, p), x);
    }

    private record Pow(Variable x, double p) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, p == 0 ? mul(dY, 0) : mul(dY, mul(pow(x, p - 1), p)));
        }
    }

    /** y = a^b for a > 0; dA = dY b a^(b-1), dB = dY a^b log a. */
    public static Variable pow(Variable a, Variable b) {
        return Variable.record(Elementwise.pow(a.value(), b.value()), new PowTensor(a, b), a, b);
    }

    private record PowTensor(Variable a, Variable b) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(mul(dY, mul(b, pow(a, add(b, -1)))), a.shape()));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(mul(dY, mul(pow(a, b), log(a))), b.shape()));
            }
        }

        @Override
        public String operation() {
            return "Pow";
        }
    }

    /** y = sqrt(x); dX = dY / (2 y), infinite at 0. */
    public static Variable sqrt(Variable x) {
        Tensor y = Elementwise.sqrt(x.value());
        return Variable.record(y, new Sqrt(x, y), x);
    }

    private record Sqrt(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable root = Grad.isEnabled() ? sqrt(x) : Variable.constant(y);
            gradients.set(0, div(mul(dY, 0.5), root));
        }
    }

    /** y = 1 / sqrt(x); dX = -dY y^3 / 2. */
    public static Variable rsqrt(Variable x) {
        Tensor y = Elementwise.rsqrt(x.value());
        return Variable.record(y, new Rsqrt(x, y), x);
    }

    private record Rsqrt(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable r = Grad.isEnabled() ? rsqrt(x) : Variable.constant(y);
            gradients.set(0, mul(mul(dY, pow(r, 3)), -0.5));
        }
    }

    /** y = 1 / x; dX = -dY y^2. */
    public static Variable reciprocal(Variable x) {
        Tensor y = Elementwise.reciprocal(x.value());
        return Variable.record(y, new Reciprocal(x, y), x);
    }

    private record Reciprocal(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable r = Grad.isEnabled() ? reciprocal(x) : Variable.constant(y);
            gradients.set(0, neg(mul(dY, square(r))));
        }
    }

    // ---- transcendental functions
    // ---------------------------------------------------------------------------------------

    /** y = e^x; dX = dY y. */
    public static Variable exp(Variable x) {
        Tensor y = Functions.exp(x.value());
        return Variable.record(y, new Exp(x, y), x);
    }

    private record Exp(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(dY, Grad.isEnabled() ? exp(x) : Variable.constant(y)));
        }
    }

    /** y = ln x; dX = dY / x. */
    public static Variable log(Variable x) {
        return Variable.record(Functions.log(x.value()), new Log(x), x);
    }

    private record Log(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, div(dY, x));
        }
    }

    /** y = tanh x; dX = dY (1 - y^2). */
    public static Variable tanh(Variable x) {
        Tensor y = Functions.tanh(x.value());
        return Variable.record(y, new Tanh(x, y), x);
    }

    private record Tanh(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable t = Grad.isEnabled() ? tanh(x) : Variable.constant(y);
            gradients.set(0, mul(dY, add(neg(square(t)), 1)));
        }
    }

    /** y = 1 / (1 + e^-x); dX = dY y (1 - y). */
    public static Variable sigmoid(Variable x) {
        Tensor y = Activation.sigmoid(x.value());
        return Variable.record(y, new Sigmoid(x, y), x);
    }

    private record Sigmoid(Variable x, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable s = Grad.isEnabled() ? sigmoid(x) : Variable.constant(y);
            gradients.set(0, mul(dY, mul(s, add(neg(s), 1))));
        }
    }

    /** y = erf x; dX = dY 2 / sqrt(pi) e^(-x^2). */
    public static Variable erf(Variable x) {
        return Variable.record(Functions.erf(x.value()), new Erf(x), x);
    }

    private record Erf(Variable x) implements BackwardRule {
        private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, mul(dY, mul(exp(neg(square(x))), TWO_OVER_SQRT_PI)));
        }
    }
}
