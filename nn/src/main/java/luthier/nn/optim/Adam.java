package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam; Kingma and Ba 2015, arXiv:1412.6980, algorithm 1. The step of {@link AdamW} with g + decay p in the place of the gradient: decay
 * is scaled by the running squares like the gradient itself.
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 */
public record Adam(double beta1, double beta2, double eps) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8. */
    public static final Adam USUAL = new Adam(0.9, 0.999, 1e-8);

    /** Checks the numbers. */
    public Adam {
        Bounds.requireShare("adam", "beta1", beta1);
        Bounds.requireShare("adam", "beta2", beta2);
        Bounds.requireDivisor("adam", "eps", eps);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return AdamW.USUAL.slots(parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Updates.adamWInPlace(parameter, g, slots.get(0), slots.get(1), rate, beta1, beta2, eps, 0, step);
    }
}
