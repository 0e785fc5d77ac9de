package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam with Nesterov's momentum; Dozat 2016. With gradient g + decay p in the place of g at step t: m = beta1 m + (1 - beta1) g; v =
 * beta2 v + (1 - beta2) g^2; mu_t = beta1 (1 - 0.96^(t psi) / 2), M_t the product of mu_1 to mu_t; p -= lr ((1 - mu_t) / (1 - M_t) g +
 * mu_(t+1) / (1 - M_t mu_(t+1)) m) / (sqrt(v') + eps), v' = v / (1 - beta2^t).
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 * @param momentumDecay psi, how fast the momentum rises to beta1
 */
public record NAdam(double beta1, double beta2, double eps, double momentumDecay) implements UpdateRule {
    /** The usual 0.9, 0.999, 1e-8 and 0.004. */
    public static final NAdam USUAL = new NAdam(0.9, 0.999, 1e-8, 0.004);

    /** Checks the numbers. */
    public NAdam {
        Bounds.requireShare("nadam", "beta1", beta1);
        Bounds.requireShare("nadam", "beta2", beta2);
        Bounds.requireDivisor("nadam", "eps", eps);
        Bounds.requireFactor("nadam", "the momentum's decay", momentumDecay);
    }

    @Override
    public String name() {
        return "nadam";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>(AdamW.USUAL.slots(parameter));
        slots.put("momentum", Shape.of(1));
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor m = slots.get(0);
        Tensor v = slots.get(1);
        Tensor kept = slots.get(2);
        double now = momentum(step);
        double next = momentum(step + 1);
        // In single precision, as PyTorch keeps it whatever the parameters' type.
        double product = (float) (step == 1 ? 1 : kept.item()) * (float) now;
        kept.copyInPlace(Tensor.full(kept.dtype(), product, kept.shape()));
        Updates.lerpInPlace(m, g, 1 - beta1);
        Updates.scaleInPlace(v, beta2);
        Updates.addProductInPlace(v, g, g, 1 - beta2);
        double root = Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
        Updates.addRootRatioInPlace(parameter, g, v, -rate * (1 - now) / (1 - product), root, eps);
        Updates.addRootRatioInPlace(parameter, m, v, -rate * next / (1 - product * next), root, eps);
    }

    private double momentum(long step) {
        return beta1 * (1 - 0.5 * StrictMath.pow(0.96, step * momentumDecay));
    }
}
