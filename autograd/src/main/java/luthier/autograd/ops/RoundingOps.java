package luthier.autograd.ops;

import java.util.Locale;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Rounding;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Rounding and the remainder, which jump: their derivatives are those between the jumps, at the jumps too.
 *
 * <p>All throw {@link DTypeException} where types differ and {@link ShapeException} where shapes do not broadcast.
 */
public final class RoundingOps {
    private RoundingOps() {}

    /**
     * y = the largest whole number not above x; dX = 0 everywhere, at the jumps too.
     *
     * {@snippet :
     * RoundingOps.floor(Variable.constant(Tensor.scalar(-1.5f))).value(); // F32[][-2.0]
     * }
     */
    public static Variable floor(Variable x) {
        return Variable.record(Misfit.explained(x, Rounding::floor), new Steps("Floor"), x);
    }

    /**
     * y = the smallest whole number not below x; dX = 0 everywhere.
     *
     * {@snippet :
     * RoundingOps.ceil(Variable.constant(Tensor.scalar(-1.5f))).value(); // F32[][-1.0]
     * }
     */
    public static Variable ceil(Variable x) {
        return Variable.record(Misfit.explained(x, Rounding::ceil), new Steps("Ceil"), x);
    }

    /**
     * y = the nearest whole number, the even one of two; dX = 0 everywhere.
     *
     * {@snippet :
     * RoundingOps.round(Variable.constant(Tensor.scalar(2.5f))).value(); // F32[][2.0]
     * }
     */
    public static Variable round(Variable x) {
        return Variable.record(Misfit.explained(x, Rounding::round), new Steps("Round"), x);
    }

    /**
     * y = x without its fraction; dX = 0 everywhere.
     *
     * {@snippet :
     * RoundingOps.trunc(Variable.constant(Tensor.scalar(-1.5f))).value(); // F32[][-1.0]
     * }
     */
    public static Variable trunc(Variable x) {
        return Variable.record(Misfit.explained(x, Rounding::trunc), new Steps("Trunc"), x);
    }

    /** The rule of what is constant between its jumps: zeros, also for an infinite dY. */
    record Steps(String operation) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, Variable.constant(Tensor.zeros(dY.dtype(), dY.shape())));
        }

        @Override
        public Formula formula() {
            return Formula.of(operation.toLowerCase(Locale.ROOT) + "({0})", "0");
        }
    }

    /**
     * y = a - b floor(a / b), with the sign of b; dA = dY, dB = -dY floor(a / b), as between the jumps. Saves a, b and y.
     *
     * {@snippet :
     * Variable seven = Variable.constant(Tensor.scalar(7f));
     * Transforms.grad(b -> RoundingOps.remainder(seven, b), Tensor.scalar(3f)); // F32[][-2.0]
     * }
     */
    public static Variable remainder(Variable a, Variable b) {
        Tensor y = Misfit.explained(a, b, Rounding::remainder);
        return Variable.record(y, new Remainder(a.value(), b.value(), y), a, b);
    }

    /** y = x - c floor(x / c) for a constant number c; dX = dY. */
    public static Variable remainder(Variable x, double c) {
        return Variable.record(
                Misfit.explained(x, t -> Rounding.remainder(t, c)),
                new ElementwiseOps.Shift("Remainder", "{0} - {c} * floor({0} / {c})", c),
                x);
    }

    private record Remainder(Tensor a, Tensor b, Tensor y) implements Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(dY, a.shape()));
            if (gradients.wants(1)) {
                // Rounded, not cut: the quotient of a - y is whole but for its last digit.
                Tensor whole = Rounding.round(Elementwise.div(Elementwise.sub(a, y), b));
                gradients.set(1, ElementwiseOps.neg(ReductionOps.sumTo(dY.mul(Variable.constant(whole)), b.shape())));
            }
        }

        @Override
        public Formula formula() {
            return Formula.broadcast("{0} - {1} * floor({0} / {1})", "{dY}", "-{dY} * floor({0} / {1})");
        }
    }

    /**
     * y = floor(a / b); dA = 0 and dB = 0 everywhere, at the jumps too.
     *
     * {@snippet :
     * Variable two = Variable.constant(Tensor.scalar(2f));
     * RoundingOps.floorDivide(Variable.constant(Tensor.scalar(-7f)), two).value(); // F32[][-4.0]
     * }
     */
    public static Variable floorDivide(Variable a, Variable b) {
        Tensor y = Misfit.explained(a, b, Rounding::floorDivide);
        return Variable.record(y, new WholeQuotient("FloorDivide", a.shape(), b.shape()), a, b);
    }

    /** y = floor(x / c) for a constant number c; dX = 0. */
    public static Variable floorDivide(Variable x, double c) {
        Tensor y = Misfit.explained(x, t -> Rounding.floorDivide(t, c));
        return Variable.record(y, new WholeFraction("FloorDivide", c), x);
    }

    /**
     * y = a / b without its fraction; dA = 0 and dB = 0 everywhere.
     *
     * {@snippet :
     * Variable two = Variable.constant(Tensor.scalar(2f));
     * RoundingOps.truncDivide(Variable.constant(Tensor.scalar(-7f)), two).value(); // F32[][-3.0]
     * }
     */
    public static Variable truncDivide(Variable a, Variable b) {
        Tensor y = Misfit.explained(a, b, Rounding::truncDivide);
        return Variable.record(y, new WholeQuotient("TruncDivide", a.shape(), b.shape()), a, b);
    }

    /** y = x / c without its fraction for a constant number c; dX = 0. */
    public static Variable truncDivide(Variable x, double c) {
        Tensor y = Misfit.explained(x, t -> Rounding.truncDivide(t, c));
        return Variable.record(y, new WholeFraction("TruncDivide", c), x);
    }

    /** The rule of a quotient that is constant between its jumps. */
    private record WholeQuotient(String operation, Shape a, Shape b)
            implements BackwardRule.ReadsNothing, Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> Variable.constant(Tensor.zeros(dY.dtype(), a)));
            gradients.set(1, () -> Variable.constant(Tensor.zeros(dY.dtype(), b)));
        }

        @Override
        public Formula formula() {
            return Formula.broadcast(rounded(operation) + "({0} / {1})", "0");
        }
    }

    /** The same of a quotient by a number. */
    private record WholeFraction(String operation, double c) implements BackwardRule.ReadsNothing, Traps.Divisor {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, Variable.constant(Tensor.zeros(dY.dtype(), dY.shape())));
        }

        @Override
        public Formula formula() {
            return Formula.of(rounded(operation) + "({0} / {c})", "0").with("c", c);
        }
    }

    private static String rounded(String operation) {
        return operation.equals("FloorDivide") ? "floor" : "trunc";
    }
}
