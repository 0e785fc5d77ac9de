package luthier.nn.layers;

import luthier.autograd.Variable;
import luthier.autograd.ops.DropoutOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.tensor.Tensor;

/**
 * Sets elements to zero with probability p and scales the others by 1 / (1 - p), in training only. The mask is a function of
 * the pass's random stream, the layer's place and the element's index, so it is the same on any number of threads.
 */
public final class Dropout extends Layer {
    private final double p;

    /**
     * Creates the layer.
     *
     * @param p the probability of a zero, in [0, 1)
     */
    public Dropout(double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout: p must be in [0, 1); got " + p);
        }
        this.p = p;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        if (!isActive(context)) {
            return x;
        }
        Tensor keep = context.rng().orElseThrow().split(place()).bernoulli(x.shape(), 1 - p);
        return DropoutOps.dropout(x, keep, p);
    }

    /** Returns whether this layer changes anything in a pass. */
    boolean isActive(Context context) {
        return p > 0 && context.isTraining();
    }

    @Override
    protected String describe() {
        return "Dropout(" + p + ")";
    }
}
