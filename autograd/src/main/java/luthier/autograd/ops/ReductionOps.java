package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
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
    private ReductionOps() {}

    /** y = sum of all elements, rank 0; dX = dY everywhere. */
    public static Variable sum(Variable x) {
        return sum(x, false);
    }

    /** y = sum of x over the axes; dX = dY spread over them. */
    public static Variable sum(Variable x, boolean keepDims, int... axes) {
        return Variable.record(Reduction.sum(x.value(), keepDims, axes), new Sum(x.shape(), kept(x.shape(), axes)), x);
    }

    private record Sum(Shape shape, Shape kept) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, spread(dY, kept, shape));
        }
    }

    /**
     * y = x summed down to a shape that broadcasts to x's; dX = dY expanded. This is the one place where the gradient of a
     * broadcast operand is made.
     */
    public static Variable sumTo(Variable x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        return Variable.record(Reduction.sumTo(x.value(), target), new SumTo(x.shape()), x);
    }

    private record SumTo(Shape shape) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ShapeOps.expand(dY, shape));
        }
    }

    /** y = mean of all elements, rank 0; dX = dY / n. */
    public static Variable mean(Variable x) {
        return mean(x, false);
    }

    /** y = mean of x over the axes; dX = dY / n spread over them, n the number of elements averaged. */
    public static Variable mean(Variable x, boolean keepDims, int... axes) {
        Tensor y = Reduction.mean(x.value(), keepDims, axes);
        double n = (double) x.shape().elementCount() / Math.max(y.elementCount(), 1);
        return Variable.record(y, new Mean(x.shape(), kept(x.shape(), axes), n), x);
    }

    private record Mean(Shape shape, Shape kept, double n) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, spread(ElementwiseOps.mul(dY, 1 / n), kept, shape));
        }
    }

    /**
     * y = sum (x - mean)^2 / (n - correction) over the axes; dX = 2 (x - mean) dY / (n - correction).
     *
     * @param correction 0 for the biased, 1 for the unbiased variance
     */
    public static Variable variance(Variable x, int correction, boolean keepDims, int... axes) {
        Tensor y = Reduction.variance(x.value(), correction, keepDims, axes);
        double n = (double) x.shape().elementCount() / Math.max(y.elementCount(), 1) - correction;
        return Variable.record(y, new Variance(x, kept(x.shape(), axes), n, axes.clone()), x);
    }

    private record Variance(Variable x, Shape kept, double n, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable centred = ElementwiseOps.sub(x, mean(x, true, axes));
            Variable scaled = ElementwiseOps.mul(ShapeOps.reshape(dY, kept.toArray()), 2 / n);
            gradients.set(0, ElementwiseOps.mul(centred, scaled));
        }
    }

    /** y = largest element over the axes; dY is shared evenly by the elements that reach it. NaN propagates. */
    public static Variable max(Variable x, boolean keepDims, int... axes) {
        Tensor y = Reduction.max(x.value(), keepDims, axes);
        return Variable.record(y, new Max(x.value(), y, kept(x.shape(), axes), axes.clone()), x);
    }

    private record Max(Tensor x, Tensor y, Shape kept, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, toExtremes(x, y, kept, axes, dY));
        }
    }

    /** y = smallest element over the axes; dY is shared evenly by the elements that reach it. NaN propagates. */
    public static Variable min(Variable x, boolean keepDims, int... axes) {
        Tensor y = Reduction.min(x.value(), keepDims, axes);
        return Variable.record(y, new Min(x.value(), y, kept(x.shape(), axes), axes.clone()), x);
    }

    private record Min(Tensor x, Tensor y, Shape kept, int[] axes) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, toExtremes(x, y, kept, axes, dY));
        }
    }

    private static Variable toExtremes(Tensor x, Tensor y, Shape kept, int[] axes, Variable dY) {
        Tensor hits = Comparison.equal(x, y.reshape(kept.toArray())).to(x.dtype());
        Tensor share = Elementwise.div(hits, Reduction.sum(hits, true, axes));
        return ElementwiseOps.mul(ShapeOps.reshape(dY, kept.toArray()), Variable.constant(share));
    }

    /** Gives dY its reduced axes back with size 1 and expands it to the operand's shape. */
    private static Variable spread(Variable dY, Shape kept, Shape shape) {
        return ShapeOps.expand(ShapeOps.reshape(dY, kept.toArray()), shape);
    }

    /** The operand's shape with the reduced axes at size 1. */
    private static Shape kept(Shape shape, int[] axes) {
        long[] sizes = shape.toArray();
        if (axes.length == 0) {
            Arrays.fill(sizes, 1);
        }
        for (int axis : axes) {
            sizes[shape.axis(axis, "reduce")] = 1;
        }
        return Shape.of(sizes);
    }
}
