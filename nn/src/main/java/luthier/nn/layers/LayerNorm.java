package luthier.nn.layers;

import luthier.autograd.Variable;
import luthier.autograd.ops.NormalizationOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
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
    public LayerNorm(long dimension, double eps) {
        weight = parameter("weight", Shape.of(dimension), Initializer.ones());
        bias = parameter("bias", Shape.of(dimension), Initializer.zeros());
        this.eps = eps;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        return NormalizationOps.layerNorm(x, weight.in(context), bias.in(context), eps);
    }

    /** Returns the scale, {@code [d]}. */
    public Parameter weight() {
        return weight;
    }

    /** Returns the shift, {@code [d]}. */
    public Parameter bias() {
        return bias;
    }

    @Override
    protected String describe() {
        return "LayerNorm(" + weight.shape().size(0) + ", eps=" + eps + ")";
    }
}
