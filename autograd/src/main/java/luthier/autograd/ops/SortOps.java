package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.Sorting;
import luthier.tensor.Tensor;

/**
 * Differentiable orders along one axis. What comes out are elements of x at the indices found: the gradient goes back to these places
 * and nowhere else, and the indices carry none. Among equals the lowest index is taken first, so at ties it alone is moved; {@link
 * ReductionOps#max} shares instead. Rank 0 has the one axis 0. Errors are those of {@link Sorting} and {@link Reduction}.
 */
public final class SortOps {
    private SortOps() {}

    /** Elements in order and their indices, I64, in the variable they come from. */
    public record Ordered(Variable values, Tensor indices) {}

    /**
     * y = x in order along an axis, smallest or largest first; dX = dY put back. Saves the indices. NaN counts as largest.
     *
     * {@snippet :
     * Tensor w = Tensor.of(new float[] {1, 10, 100}, 3);
     * Tensor x = Tensor.of(new float[] {7, 5, 6}, 3);
     * Transforms.grad(v -> SortOps.sort(v, 0, false).values().mul(Variable.constant(w)).sum(), x); // F32[3][100.0, 1.0, 10.0]
     * }
     */
    public static Ordered sort(Variable x, int axis, boolean descending) {
        if (x.rank() == 0) {
            return scalar(sort(ShapeOps.unsqueeze(x, 0), axis, descending));
        }
        Sorting.Sorted found = Sorting.sort(x.value(), axis, descending);
        return ordered("Sort", x, axis, found.values(), found.indices());
    }

    /**
     * y = the k largest (or smallest) elements along an axis in order; dX = dY put back, 0 elsewhere. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 9, 9, 1}, 4);
     * Transforms.grad(v -> SortOps.topk(v, 2, 0, true).values().sum(), x); // F32[4][0.0, 1.0, 1.0, 0.0]
     * }
     */
    public static Ordered topk(Variable x, long k, int axis, boolean largest) {
        if (x.rank() == 0) {
            Ordered one = topk(ShapeOps.unsqueeze(x, 0), k, axis, largest);
            return k == 0 ? one : scalar(one);
        }
        Sorting.Sorted found = Sorting.topk(x.value(), k, axis, largest);
        return ordered("TopK", x, axis, found.values(), found.indices());
    }

    /**
     * y = the largest element along an axis and its index; dY goes to that place alone, the first of equals. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 9, 9, 1}, 4);
     * Transforms.grad(v -> SortOps.maxWithIndex(v, 0, false).values(), x); // F32[4][0.0, 1.0, 0.0, 0.0]
     * }
     */
    public static Ordered maxWithIndex(Variable x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return scalar(maxWithIndex(ShapeOps.unsqueeze(x, 0), axis, true));
        }
        Reduction.WithIndex found = Reduction.maxWithIndex(x.value(), axis, true);
        return reduced(ordered("Max", x, axis, found.values(), found.indices()), axis, keepDims);
    }

    /**
     * y = the smallest element along an axis and its index; dY goes to that place alone, the first of equals. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 1, 9, 1}, 4);
     * Transforms.grad(v -> SortOps.minWithIndex(v, 0, false).values(), x); // F32[4][0.0, 1.0, 0.0, 0.0]
     * }
     */
    public static Ordered minWithIndex(Variable x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return scalar(minWithIndex(ShapeOps.unsqueeze(x, 0), axis, true));
        }
        Reduction.WithIndex found = Reduction.minWithIndex(x.value(), axis, true);
        return reduced(ordered("Min", x, axis, found.values(), found.indices()), axis, keepDims);
    }

    private static Ordered scalar(Ordered one) {
        return new Ordered(ShapeOps.squeeze(one.values(), 0), one.indices().squeeze(0));
    }

    private static Ordered reduced(Ordered kept, int axis, boolean keepDims) {
        return keepDims
                ? kept
                : new Ordered(
                        ShapeOps.squeeze(kept.values(), axis), kept.indices().squeeze(axis));
    }

    private static Ordered ordered(String operation, Variable x, int axis, Tensor values, Tensor indices) {
        return new Ordered(Variable.record(values, new Order(operation, x.shape(), axis, indices), x), indices);
    }

    private record Order(String operation, Shape shape, int axis, Tensor indices) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, IndexOps.scatterAdd(zeros, axis, indices, dY));
        }
    }
}
