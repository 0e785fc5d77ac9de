package luthier.autograd.ops;

import java.util.function.Function;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.ShapeRule;
import luthier.tensor.Sorting;
import luthier.tensor.Tensor;

/**
 * Differentiable orders along one axis. What comes out are elements of x at the indices found: the gradient goes back to these places
 * and nowhere else, and the indices carry none. Among equals the lowest index is taken first, so at ties it alone is moved; {@link
 * ReductionOps#max} shares instead. Rank 0 has the one axis 0. Errors are those of {@link Sorting} and {@link Reduction}.
 */
public final class SortingOps {
    private static final Formula SORTED = Formula.of("{0} in order", "{dY} put back in {n0}'s order");
    private static final Formula FIRST =
            Formula.of("the first of {0} in order", "{dY} put back where it was found, in zeros of {s0}");

    private SortingOps() {}

    /** Elements in order and their indices, I64, in the variable they come from. */
    public record Ordered(Variable values, Tensor indices) {}

    /**
     * y = x in order along an axis, smallest or largest first; dX = dY put back. Saves the indices. NaN counts as largest.
     *
     * {@snippet :
     * Tensor w = Tensor.of(new float[] {1, 10, 100}, 3);
     * Tensor x = Tensor.of(new float[] {7, 5, 6}, 3);
     * Transforms.grad(v -> SortingOps.sort(v, 0, false).values().mul(Variable.constant(w)).sum(), x); // F32[3][100.0, 1.0, 10.0]
     * }
     */
    public static Ordered sort(Variable x, int axis, boolean descending) {
        if (x.rank() == 0) {
            return scalar("sort", x, line -> sort(line, axis, descending));
        }
        Sorting.Sorted found = Misfit.explained(x, t -> Sorting.sort(t, axis, descending));
        return ordered("Sort", SORTED, x, axis, found.values(), found.indices());
    }

    /**
     * y = the k largest (or smallest) elements along an axis in order; dX = dY put back, 0 elsewhere. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 9, 9, 1}, 4);
     * Transforms.grad(v -> SortingOps.topk(v, 2, 0, true).values().sum(), x); // F32[4][0.0, 1.0, 1.0, 0.0]
     * }
     */
    public static Ordered topk(Variable x, long k, int axis, boolean largest) {
        if (x.rank() == 0) {
            return scalar("topk", x, line -> topk(line, k, axis, largest));
        }
        Sorting.Sorted found = Misfit.explained(x, t -> Sorting.topk(t, k, axis, largest));
        return ordered("TopK", FIRST, x, axis, found.values(), found.indices());
    }

    /** Orders a scalar as the line it is; nothing of it stays a line. */
    static Ordered scalar(String operation, Variable x, Function<Variable, Ordered> order) {
        return Misfit.composed(operation, m -> m.with("x", x), ShapeRule.ANY, () -> {
            Ordered one = order.apply(ShapeOps.unsqueeze(x, 0));
            return one.values().size(0) == 0
                    ? one
                    : new Ordered(
                            ShapeOps.squeeze(one.values(), 0), one.indices().squeeze(0));
        });
    }

    static Ordered ordered(String operation, Formula formula, Variable x, int axis, Tensor values, Tensor indices) {
        return new Ordered(
                Variable.record(values, new Order(operation, formula, x.shape(), axis, indices), x), indices);
    }

    private record Order(String operation, Formula formula, Shape shape, int axis, Tensor indices)
            implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, IndexingOps.scatterAdd(zeros, axis, indices, dY));
        }

        @Override
        public Formula formula() {
            return formula.with("axis", axis);
        }
    }
}
