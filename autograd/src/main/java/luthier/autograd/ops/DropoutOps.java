package luthier.autograd.ops;

import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/** Dropout as a product with a given mask, so that randomness stays where the keys are. */
public final class DropoutOps {
    private DropoutOps() {}

    /**
     * y = x keep / (1 - p), dX = dY keep / (1 - p). Srivastava et al. 2014, JMLR 15, in the inverted form that leaves evaluation
     * untouched.
     *
     * @param keep BOOL of x's shape, true with probability 1 - p
     * @param p the share that is dropped, in [0, 1)
     */
    public static Variable dropout(Variable x, Tensor keep, double p) {
        Tensor mask = keep.to(x.dtype()).mul(1 / (1 - p));
        return ElementwiseOps.mul(x, Variable.constant(mask));
    }
}
