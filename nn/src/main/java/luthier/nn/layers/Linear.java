package luthier.nn.layers;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Projection;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * y = x W^T + b. {@code x [.., in] -> [.., out]}, {@code weight [out, in]}, {@code bias [out]}. Both start as U(-1/sqrt(in),
 * 1/sqrt(in)).
 */
public final class Linear extends Layer implements Projection {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** Creates the layer with a bias. */
    public Linear(long inFeatures, long outFeatures) {
        this(inFeatures, outFeatures, true);
    }

    /** Creates the layer. */
    public Linear(long inFeatures, long outFeatures, boolean withBias) {
        weight = parameter("weight", Shape.of(outFeatures, inFeatures), Initializer.kaimingUniform());
        bias = withBias
                ? parameter(
                        "bias",
                        Shape.of(outFeatures),
                        Initializer.uniform(1 / Math.sqrt((double) Math.max(inFeatures, 1))))
                : null;
    }

    /** Creates a layer without a bias whose weight is another's, {@code [out, in]}: a head over its embedding's table. */
    public Linear(Parameter tied) {
        weight = tie("weight", tied);
        bias = null;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        return weight.linear(x, bias, context);
    }

    @Override
    public long inFeatures() {
        return weight.shape().size(1);
    }

    @Override
    public long outFeatures() {
        return weight.shape().size(0);
    }

    /** Returns the weight, {@code [out, in]}. */
    @Override
    public Parameter weight() {
        return weight;
    }

    /** Returns the bias, {@code [out]}, if there is one. */
    public Optional<Parameter> bias() {
        return Optional.ofNullable(bias);
    }

    @Override
    protected String describe() {
        return "Linear(" + inFeatures() + " -> " + outFeatures() + (bias == null ? ", no bias)" : ")");
    }
}
