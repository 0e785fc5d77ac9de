package luthier.nn.layers;

import luthier.autograd.Variable;
import luthier.autograd.ops.NormalizationOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.init.Initializer;
import luthier.tensor.Normalization.RunningStatistics;
import luthier.tensor.Shape;

/**
 * y = (x - mean) / sqrt(variance + eps) w + b for each channel. {@code x [N, C, ..] -> [N, C, ..]}, {@code weight [C]} of ones, {@code bias
 * [C]} of zeros. Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
 *
 * <p>In training, where its statistics are live ({@link Context#live}), mean and variance are those of the batch, and {@code
 * running_mean} and {@code running_var} move towards them by the momentum when the pass is {@linkplain Context#commit committed}. Everywhere
 * else, under an adaptation that does not train them too, they are the running ones.
 */
public final class BatchNorm extends Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final Parameter mean;
    private final Parameter variance;
    private final double eps;
    private final double momentum;

    /** Creates the layer with eps 1e-5 and momentum 0.1. */
    public BatchNorm(long channels) {
        this(channels, 1e-5, 0.1);
    }

    /**
     * Creates the layer.
     *
     * @param momentum the share of the batch in the running statistics, in [0, 1]
     */
    public BatchNorm(long channels, double eps, double momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException("batchNorm: momentum must be in [0, 1]; got " + momentum);
        }
        weight = parameter("weight", Shape.of(channels), Initializer.ones());
        bias = parameter("bias", Shape.of(channels), Initializer.zeros());
        mean = buffer("running_mean", Shape.of(channels), Initializer.zeros());
        variance = buffer("running_var", Shape.of(channels), Initializer.ones());
        this.eps = eps;
        this.momentum = momentum;
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        if (context.live(mean).isEmpty()) {
            RunningStatistics running = new RunningStatistics(
                    mean.in(context).value(), variance.in(context).value());
            return NormalizationOps.batchNorm(x, running, weight.in(context), bias.in(context), eps);
        }
        if (!context.isReplay()) {
            RunningStatistics next = new RunningStatistics(context.proposed(mean), context.proposed(variance))
                    .updated(x.value(), momentum);
            context.propose(mean, next.mean());
            context.propose(variance, next.variance());
        }
        return NormalizationOps.batchNorm(x, weight.in(context), bias.in(context), eps);
    }

    @Override
    protected String describe() {
        return "BatchNorm(" + weight.shape().size(0) + ", eps=" + eps + ")";
    }
}
