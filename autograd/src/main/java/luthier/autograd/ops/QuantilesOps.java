package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Quantiles;
import luthier.tensor.Quantiles.Interpolation;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable medians and quantiles: elements of x by their rank, or what lies between two of them. The gradient goes to these elements and
 * nowhere else; of equals to those that come first in stable order. Errors are those of {@link Quantiles}.
 */
public final class QuantilesOps {
    private static final Formula MEDIAN = Formula.of("the median of {0}", "{dY} where it was found, in zeros of {s0}");

    private QuantilesOps() {}

    /**
     * y = the median of all elements, of an even number the lower one in the middle, rank 0; dX = dY at its place. Saves the index.
     *
     * {@snippet :
     * Transforms.grad(x -> QuantilesOps.median(x), Tensor.of(new float[] {4, 1, 3, 2}, 4)); // F32[4][0.0, 0.0, 0.0, 1.0]
     * }
     */
    public static Variable median(Variable x) {
        return Misfit.composed(
                "median",
                m -> m.with("x", x),
                ShapeRule.ANY,
                () -> median(ShapeOps.reshape(x, x.value().elementCount()), 0, false)
                        .values());
    }

    /**
     * y = the medians along an axis and their indices; dX = dY at these places. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {4, 1, 3, 2}, 4);
     * Transforms.grad(v -> QuantilesOps.median(v, 0, false).values(), x); // F32[4][0.0, 0.0, 0.0, 1.0]
     * }
     */
    public static SortingOps.Ordered median(Variable x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return SortingOps.scalar("median", x, line -> median(line, axis, true));
        }
        Reduction.WithIndex found = Misfit.explained(x, t -> Quantiles.median(t, axis, true));
        SortingOps.Ordered kept = SortingOps.ordered("Median", MEDIAN, x, axis, found.values(), found.indices());
        return ReductionOps.reduced(kept, axis, keepDims);
    }

    /**
     * y = the q-quantile over axes, linear between its neighbours; see {@link #quantile(Variable, int[], double, Interpolation, boolean)}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {4, 1, 3, 2}, 4);
     * Transforms.grad(v -> QuantilesOps.quantile(v, 0.5), x); // F32[4][0.0, 0.0, 0.5, 0.5]
     * }
     */
    public static Variable quantile(Variable x, double q, int... axes) {
        return quantile(x, axes, q, Interpolation.LINEAR, false);
    }

    /**
     * y = (1 - w) lower + w higher, the neighbours of rank q (n - 1) over axes; dX = (1 - w) dY at the lower one's place and w dY at the higher
     * one's. No axes means all of them. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {4, 1, 3, 2}, 4);
     * Transforms.grad(v -> QuantilesOps.quantile(v, new int[0], 0.4, Quantiles.Interpolation.NEAREST, false), x); // F32[4][0.0, 0.0, 0.0, 1.0]
     * }
     *
     * @throws IllegalArgumentException if q is not in [0, 1]
     */
    public static Variable quantile(Variable x, int[] axes, double q, Interpolation how, boolean keepDims) {
        Quantiles.WithIndices found =
                Misfit.explained("quantile", "x", x, t -> Quantiles.quantileWithIndices(t, axes, q, how, keepDims));
        Variable rows = ReductionOps.rows(x, axes);
        long[] kept = Arrays.copyOf(rows.shape().toArray(), rows.rank() - 1);
        Quantile rule = new Quantile(
                rows.shape(),
                found.lower().reshape(kept).unsqueeze(-1),
                found.higher().reshape(kept).unsqueeze(-1),
                found.weight());
        Variable y = Variable.record(found.values().reshape(kept), rule, rows);
        return ShapeOps.reshape(y, found.values().shape().toArray());
    }

    private record Quantile(Shape shape, Tensor lower, Tensor higher, double weight)
            implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable line = ShapeOps.unsqueeze(dY, -1);
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            Variable dX = IndexingOps.scatterAdd(zeros, -1, lower, ElementwiseOps.mul(line, 1 - weight));
            gradients.set(
                    0, weight == 0 ? dX : IndexingOps.scatterAdd(dX, -1, higher, ElementwiseOps.mul(line, weight)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "(1 - {w}) * a + {w} * b, neighbours in {n0} in order",
                            "(1 - {w}) * {dY} where a was found and {w} * {dY} where b was, in zeros of {s0}")
                    .with("w", weight);
        }
    }
}
