package luthier.autograd.ops;

import luthier.autograd.Formula;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Unfold;
import luthier.tensor.Window;

/**
 * Differentiable windows laid out side by side (im2col) and added back (col2im): each is the gradient of the other. Nothing is saved. See {@link
 * Unfold}.
 *
 * <p>All throw {@link ShapeException} if shapes do not fit and {@link DTypeException} if the type is not floating.
 */
public final class UnfoldOps {
    private static final Formula UNFOLD = Formula.of("windows of {0} as columns", "fold({ndY})");
    private static final Formula FOLD = Formula.of("columns of {0} added to their places", "unfold({ndY})");
    private static final Formula WINDOWS = Formula.of("windows of {0}", "{dY} added where it was read");

    private UnfoldOps() {}

    /**
     * y = windows of x as columns; dX = fold of dY. {@code [.., channels, length] -> [.., channels taps, positions]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3}, 1, 1, 3));
     * UnfoldOps.unfold1d(x, Window.of(2).stride(1)).value(); // F32[1, 2, 2][1.0, 2.0, 2.0, 3.0]
     * }
     */
    public static Variable unfold1d(Variable x, Window window) {
        Shape from = x.shape();
        return new LinearMap(
                        "Unfold1d",
                        UNFOLD,
                        t -> Unfold.unfold1d(t, window),
                        t -> Unfold.fold1d(t, from.size(-1), window))
                .apply("x", x);
    }

    /**
     * y = windows of x as columns; dX = fold of dY. {@code [.., channels, height, width] -> [.., channels rows columns, positions]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
     * UnfoldOps.unfold2d(x, Window.of(1, 2)).value(); // F32[1, 2, 2][1.0, 3.0, 2.0, 4.0]
     * }
     */
    public static Variable unfold2d(Variable x, Window window) {
        Shape from = x.shape();
        return new LinearMap(
                        "Unfold2d",
                        UNFOLD,
                        t -> Unfold.unfold2d(t, window),
                        t -> Unfold.fold2d(t, from.size(-2), from.size(-1), window))
                .apply("x", x);
    }

    /**
     * y = columns added to their places; dColumns = unfold of dY. {@code [.., channels taps, positions] -> [.., channels, length]}.
     *
     * {@snippet :
     * Variable columns = Variable.parameter(Tensor.of(new float[] {1, 2, 10, 20}, 1, 2, 2));
     * UnfoldOps.fold1d(columns, 3, Window.of(2).stride(1)).value(); // F32[1, 1, 3][1.0, 12.0, 20.0]
     * }
     */
    public static Variable fold1d(Variable columns, long length, Window window) {
        return new LinearMap("Fold1d", FOLD, t -> Unfold.fold1d(t, length, window), t -> Unfold.unfold1d(t, window))
                .apply("columns", columns);
    }

    /**
     * y = columns added to their places; dColumns = unfold of dY. {@code [.., channels rows columns, positions] -> [.., channels, height,
     * width]}.
     *
     * {@snippet :
     * Variable columns = Variable.parameter(Tensor.of(new float[] {1, 3, 2, 4}, 1, 2, 2));
     * UnfoldOps.fold2d(columns, 2, 2, Window.of(1, 2)).value(); // F32[1, 1, 2, 2][1.0, 2.0, 3.0, 4.0]
     * }
     */
    public static Variable fold2d(Variable columns, long height, long width, Window window) {
        return new LinearMap(
                        "Fold2d", FOLD, t -> Unfold.fold2d(t, height, width, window), t -> Unfold.unfold2d(t, window))
                .apply("columns", columns);
    }

    /**
     * y[.., i, .., t] = x[.., i step + t, ..], windows along one axis, a view; dX = dY added where it was read. {@code [.., length, ..] -> [..,
     * positions, .., size]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3}, 3));
     * UnfoldOps.windows(x, 0, 2, 1).sum().backward();
     * x.grad().get(); // F32[3][1.0, 2.0, 1.0]
     * }
     */
    public static Variable windows(Variable x, int axis, int size, int step) {
        Shape from = x.shape();
        return new LinearMap(
                        "Windows",
                        WINDOWS,
                        t -> Unfold.windows(t, axis, size, step),
                        t -> Unfold.windowsBackward(t, from, axis, step))
                .apply(x);
    }
}
