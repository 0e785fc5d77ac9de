package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Steps in the unit of the values; Zeiler 2012, arXiv:1212.5701, algorithm 1. With gradient g + decay p in the place of g: s = rho s + (1 -
 * rho) g^2; d = sqrt(a + eps) / sqrt(s + eps) g; a = rho a + (1 - rho) d^2; p -= lr d. The paper's rate is 1.
 *
 * @param rho the decay of the running means of squared gradients and of squared steps
 * @param eps keeps divisions finite, and starts the steps
 */
public record Adadelta(double rho, double eps) implements UpdateRule {
    /** The usual 0.9 and 1e-6. */
    public static final Adadelta USUAL = new Adadelta(0.9, 1e-6);

    /** Checks the numbers. */
    public Adadelta {
        Bounds.requireShare("adadelta", "rho", rho);
        Bounds.requireDivisor("adadelta", "eps", eps);
    }

    @Override
    public String name() {
        return "adadelta";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("gradients", parameter);
        slots.put("steps", parameter);
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor gradients = slots.get(0);
        Tensor steps = slots.get(1);
        Updates.scaleInPlace(gradients, rho);
        Updates.addProductInPlace(gradients, g, g, 1 - rho);
        Tensor change = steps.add(eps).sqrt().div(gradients.add(eps).sqrt()).mul(g);
        Updates.scaleInPlace(steps, rho);
        Updates.addProductInPlace(steps, change, change, 1 - rho);
        Updates.addScaledInPlace(parameter, change, -rate);
    }
}
