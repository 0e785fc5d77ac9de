package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Creation;
import luthier.tensor.Padding;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Differentiable padding. Widths come in pairs (before, after), the last axis' pair first; negative ones cut off. Errors are those of
 * {@link Padding}.
 */
public final class PaddingOps {
    private PaddingOps() {}

    /**
     * y = x with a constant around it; dX = dY without the border, 0 where x was cut: the padding with all widths negated.
     *
     * {@snippet :
     * PaddingOps.constant(Variable.constant(Tensor.of(new float[] {1, 2}, 2)), 9, 1, 2).value(); // F32[5][9.0, 1.0, 2.0, 9.0, 9.0]
     * }
     */
    public static Variable constant(Variable x, double value, long... widths) {
        return Variable.record(
                Misfit.explained(x, t -> Padding.constant(t, value, widths)), new Constant(widths.clone()), x);
    }

    private record Constant(long[] widths) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            long[] back = Arrays.stream(widths).map(width -> -width).toArray();
            gradients.set(0, constant(dY, 0, back));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with a border", "{dY} without the border, what was copied there added");
        }

        @Override
        public String operation() {
            return "Pad";
        }
    }

    /**
     * y = x mirrored at its ends, the end itself not repeated; dX = dY with the mirrored parts added to what they show.
     *
     * {@snippet :
     * Transforms.grad(x -> PaddingOps.reflect(x, 2, 1).sum(), Tensor.of(new float[] {1, 2, 3}, 3)); // F32[3][1.0, 3.0, 2.0]
     * }
     */
    public static Variable reflect(Variable x, long... widths) {
        Tensor y = Misfit.explained(x, t -> Padding.reflect(t, widths));
        return Variable.record(y, new Pad(x.shape(), widths.clone(), Padding::reflect), x);
    }

    /**
     * y = x with its first and last elements repeated outwards; dX = dY with the borders added to the ends.
     *
     * {@snippet :
     * Transforms.grad(x -> PaddingOps.edge(x, 2, 1).sum(), Tensor.of(new float[] {1, 2, 3}, 3)); // F32[3][3.0, 1.0, 2.0]
     * }
     */
    public static Variable edge(Variable x, long... widths) {
        Tensor y = Misfit.explained(x, t -> Padding.edge(t, widths));
        return Variable.record(y, new Pad(x.shape(), widths.clone(), Padding::edge), x);
    }

    /**
     * y = x continued as if its ends met; dX = dY with the borders added to the elements they repeat.
     *
     * {@snippet :
     * Transforms.grad(x -> PaddingOps.circular(x, 2, 1).sum(), Tensor.of(new float[] {1, 2, 3}, 3)); // F32[3][2.0, 2.0, 2.0]
     * }
     */
    public static Variable circular(Variable x, long... widths) {
        Tensor y = Misfit.explained(x, t -> Padding.circular(t, widths));
        return Variable.record(y, new Pad(x.shape(), widths.clone(), Padding::circular), x);
    }

    /** Where padded elements come from: the same padding of the indices of one axis. */
    private interface Source {
        Tensor pad(Tensor indices, long... widths);
    }

    private record Pad(Shape shape, long[] widths, Source source) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable dX = dY;
            for (int i = 0; i < widths.length; i += 2) {
                int axis = shape.rank() - 1 - i / 2;
                Tensor index = source.pad(Creation.arange(0, shape.size(axis), 1), widths[i], widths[i + 1]);
                long[] sizes = dX.shape().toArray();
                sizes[axis] = shape.size(axis);
                Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), Shape.of(sizes)));
                dX = IndexingOps.indexAdd(zeros, axis, index, dX);
            }
            gradients.set(0, dX);
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with a border", "{dY} without the border, what was copied there added");
        }
    }
}
