package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rotary;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable rotary position embedding. Su et al. 2021, arXiv:2104.09864, eq. 34. */
public final class RotaryOps {
    private RotaryOps() {}

    /**
     * y = x with every pair of numbers turned by the angle of its position and frequency, dX = dY turned back: {@code x [.., T, d],
     * positions I64 [T] -> [.., T, d]}. Saves the positions. See {@link Rotary} for layout, base and scaling.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new double[] {1, 0}, 1, 2));
     * RotaryOps.rotate(x, Rotary.positions(1, 1), Rotary.half()).value(); // F64[1, 2][0.5403023058681398, 0.8414709848078965]
     * }
     *
     * @throws ShapeException if d is odd or there is not one position for every T
     */
    public static Variable rotate(Variable x, Tensor positions, Rotary rotary) {
        try {
            return Variable.record(rotary.rotate(x.value(), positions), new Rotation(positions, rotary, true), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("rotate")
                    .with("x", x)
                    .with("positions", positions, DType.I64)
                    .by();
        }
    }

    /**
     * y = x with every pair of numbers of every head turned by the angles of its row, dX = dY turned back: {@code x [B, T, H, d] -> [B,
     * T, H, d]}. Saves the angles, which the layers of a pass share.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new double[] {1, 0}, 1, 1, 1, 2));
     * Rotary.Angles angles = Rotary.Angles.of(Rotary.Layout.HALF, Rotary.positions(1, 1), new double[] {1}, 1);
     * RotaryOps.rotate(x, angles).value(); // F64[1, 1, 1, 2][0.5403023058681398, 0.8414709848078965]
     * }
     *
     * @throws ShapeException if there is not one position for every T
     */
    public static Variable rotate(Variable x, Rotary.Angles angles) {
        try {
            return Variable.record(angles.rotate(x.value()), new Turn(angles, true), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).named("rotate").with("x", x).by();
        }
    }

    private record Turn(Rotary.Angles angles, boolean forth) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor dX = forth ? angles.rotateBack(dY.value()) : angles.rotate(dY.value());
            gradients.set(0, Variable.record(dX, new Turn(angles, !forth), dY));
        }

        @Override
        public Formula formula() {
            return forth
                    ? Formula.of("{0} turned by its positions", "{dY} turned back")
                    : Formula.of("{0} turned back", "{dY} turned by its positions");
        }
    }

    private record Rotation(Tensor positions, Rotary rotary, boolean forth) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor dX = forth ? rotary.rotateBack(dY.value(), positions) : rotary.rotate(dY.value(), positions);
            gradients.set(0, Variable.record(dX, new Rotation(positions, rotary, !forth), dY));
        }

        @Override
        public Formula formula() {
            return forth
                    ? Formula.of("{0} turned by its positions", "{dY} turned back")
                    : Formula.of("{0} turned back", "{dY} turned by its positions");
        }
    }
}
