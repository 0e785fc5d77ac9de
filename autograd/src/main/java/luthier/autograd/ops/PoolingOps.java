package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.DTypeException;
import luthier.tensor.Indexing;
import luthier.tensor.Pooling;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Pooling.Maxima;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.Window;

/**
 * Differentiable pools over {@code [.., height, width]} or {@code [.., length]}, any leading axes. What a window covers, ceil mode, empty
 * axes and NaN: {@link Pooling}.
 *
 * <p>All throw {@link ShapeException} if a window does not fit and {@link DTypeException} if x is not floating.
 */
public final class PoolingOps {
    private static final Formula WINDOW_MEANS =
            Formula.of("mean of each window of {0}", "{dY} / divisor added to its window");
    private static final Formula CELL_MEANS =
            Formula.of("mean of each cell of {0}", "{dY} / size spread over its cell");
    private static final Formula SCATTER = Formula.of("{0} added where it came from", "{dY} where it came from");

    private PoolingOps() {}

    // ---- maximum

    /**
     * y = largest of every window; dX = dY added where it came from: the first of equals and the first NaN take all. Saved are the indices. A
     * window of padding alone gives -Infinity and no gradient. {@code [.., length] -> [.., positions]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 3, 2, 5}, 1, 4));
     * PoolingOps.maxPool1d(x, Window.of(2)).sum().backward();
     * x.grad().get(); // F32[1, 4][0.0, 1.0, 0.0, 1.0]
     * }
     */
    public static Variable maxPool1d(Variable x, Window window) {
        return record(Misfit.explained("x", x, t -> Pooling.maxPool1d(t, window)), x, true);
    }

    /**
     * y = largest of every window; dX and ties as in {@link #maxPool1d}. {@code [.., height, width] -> [.., .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 3, 2, 5}, 1, 2, 2));
     * PoolingOps.maxPool2d(x, Window.of(2)).sum().backward();
     * x.grad().get(); // F32[1, 2, 2][0.0, 0.0, 0.0, 1.0]
     * }
     */
    public static Variable maxPool2d(Variable x, Window window) {
        return record(Misfit.explained("x", x, t -> Pooling.maxPool2d(t, window)), x, false);
    }

    /**
     * y = largest of each of {@code length} cells; dX and ties as in {@link #maxPool1d}, cells as in {@link Pooling#adaptiveAvgPool1d}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3}, 1, 3));
     * PoolingOps.adaptiveMaxPool1d(x, 2).value(); // F32[1, 2][2.0, 3.0]
     * }
     */
    public static Variable adaptiveMaxPool1d(Variable x, long length) {
        return record(Misfit.explained("x", x, t -> Pooling.adaptiveMaxPool1d(t, length)), x, true);
    }

    /**
     * y = largest of each cell of a grid; dX and ties as in {@link #maxPool1d}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3, 6}, 1, 2, 2));
     * PoolingOps.adaptiveMaxPool2d(x, 1, 1).value(); // F32[1, 1, 1][6.0]
     * }
     */
    public static Variable adaptiveMaxPool2d(Variable x, long height, long width) {
        return record(Misfit.explained("x", x, t -> Pooling.adaptiveMaxPool2d(t, height, width)), x, false);
    }

    private static Variable record(Maxima maxima, Variable x, boolean line) {
        return Variable.record(maxima.values(), new MaxPool(maxima.indices(), x.shape(), line), x);
    }

    private record MaxPool(Tensor indices, Shape x, boolean line) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, new LinearMap("MaxPoolScatter", SCATTER, this::scatter, this::gather).apply(dY));
        }

        @Override
        public Formula formula() {
            return Formula.of("largest of each window of {0}", "{dY} added where it came from");
        }

        @Override
        public String remedy() {
            return "a window of padding alone has no largest element; pad less than the window is wide";
        }

        private Tensor scatter(Tensor dY) {
            return line
                    ? Pooling.maxPool1dBackward(dY, indices, x.size(-1))
                    : Pooling.maxPool2dBackward(dY, indices, x.size(-2), x.size(-1));
        }

        /** The adjoint of the scatter: what lies at the indices, 0 for windows of padding alone. */
        private Tensor gather(Tensor dX) {
            Tensor places = planes(indices);
            Tensor outside = Comparison.less(places, Tensor.of(new long[] {0}, 1));
            Tensor inside = Selection.maskedFill(places, outside, 0);
            Tensor found = Indexing.gather(planes(dX), 1, inside);
            return Selection.maskedFill(found, outside, 0)
                    .reshape(indices.shape().toArray());
        }

        private Tensor planes(Tensor t) {
            long size = line ? t.size(-1) : t.size(-2) * t.size(-1);
            return t.reshape(t.elementCount() / size, size);
        }
    }

    // ---- mean

    /**
     * y = mean of every window; dX = every dY / divisor added to its window. Nothing is saved. {@code [.., length] -> [.., positions]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 3, 2, 6}, 1, 4));
     * PoolingOps.avgPool1d(x, Window.of(2), Pooling.Divisor.PADDED).value(); // F32[1, 2][2.0, 4.0]
     * }
     */
    public static Variable avgPool1d(Variable x, Window window, Divisor divisor) {
        Shape from = x.shape();
        return new LinearMap(
                        "AvgPool1d",
                        WINDOW_MEANS,
                        t -> Pooling.avgPool1d(t, window, divisor),
                        t -> Pooling.avgPool1dBackward(t, from.size(-1), window, divisor))
                .apply("x", x);
    }

    /**
     * y = mean of every window; dX = every dY / divisor added to its window. {@code [.., height, width] -> [.., .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 3, 2, 6}, 1, 2, 2));
     * PoolingOps.avgPool2d(x, Window.of(2), Pooling.Divisor.PADDED).value(); // F32[1, 1, 1][3.0]
     * }
     */
    public static Variable avgPool2d(Variable x, Window window, Divisor divisor) {
        Shape from = x.shape();
        return new LinearMap(
                        "AvgPool2d",
                        WINDOW_MEANS,
                        t -> Pooling.avgPool2d(t, window, divisor),
                        t -> Pooling.avgPool2dBackward(t, from.size(-2), from.size(-1), window, divisor))
                .apply("x", x);
    }

    /** y = sum of every window over one divisor; dX = every dY / divisor added to its window. */
    public static Variable avgPool2d(Variable x, Window window, int divisor) {
        Shape from = x.shape();
        return new LinearMap(
                        "AvgPool2d",
                        WINDOW_MEANS,
                        t -> Pooling.avgPool2d(t, window, divisor),
                        t -> Pooling.avgPool2dBackward(t, from.size(-2), from.size(-1), window, divisor))
                .apply("x", x);
    }

    /**
     * y = mean of each of {@code length} cells; dX = every dY spread over its cell. {@code [.., in] -> [.., length]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3}, 1, 3));
     * PoolingOps.adaptiveAvgPool1d(x, 2).value(); // F32[1, 2][1.5, 2.5]
     * }
     */
    public static Variable adaptiveAvgPool1d(Variable x, long length) {
        Shape from = x.shape();
        return new LinearMap(
                        "AdaptiveAvgPool1d",
                        CELL_MEANS,
                        t -> Pooling.adaptiveAvgPool1d(t, length),
                        t -> Pooling.adaptiveAvgPool1dBackward(t, from.size(-1)))
                .apply("x", x);
    }

    /**
     * y = mean of each cell of a grid; dX = every dY spread over its cell. {@code [.., in rows, in columns] -> [.., height, width]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3, 6}, 1, 2, 2));
     * PoolingOps.adaptiveAvgPool2d(x, 1, 1).value(); // F32[1, 1, 1][3.0]
     * }
     */
    public static Variable adaptiveAvgPool2d(Variable x, long height, long width) {
        Shape from = x.shape();
        return new LinearMap(
                        "AdaptiveAvgPool2d",
                        CELL_MEANS,
                        t -> Pooling.adaptiveAvgPool2d(t, height, width),
                        t -> Pooling.adaptiveAvgPool2dBackward(t, from.size(-2), from.size(-1)))
                .apply("x", x);
    }
}
