package luthier.autograd.ops;

import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rng;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/** Dropout as a product with a mask, given or drawn, so that randomness stays where the keys are. */
public final class DropoutOps {
    private DropoutOps() {}

    /**
     * y = x keep / (1 - p), dX = dY keep / (1 - p). Srivastava et al. 2014, JMLR 15, in the inverted form that leaves evaluation
     * untouched. Saves the mask.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
     * DropoutOps.dropout(x, Tensor.of(new boolean[] {true, false}, 2), 0.5).value(); // F32[2][2.0, 0.0]
     * }
     *
     * @param keep BOOL of x's shape, true with probability 1 - p
     * @param p the share that is dropped, in [0, 1); at 1 everything is 0
     * @throws ShapeException if the mask does not broadcast to x
     */
    public static Variable dropout(Variable x, Tensor keep, double p) {
        try {
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("dropout: p must be in [0, 1]; got " + p);
            }
            if (!keep.shape().broadcast(x.shape(), "dropout").equals(x.shape())) {
                throw new ShapeException(
                        "dropout: the mask must broadcast to x; got mask " + keep.shape() + " for " + x.shape());
            }
            Tensor mask = p == 1
                    ? Tensor.zeros(x.dtype(), x.shape())
                    : keep.to(x.dtype()).mul(1 / (1 - p));
            return ElementwiseOps.mul(x, Variable.constant(mask));
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("dropout")
                    .with("x", x)
                    .with("keep", keep, DType.BOOL)
                    .by(ShapeRule.MASKED);
        }
    }

    /**
     * The same with a mask drawn from a stream: the same stream and shape give the same mask on any number of threads.
     *
     * @param rng where the mask comes from; split it by the place in the model, so that no two share one
     */
    public static Variable dropout(Variable x, double p, Rng rng) {
        return p == 0 ? x : dropout(x, rng.bernoulli(x.shape(), Math.max(0, 1 - p)), p);
    }
}
