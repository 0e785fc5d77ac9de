package luthier.autograd.ops;

import java.util.Arrays;
import java.util.Locale;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Elementwise;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Differentiable reductions. {@code axes} may be negative (counted from the end); no axes means all of them. With
 * {@code keepDims} reduced axes stay with size 1.
 */
public final class ReductionOps {
    private static final Formula MAX = Formula.of("max({0})", "{dY} where {0} = max, the first of equals");
    private static final Formula MIN = Formula.of("min({0})", "{dY} where {0} = min, the first of equals");

    private ReductionOps() {}

    /**
     * y = sum of x over the axes; dX = dY spread over them.
     *
     * {@snippet :
     * ReductionOps.sum(Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)), 1).value(); // F32[2][3.0, 7.0]
     * }
     */
    public static Variable sum(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.sum(t, axes, keepDims));
        return Variable.record(y, new Sum(x.shape(), kept(x.shape(), axes)), x);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #sum(Variable, int[], boolean)}. */
    public static Variable sum(Variable x, int... axes) {
        return sum(x, axes, false);
    }

    private record Sum(Shape shape, Shape kept) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, spread(dY, kept, shape));
        }

        @Override
        public Formula formula() {
            return Formula.of("sum({0})", "expand({dY}, {s0})");
        }
    }

    /**
     * y = x summed down to a shape that broadcasts to x's; dX = dY expanded. This is the one place where the gradient of a
     * broadcast operand is made.
     *
     * {@snippet :
     * ReductionOps.sumTo(Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)), Shape.of(2)).value(); // F32[2][4.0, 6.0]
     * }
     */
    public static Variable sumTo(Variable x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        return Variable.record(Misfit.explained(x, t -> Reduction.sumTo(t, target)), new SumTo(x.shape()), x);
    }

    private record SumTo(Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ShapeOps.expand(dY, shape));
        }

        @Override
        public Formula formula() {
            return Formula.of("sum({0})", "expand({dY}, {s0})");
        }
    }

    /**
     * y = mean of x over the axes; dX = dY / n spread over them, n the number of elements averaged.
     *
     * {@snippet :
     * ReductionOps.mean(Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)), 1).value(); // F32[2][1.5, 3.5]
     * }
     */
    public static Variable mean(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.mean(t, axes, keepDims));
        double n = (double) x.shape().elementCount() / Math.max(y.elementCount(), 1);
        return Variable.record(y, new Mean(x.shape(), kept(x.shape(), axes), n), x);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #mean(Variable, int[], boolean)}. */
    public static Variable mean(Variable x, int... axes) {
        return mean(x, axes, false);
    }

    private record Mean(Shape shape, Shape kept, double n) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, spread(ElementwiseOps.mul(dY, 1 / n), kept, shape));
        }

        @Override
        public Formula formula() {
            return Formula.of("sum({0}) / {n}", "expand({dY}, {s0}) / {n}");
        }
    }

    /**
     * y = sum (x - mean)^2 / (n - correction) over the axes; dX = 2 (x - mean) dY / (n - correction).
     *
     * {@snippet :
     * Transforms.grad(x -> ReductionOps.variance(x, new int[0], 1, false), Tensor.of(new float[] {1, 5}, 2)); // F32[2][-4.0, 4.0]
     * }
     *
     * @param correction 0 for the biased, 1 for the unbiased variance
     */
    public static Variable variance(Variable x, int[] axes, int correction, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.variance(t, axes, correction, keepDims));
        double n = (double) x.shape().elementCount() / Math.max(y.elementCount(), 1);
        double divisor = Math.max(0, n - correction);
        return Variable.record(y, new Variance(x, kept(x.shape(), axes), divisor, axes.clone()), x);
    }

    /** The same divided by n - 1, over the given axes, which go; without any, over all. See {@link #variance(Variable, int[], int, boolean)}. */
    public static Variable variance(Variable x, int... axes) {
        return variance(x, axes, 1, false);
    }

    private record Variance(Variable x, Shape kept, double divisor, int[] axes)
            implements BackwardRule.ReadsOperands, Traps.Deviation {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable centred = centred(x, axes);
            Variable scaled = ElementwiseOps.mul(ShapeOps.reshape(dY, kept.toArray()), 2 / divisor);
            gradients.set(0, ElementwiseOps.mul(centred, scaled));
        }

        @Override
        public Formula formula() {
            return Formula.of("sum(({0} - mean({0}))^2) / {divisor}", "2 * ({0} - mean({0})) * {dY} / {divisor}")
                    .with("divisor", divisor);
        }
    }

    /** x - mean, centred twice: the second time takes out what the mean lost to rounding, which counts beside a small deviation. */
    private static Variable centred(Variable x, int... axes) {
        Variable once = ElementwiseOps.sub(x, mean(x, axes, true));
        return ElementwiseOps.sub(once, mean(once, axes, true));
    }

    /**
     * y = sqrt(variance) over the axes; dX = (x - mean) dY / ((n - correction) y), and 0 where y is 0: there x does not differ from its
     * mean. Saves x and y.
     *
     * {@snippet :
     * Transforms.grad(x -> ReductionOps.std(x, new int[0], 0, false), Tensor.of(new float[] {1, 5}, 2)); // F32[2][-0.5, 0.5]
     * Transforms.grad(x -> ReductionOps.std(x, new int[0], 0, false), Tensor.of(new float[] {3, 3}, 2)); // F32[2][0.0, 0.0]
     * }
     *
     * @param correction 0 for the biased, 1 for the unbiased variance
     */
    public static Variable std(Variable x, int[] axes, int correction, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.std(t, axes, correction, keepDims));
        double n = (double) x.shape().elementCount() / Math.max(y.elementCount(), 1);
        return Variable.record(y, new Std(x, y, kept(x.shape(), axes), n, correction, axes.clone()), x);
    }

    /** The same divided by n - 1, over the given axes, which go; without any, over all. See {@link #std(Variable, int[], int, boolean)}. */
    public static Variable std(Variable x, int... axes) {
        return std(x, axes, 1, false);
    }

    private record Std(Variable x, Tensor y, Shape kept, double n, int correction, int[] axes)
            implements Traps.Deviation {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable deviation =
                    Grad.isEnabled() ? std(x, axes, correction, true) : Variable.constant(y.reshape(kept.toArray()));
            Tensor none = Comparison.equal(deviation.value(), 0);
            Variable divisor = SelectionOps.maskedFill(deviation, none, 1);
            Variable scaled = ElementwiseOps.mul(ShapeOps.reshape(dY, kept.toArray()), 1 / Math.max(0, n - correction));
            Variable dX = centred(x, axes).div(divisor).mul(scaled);
            gradients.set(0, SelectionOps.maskedFill(dX, none, 0));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "sqrt(sum(({0} - mean({0}))^2) / ({n} - {correction}))",
                            "({0} - mean({0})) * {dY} / (({n} - {correction}) * {y})")
                    .with("correction", correction);
        }
    }

    /**
     * y = product of x over the axes; dX_i = dY times the product of all others, made from the products before and behind it. Saves x.
     * Exact with zeros: nothing is divided.
     *
     * {@snippet :
     * Transforms.grad(x -> ReductionOps.prod(x), Tensor.of(new float[] {2, 0, 3}, 3)); // F32[3][0.0, 6.0, 0.0]
     * }
     */
    public static Variable prod(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.prod(t, axes, keepDims));
        Variable rows = rows(x, axes);
        Tensor flat = y.reshape(Arrays.copyOf(rows.shape().toArray(), rows.rank() - 1));
        return ShapeOps.reshape(
                Variable.record(flat, new Prod(rows), rows), y.shape().toArray());
    }

    /** The same over the given axes, which go; without any, over all. See {@link #prod(Variable, int[], boolean)}. */
    public static Variable prod(Variable x, int... axes) {
        return prod(x, axes, false);
    }

    private record Prod(Variable rows) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable before = ScanOps.cumprod(rows, -1, true, false);
            Variable behind = ScanOps.cumprod(rows, -1, true, true);
            gradients.set(0, before.mul(behind).mul(ShapeOps.unsqueeze(dY, -1)));
        }

        @Override
        public Formula formula() {
            return Formula.of("product of {0}", "{dY} * the product of the other elements of {0}");
        }
    }

    /** The kept axes in their order and the reduced ones together as the last, {@code [kept.., reduced]}; no axes means all. */
    static Variable rows(Variable x, int... axes) {
        Shape kept = kept(x.shape(), axes);
        boolean[] reduced = new boolean[x.rank()];
        Arrays.fill(reduced, axes.length == 0);
        for (int axis : axes) {
            if (!x.shape().isAxisOfNumber(axis)) {
                reduced[x.shape().axis(axis, "reduce")] = true;
            }
        }
        int[] order = new int[x.rank()];
        long[] sizes = new long[x.rank() + 1];
        int next = 0;
        for (int axis = 0; axis < reduced.length; axis++) {
            if (!reduced[axis]) {
                sizes[next] = kept.size(axis);
                order[next++] = axis;
            }
        }
        long length = 1;
        int outer = next;
        for (int axis = 0; axis < reduced.length; axis++) {
            if (reduced[axis]) {
                length *= x.size(axis);
                order[next++] = axis;
            }
        }
        sizes[outer] = length;
        return ShapeOps.reshape(ShapeOps.permute(x, order), Arrays.copyOf(sizes, outer + 1));
    }

    /**
     * y = largest element over the axes; dY is shared evenly by the elements that reach it. NaN propagates.
     *
     * {@snippet :
     * Transforms.grad(x -> ReductionOps.max(x), Tensor.of(new float[] {1, 5, 5}, 3)); // F32[3][0.0, 0.5, 0.5]
     * }
     */
    public static Variable max(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.max(t, axes, keepDims));
        return Variable.record(y, new Extreme("Max", x.value(), y, kept(x.shape(), axes), axes.clone()), x);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #max(Variable, int[], boolean)}. */
    public static Variable max(Variable x, int... axes) {
        return max(x, axes, false);
    }

    /**
     * y = smallest element over the axes; dY is shared evenly by the elements that reach it. NaN propagates.
     *
     * {@snippet :
     * Transforms.grad(x -> ReductionOps.min(x), Tensor.of(new float[] {1, 5, 1}, 3)); // F32[3][0.5, 0.0, 0.5]
     * }
     */
    public static Variable min(Variable x, int[] axes, boolean keepDims) {
        Tensor y = Misfit.explained(x, t -> Reduction.min(t, axes, keepDims));
        return Variable.record(y, new Extreme("Min", x.value(), y, kept(x.shape(), axes), axes.clone()), x);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #min(Variable, int[], boolean)}. */
    public static Variable min(Variable x, int... axes) {
        return min(x, axes, false);
    }

    private record Extreme(String operation, Tensor x, Tensor y, Shape kept, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor hits = Comparison.equal(x, y.reshape(kept.toArray())).to(x.dtype());
            Tensor share = Elementwise.div(hits, Reduction.sum(hits, axes, true));
            gradients.set(0, ElementwiseOps.mul(ShapeOps.reshape(dY, kept.toArray()), Variable.constant(share)));
        }

        @Override
        public Formula formula() {
            String name = operation.toLowerCase(Locale.ROOT);
            return Formula.of(name + "({0})", "{dY} where {0} = " + name + ", shared at ties");
        }
    }

    /** Gives dY its reduced axes back with size 1 and expands it to the operand's shape. */
    private static Variable spread(Variable dY, Shape kept, Shape shape) {
        return ShapeOps.expand(ShapeOps.reshape(dY, kept.toArray()), shape);
    }

    /** The operand's shape with the reduced axes at size 1. */
    static Shape kept(Shape shape, int[] axes) {
        long[] sizes = shape.toArray();
        if (axes.length == 0) {
            Arrays.fill(sizes, 1);
        }
        for (int axis : axes) {
            if (!shape.isAxisOfNumber(axis)) {
                sizes[shape.axis(axis, "reduce")] = 1;
            }
        }
        return Shape.of(sizes);
    }

    /**
     * y = the largest element along an axis and its index; dY goes to that place alone, the first of equals. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 9, 9, 1}, 4);
     * Transforms.grad(v -> ReductionOps.maxWithIndex(v, 0, false).values(), x); // F32[4][0.0, 1.0, 0.0, 0.0]
     * }
     */
    public static SortingOps.Ordered maxWithIndex(Variable x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return SortingOps.scalar("maxWithIndex", x, line -> maxWithIndex(line, axis, true));
        }
        Reduction.WithIndex found = Misfit.explained(x, t -> Reduction.maxWithIndex(t, axis, true));
        return reduced(SortingOps.ordered("Max", MAX, x, axis, found.values(), found.indices()), axis, keepDims);
    }

    /**
     * y = the smallest element along an axis and its index; dY goes to that place alone, the first of equals. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 1, 9, 1}, 4);
     * Transforms.grad(v -> ReductionOps.minWithIndex(v, 0, false).values(), x); // F32[4][0.0, 1.0, 0.0, 0.0]
     * }
     */
    public static SortingOps.Ordered minWithIndex(Variable x, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return SortingOps.scalar("minWithIndex", x, line -> minWithIndex(line, axis, true));
        }
        Reduction.WithIndex found = Misfit.explained(x, t -> Reduction.minWithIndex(t, axis, true));
        return reduced(SortingOps.ordered("Min", MIN, x, axis, found.values(), found.indices()), axis, keepDims);
    }

    /** Leaves the axis away unless it is to be kept with size 1. */
    static SortingOps.Ordered reduced(SortingOps.Ordered kept, int axis, boolean keepDims) {
        return keepDims
                ? kept
                : new SortingOps.Ordered(
                        ShapeOps.squeeze(kept.values(), axis), kept.indices().squeeze(axis));
    }
}
