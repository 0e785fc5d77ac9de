package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Movement;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable movements of elements; gradients are moved back, those of copies added up. */
public final class MovementOps {
    private MovementOps() {}

    /**
     * y = x with the order along the given axes reversed, all if none is given; dX = dY reversed.
     *
     * {@snippet :
     * MovementOps.flip(Variable.constant(Tensor.of(new float[] {1, 2, 3}, 3)), 0).value(); // F32[3][3.0, 2.0, 1.0]
     * }
     */
    public static Variable flip(Variable x, int... axes) {
        return Variable.record(Misfit.explained(x, t -> Movement.flip(t, axes)), new Flip(axes.clone()), x);
    }

    private record Flip(int[] axes) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, flip(dY, axes));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} reversed", "{dY} reversed");
        }
    }

    /**
     * y[(i + shift) mod n] = x[i] along an axis; dX = dY rolled back.
     *
     * {@snippet :
     * MovementOps.roll(Variable.constant(Tensor.of(new float[] {1, 2, 3}, 3)), 0, 1).value(); // F32[3][3.0, 1.0, 2.0]
     * }
     */
    public static Variable roll(Variable x, int axis, long shift) {
        return roll(x, new int[] {axis}, new long[] {shift});
    }

    /** y = x moved on by {@code shifts[i]} places along {@code axes[i]}; dX = dY rolled back. */
    public static Variable roll(Variable x, int[] axes, long[] shifts) {
        return Variable.record(
                Misfit.explained(x, t -> Movement.roll(t, axes, shifts)), new Roll(axes.clone(), shifts.clone()), x);
    }

    private record Roll(int[] axes, long[] shifts) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            long[] back = Arrays.stream(shifts).map(shift -> -shift).toArray();
            gradients.set(0, roll(dY, axes, back));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} moved on in a circle", "{dY} moved back");
        }
    }

    /** y = x moved on in row-major order over all axes, the shape unchanged; dX = dY rolled back. */
    public static Variable roll(Variable x, long shift) {
        return ShapeOps.reshape(
                roll(ShapeOps.reshape(x, x.value().elementCount()), 0, shift),
                x.shape().toArray());
    }

    /**
     * y = x with one axis moved to another place, the others keeping their order; dX = dY with it moved back.
     *
     * {@snippet :
     * MovementOps.moveAxis(Variable.constant(Tensor.zeros(DType.F32, 2, 3, 4)), 0, -1).shape(); // [3, 4, 2]
     * }
     */
    public static Variable moveAxis(Variable x, int from, int to) {
        return Variable.record(Misfit.explained(x, t -> Movement.moveAxis(t, from, to)), new MoveAxis(from, to), x);
    }

    private record MoveAxis(int from, int to) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, moveAxis(dY, to, from));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with axis {from} at {to}", "{dY} with axis {to} at {from}")
                    .with("from", from)
                    .with("to", to);
        }
    }

    /**
     * y = x repeated {@code repeats[i]} times along axis i, counted from the last axis if they are fewer; dX = dY added up over the
     * repeats.
     *
     * {@snippet :
     * Transforms.grad(x -> MovementOps.tile(x, 3).sum(), Tensor.of(new float[] {1, 2}, 2)); // F32[2][3.0, 3.0]
     * }
     */
    public static Variable tile(Variable x, long... repeats) {
        return Variable.record(
                Misfit.explained(x, t -> Movement.tile(t, repeats)), new Tile(x.shape(), repeats.clone()), x);
    }

    private record Tile(Shape shape, long[] repeats) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            // Every axis becomes the pair (repeats, size).
            int rank = dY.rank();
            long[] pairs = new long[2 * rank];
            long[] once = new long[2 * rank];
            for (int i = 0; i < rank; i++) {
                int repeat = i - (rank - repeats.length);
                int axis = i - (rank - shape.rank());
                pairs[2 * i] = repeat < 0 ? 1 : repeats[repeat];
                pairs[2 * i + 1] = axis < 0 ? 1 : shape.size(axis);
                once[2 * i] = 1;
                once[2 * i + 1] = pairs[2 * i + 1];
            }
            Variable summed = ReductionOps.sumTo(ShapeOps.reshape(dY, pairs), Shape.of(once));
            gradients.set(0, ShapeOps.reshape(summed, shape.toArray()));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} repeated as a whole", "{dY} added up over the repeats");
        }
    }

    /**
     * y = every index of an axis repeated {@code count} times in a row; dX = dY added up over the repeats.
     *
     * {@snippet :
     * MovementOps.repeatInterleave(Variable.constant(Tensor.of(new float[] {1, 2}, 2)), 0, 2).value(); // F32[4][1.0, 1.0, 2.0, 2.0]
     * }
     */
    public static Variable repeatInterleave(Variable x, int axis, long count) {
        Tensor y = Misfit.explained(x, t -> Movement.repeatInterleave(t, axis, count));
        return Variable.record(y, new RepeatInterleave(x.shape(), axis, count), x);
    }

    private record RepeatInterleave(Shape shape, int axis, long count) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            int a = shape.axis(axis, "repeatInterleave");
            long[] sizes = new long[shape.rank() + 1];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = i == a + 1 ? count : shape.size(i <= a ? i : i - 1);
            }
            gradients.set(0, ReductionOps.sum(ShapeOps.reshape(dY, sizes), a + 1));
        }

        @Override
        public Formula formula() {
            return Formula.of("each index of {0} {count} times", "{dY} added up over the repeats")
                    .with("axis", axis)
                    .with("count", count);
        }
    }

    /**
     * y = index i of an axis repeated {@code counts[i]} times in a row, counts I64; dX = dY added up over the repeats. An index
     * selection whose indices are the repeats.
     */
    public static Variable repeatInterleave(Variable x, int axis, Tensor counts) {
        try {
            Tensor y = Movement.repeatInterleave(x.value(), axis, counts);
            Tensor index = Movement.repeatInterleave(Creation.arange(0, x.size(axis), 1), 0, counts);
            return Variable.record(y, new IndexingOps.IndexSelect(x.shape(), axis, index), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("counts", counts, DType.I64).by();
        }
    }
}
