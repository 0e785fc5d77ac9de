package luthier.nn;

import luthier.autograd.Variable;
import luthier.autograd.ops.NormalizationOps;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;

/**
 * y = (x - mean) / sqrt(variance + eps) w + b over the last axis. {@code x [.., d] -> [.., d]}, {@code weight [d]} of ones,
 * {@code bias [d]} of zeros. Ba et al. 2016, arXiv:1607.06450.
 */
public final class LayerNorm extends Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final double eps;

    /** Creates the layer. */
    public LayerNorm(Seed seed, long dimension, double eps) {
        weight = parameter(seed, "weight", Shape.of(dimension), Initializer.ones());
        bias = parameter(seed, "bias", Shape.of(dimension), Initializer.zeros());
        this.eps = eps;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        return NormalizationOps.layerNorm(x, weight.variable(), bias.variable(), eps);
    }

    @Override
    protected String describe() {
        return "LayerNorm(" + weight.shape().size(0) + ", eps=" + eps + ")";
    }
}
