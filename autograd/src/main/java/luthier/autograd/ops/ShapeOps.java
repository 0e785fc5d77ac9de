package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Differentiable changes of shape. Values are views where the layout allows; gradients take the way back. */
public final class ShapeOps {
    private ShapeOps() {}

    /**
     * y = x under another shape (one size may be -1); dX = dY under x's shape.
     *
     * {@snippet :
     * ShapeOps.reshape(Variable.constant(Tensor.zeros(DType.F32, 2, 3)), 3, -1).shape(); // [3, 2]
     * }
     */
    public static Variable reshape(Variable x, long... sizes) {
        Tensor y = Misfit.explained(x, t -> t.reshape(sizes));
        return y == x.value() ? x : Variable.record(y, new Reshape(x.shape()), x);
    }

    private record Reshape(Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, reshape(dY, shape.toArray()));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} as another shape", "reshape({dY}, {s0})");
        }
    }

    /**
     * y = x with axes reordered, y's axis i is x's axis order[i]; dX = dY in the inverse order.
     *
     * {@snippet :
     * ShapeOps.permute(Variable.constant(Tensor.zeros(DType.F32, 2, 3)), 1, 0).shape(); // [3, 2]
     * }
     */
    public static Variable permute(Variable x, int... order) {
        return Variable.record(Misfit.explained(x, t -> t.permute(order)), new Permute(order.clone()), x);
    }

    private record Permute(int[] order) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            int[] inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[dY.shape().axis(order[i], "permute")] = i;
            }
            gradients.set(0, permute(dY, inverse));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with axes reordered", "{dY} in the inverse order");
        }
    }

    /**
     * y = x with two axes exchanged; dX = dY with them exchanged.
     *
     * {@snippet :
     * ShapeOps.transpose(Variable.constant(Tensor.zeros(DType.F32, 2, 3)), 0, 1).shape(); // [3, 2]
     * }
     */
    public static Variable transpose(Variable x, int axisA, int axisB) {
        return Variable.record(Misfit.explained(x, t -> t.transpose(axisA, axisB)), new Transpose(axisA, axisB), x);
    }

    private record Transpose(int axisA, int axisB) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, transpose(dY, axisA, axisB));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with axes exchanged", "transpose({dY}, {axisA}, {axisB})")
                    .with("axisA", axisA)
                    .with("axisB", axisB);
        }
    }

    /**
     * y = x repeated along axes of size 1 and new leading axes; dX = dY summed over the repeats.
     *
     * {@snippet :
     * Transforms.grad(x -> ShapeOps.expand(x, Shape.of(2, 3)).sum(), Tensor.zeros(DType.F32, 3)); // F32[3][2.0, 2.0, 2.0]
     * }
     */
    public static Variable expand(Variable x, Shape target) {
        return x.shape().equals(target)
                ? x
                : Variable.record(Misfit.explained(x, t -> t.expand(target)), new Expand(x.shape()), x);
    }

    private record Expand(Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ReductionOps.sumTo(dY, shape));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} repeated", "sumTo({dY}, {s0})");
        }
    }

    /**
     * y = x without an axis of size 1; dX = dY with it.
     *
     * {@snippet :
     * ShapeOps.squeeze(Variable.constant(Tensor.zeros(DType.F32, 2, 1)), 1).shape(); // [2]
     * }
     */
    public static Variable squeeze(Variable x, int axis) {
        return reshape(x, Misfit.explained(x, t -> t.squeeze(axis)).shape().toArray());
    }

    /**
     * y = x with a new axis of size 1; dX = dY without it.
     *
     * {@snippet :
     * ShapeOps.unsqueeze(Variable.constant(Tensor.zeros(DType.F32, 2, 3)), 0).shape(); // [1, 2, 3]
     * }
     */
    public static Variable unsqueeze(Variable x, int axis) {
        return reshape(x, Misfit.explained(x, t -> t.unsqueeze(axis)).shape().toArray());
    }

    /**
     * y = x[start : stop : step] along an axis (see {@link Tensor#slice}); dX = dY at these places, 0 elsewhere.
     *
     * {@snippet :
     * Transforms.grad(x -> ShapeOps.slice(x, 0, 2, 0, -1).sum(), Tensor.zeros(DType.F32, 3)); // F32[3][0.0, 1.0, 1.0]
     * }
     */
    public static Variable slice(Variable x, int axis, long start, long stop, long step) {
        Tensor y = Misfit.explained(x, t -> t.slice(axis, start, stop, step));
        return Variable.record(y, new Slice(x.shape(), axis, start, stop, step), x);
    }

    /** y = x[start : stop] along an axis; see {@link #slice(Variable, int, long, long, long)}. */
    public static Variable slice(Variable x, int axis, long start, long stop) {
        return slice(x, axis, start, stop, 1);
    }

    private record Slice(Shape shape, int axis, long start, long stop, long step) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, place(dY, this));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}[{start} : {stop} : {step}]", "{dY} in its place in zeros of {s0}")
                    .with("axis", axis)
                    .with("start", start)
                    .with("stop", stop)
                    .with("step", step);
        }
    }

    /** The opposite of a slice: zeros of the whole shape with x in the slice's place. Its own derivative is the slice. */
    private static Variable place(Variable x, Slice where) {
        Tensor whole = Tensor.zeros(x.dtype(), where.shape);
        whole.slice(where.axis, where.start, where.stop, where.step).copyInPlace(x.value());
        return Variable.record(whole, new Place(where), x);
    }

    private record Place(Slice where) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, slice(dY, where.axis, where.start, where.stop, where.step));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} in its place in zeros", "the slice of {dY} that {n0} became");
        }
    }

    /**
     * y = x at one index of an axis, the axis dropped; dX = dY there, 0 elsewhere.
     *
     * {@snippet :
     * Transforms.grad(x -> ShapeOps.select(x, 0, -1), Tensor.zeros(DType.F32, 3)); // F32[3][0.0, 0.0, 1.0]
     * }
     */
    public static Variable select(Variable x, int axis, long index) {
        Shape shape = Misfit.explained(x, t -> t.select(axis, index)).shape();
        long i = index < 0 ? index + x.size(axis) : index;
        return reshape(slice(x, axis, i, i + 1), shape.toArray());
    }

    /**
     * y = x with the axes from start to end, both included, made one; dX = dY under x's shape.
     *
     * {@snippet :
     * ShapeOps.flatten(Variable.constant(Tensor.zeros(DType.F32, 2, 3, 4)), 1, 2).shape(); // [2, 12]
     * }
     */
    public static Variable flatten(Variable x, int start, int end) {
        return reshape(
                x, Misfit.explained(x, t -> t.flatten(start, end)).shape().toArray());
    }
}
