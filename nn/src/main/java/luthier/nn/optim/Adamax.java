package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam by the largest gradient instead of the mean square; Kingma and Ba 2015, arXiv:1412.6980, algorithm 2. With gradient g + decay p
 * in the place of g at step t: m = beta1 m + (1 - beta1) g; u = max(beta2 u, |g| + eps); p -= lr / (1 - beta1^t) m / u.
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the largest gradient
 * @param eps keeps divisions finite
 */
public record Adamax(double beta1, double beta2, double eps) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8. */
    public static final Adamax USUAL = new Adamax(0.9, 0.999, 1e-8);

    /** Checks the numbers. */
    public Adamax {
        Bounds.requireShare("adamax", "beta1", beta1);
        Bounds.requireShare("adamax", "beta2", beta2);
        Bounds.requireDivisor("adamax", "eps", eps);
    }

    @Override
    public String name() {
        return "adamax";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("m", parameter);
        slots.put("u", parameter);
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor m = slots.get(0);
        Tensor u = slots.get(1);
        Updates.lerpInPlace(m, g, 1 - beta1);
        Updates.scaleInPlace(u, beta2);
        Updates.maximumInPlace(u, g.abs().add(eps));
        Updates.addRatioInPlace(parameter, m, u, -rate / (1 - StrictMath.pow(beta1, (double) step)));
    }
}
