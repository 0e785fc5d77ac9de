package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam with decoupled weight decay; Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2. With gradient g at step t: p *= 1 - lr
 * decay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p -= lr m' / (sqrt(v') + eps), m' = m / (1 - beta1^t), v' =
 * v / (1 - beta2^t).
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 */
public record AdamW(double beta1, double beta2, double eps) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8. */
    public static final AdamW USUAL = new AdamW(0.9, 0.999, 1e-8);

    /** Checks the numbers. */
    public AdamW {
        // Where all gradients were 0 eps alone is left of the divisor, in single precision too.
        boolean divides = (float) eps > 0 && eps < Double.POSITIVE_INFINITY;
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && divides)) {
            throw new IllegalArgumentException("adamW: betas must be in [0, 1) and eps finite and positive; got "
                    + beta1 + ", " + beta2 + " and " + eps);
        }
    }

    @Override
    public String name() {
        return "adamw";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("m", parameter);
        slots.put("v", parameter);
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Updates.adamWInPlace(parameter, gradient, slots.get(0), slots.get(1), rate, beta1, beta2, eps, decay, step);
    }
}
