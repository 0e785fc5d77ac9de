package luthier.autograd.ops;

import luthier.autograd.Formula;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Resize;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;

/**
 * Differentiable resizing of pictures {@code [.., height, width]}; linear in x, so that nothing is saved. Coordinates: {@link Resize}.
 *
 * <p>All throw {@link ShapeException} if an axis is or would become empty and {@link DTypeException} if x is not floating.
 */
public final class ResizeOps {
    private static final Formula NEAREST = Formula.of("nearest neighbours in {0}", "{dY} added to its source");
    private static final Formula BILINEAR =
            Formula.of("mean of four neighbours in {0} by nearness", "{dY} added to the four by their weights");

    private ResizeOps() {}

    /**
     * y = nearest neighbours; dX = every dY added to its source. {@code [.., in rows, in columns] -> [.., height, width]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 1, 2));
     * ResizeOps.nearest(x, 1, 3).sum().backward();
     * x.grad().get(); // F32[1, 1, 2][2.0, 1.0]
     * }
     */
    public static Variable nearest(Variable x, long height, long width) {
        Shape from = x.shape();
        return new LinearMap(
                        "Nearest",
                        NEAREST,
                        t -> Resize.nearest(t, height, width),
                        t -> Resize.nearestBackward(t, from.size(-2), from.size(-1)))
                .apply("x", x);
    }

    /**
     * y = nearest neighbours at given scales; dX = every dY added to its source.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 1, 2));
     * ResizeOps.nearestScaled(x, 1, 1.5).value(); // F32[1, 1, 3][1.0, 1.0, 2.0]
     * }
     */
    public static Variable nearestScaled(Variable x, double vertical, double horizontal) {
        Shape from = x.shape();
        return new LinearMap(
                        "NearestScaled",
                        NEAREST,
                        t -> Resize.nearestScaled(t, vertical, horizontal),
                        t -> Resize.nearestScaledBackward(t, from.size(-2), from.size(-1), vertical, horizontal))
                .apply("x", x);
    }

    /**
     * y = mean of the four neighbours by nearness; dX = every dY added to them by their weights. {@code [.., in rows, in columns] -> [..,
     * height, width]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {0, 4}, 1, 1, 2));
     * ResizeOps.bilinear(x, 1, 4, false).value(); // F32[1, 1, 4][0.0, 1.0, 3.0, 4.0]
     * }
     *
     * @param alignCorners whether the centres of the corner pixels stay where they are
     */
    public static Variable bilinear(Variable x, long height, long width, boolean alignCorners) {
        Shape from = x.shape();
        return new LinearMap(
                        "Bilinear",
                        BILINEAR,
                        t -> Resize.bilinear(t, height, width, alignCorners),
                        t -> Resize.bilinearBackward(t, from.size(-2), from.size(-1), alignCorners))
                .apply("x", x);
    }

    /**
     * y = mean of the four neighbours at given scales; dX = every dY added to them by their weights.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {0, 4}, 1, 1, 2));
     * ResizeOps.bilinearScaled(x, 1, 2, false).value(); // F32[1, 1, 4][0.0, 1.0, 3.0, 4.0]
     * }
     */
    public static Variable bilinearScaled(Variable x, double vertical, double horizontal, boolean alignCorners) {
        Shape from = x.shape();
        return new LinearMap(
                        "BilinearScaled",
                        BILINEAR,
                        t -> Resize.bilinearScaled(t, vertical, horizontal, alignCorners),
                        t -> Resize.bilinearScaledBackward(
                                t, from.size(-2), from.size(-1), vertical, horizontal, alignCorners))
                .apply("x", x);
    }
}
