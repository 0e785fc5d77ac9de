package luthier.nn.layers;

import luthier.autograd.Variable;
import luthier.autograd.ops.NormalizationOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;

/**
 * y = x / sqrt(mean(x^2) + eps) w over the last axis. {@code x [.., d] -> [.., d]}, {@code weight [d]} of ones. Zhang and Sennrich 2019,
 * arXiv:1910.07467. A norm {@linkplain #aroundOne around one} multiplies by 1 + w, {@code weight} of zeros, as Gemma's do.
 */
public final class RmsNorm extends Layer {
    private final Parameter weight;
    private final double eps;
    private final boolean aroundOne;

    /** Creates the layer. */
    public RmsNorm(long dimension, double eps) {
        this(dimension, eps, false);
    }

    private RmsNorm(long dimension, double eps, boolean aroundOne) {
        weight = parameter("weight", Shape.of(dimension), aroundOne ? Initializer.zeros() : Initializer.ones());
        this.eps = eps;
        this.aroundOne = aroundOne;
    }

    /** Creates a layer that multiplies by 1 + w. */
    public static RmsNorm aroundOne(long dimension, double eps) {
        return new RmsNorm(dimension, eps, true);
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable scale = weight.in(context);
        return NormalizationOps.rmsNorm(x, aroundOne ? scale.add(1) : scale, eps);
    }

    /** Returns the scale, {@code [d]}. */
    public Parameter weight() {
        return weight;
    }

    @Override
    protected String describe() {
        return "RmsNorm(" + weight.shape().size(0) + ", eps=" + eps + (aroundOne ? ", around 1)" : ")");
    }
}
