package luthier.nn;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.MatmulOps;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * y = x W^T + b. {@code x [.., in] -> [.., out]}, {@code weight [out, in]}, {@code bias [out]}. Both start as U(-1/sqrt(in),
 * 1/sqrt(in)).
 */
public final class Linear extends Layer {
    private final long inFeatures;
    private final long outFeatures;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** Creates the layer with a bias. */
    public Linear(Seed seed, long inFeatures, long outFeatures) {
        this(seed, inFeatures, outFeatures, true);
    }

    /** Creates the layer. */
    public Linear(Seed seed, long inFeatures, long outFeatures, boolean withBias) {
        this.inFeatures = inFeatures;
        this.outFeatures = outFeatures;
        weight = parameter(seed, "weight", Shape.of(outFeatures, inFeatures), Initializer.kaimingUniform());
        bias = withBias
                ? parameter(
                        seed,
                        "bias",
                        Shape.of(outFeatures),
                        Initializer.uniform(1 / Math.sqrt((double) Math.max(inFeatures, 1))))
                : null;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Parameter b = bias;
        return b == null
                ? MatmulOps.linear(x, weight.variable())
                : MatmulOps.linear(x, weight.variable(), b.variable());
    }

    /** Returns the size of the input's last axis. */
    public long inFeatures() {
        return inFeatures;
    }

    /** Returns the size of the output's last axis. */
    public long outFeatures() {
        return outFeatures;
    }

    /** Returns the weight, {@code [out, in]}. */
    public Parameter weight() {
        return weight;
    }

    /** Returns the bias, {@code [out]}, if there is one. */
    public Optional<Parameter> bias() {
        return Optional.ofNullable(bias);
    }

    @Override
    protected String describe() {
        return "Linear(" + inFeatures + " -> " + outFeatures + (bias == null ? ", no bias)" : ")");
    }
}
