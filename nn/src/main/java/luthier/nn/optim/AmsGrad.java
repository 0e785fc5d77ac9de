package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam whose divisor never falls; Reddi et al. 2018, arXiv:1904.09237, algorithm 2. With gradient g at step t: m = beta1 m + (1 - beta1)
 * g; v = beta2 v + (1 - beta2) g^2; u = max(u, v); p -= lr m' / (sqrt(u') + eps), m' = m / (1 - beta1^t), u' = u / (1 - beta2^t).
 *
 * <p>Differences: m and u are corrected for their start at zero, as in PyTorch.
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 * @param decoupled whether decay takes a share of the values, as in {@link AdamW}, instead of adding to the gradient, as in {@link Adam}
 */
public record AmsGrad(double beta1, double beta2, double eps, boolean decoupled) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8, decay as in {@link AdamW}. */
    public static final AmsGrad USUAL = new AmsGrad(0.9, 0.999, 1e-8, true);

    /** Checks the numbers. */
    public AmsGrad {
        Bounds.requireShare("amsgrad", "beta1", beta1);
        Bounds.requireShare("amsgrad", "beta2", beta2);
        Bounds.requireDivisor("amsgrad", "eps", eps);
    }

    @Override
    public String name() {
        return "amsgrad";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>(AdamW.USUAL.slots(parameter));
        slots.put("max", parameter);
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = decoupled ? gradient : UpdateRule.withDecay(gradient, parameter, decay);
        if (decoupled && decay != 0) {
            Updates.scaleInPlace(parameter, 1 - rate * decay);
        }
        Tensor m = slots.get(0);
        Tensor v = slots.get(1);
        Tensor largest = slots.get(2);
        Updates.lerpInPlace(m, g, 1 - beta1);
        Updates.scaleInPlace(v, beta2);
        Updates.addProductInPlace(v, g, g, 1 - beta2);
        Updates.maximumInPlace(largest, v);
        double unbiased = rate / (1 - StrictMath.pow(beta1, (double) step));
        Updates.addRootRatioInPlace(
                parameter, m, largest, -unbiased, Math.sqrt(1 - StrictMath.pow(beta2, (double) step)), eps);
    }
}
