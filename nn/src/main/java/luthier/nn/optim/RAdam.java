package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam that trusts its divisor only once it rests on enough steps; Liu et al. 2020, arXiv:1908.03265, algorithm 2. With gradient g +
 * decay p in the place of g at step t: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; m' = m / (1 - beta1^t); R = 2 / (1 -
 * beta2) - 1; r = R - 2 t beta2^t / (1 - beta2^t). Where r > 5: p -= lr c m' sqrt(1 - beta2^t) / (sqrt(v) + eps), c^2 = (r - 4) (r - 2) R
 * / ((R - 4) (R - 2) r); else p -= lr m'.
 *
 * @param beta1 the decay of the running mean of gradients
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 */
public record RAdam(double beta1, double beta2, double eps) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8. */
    public static final RAdam USUAL = new RAdam(0.9, 0.999, 1e-8);

    /** The variance of the divisor is known from this on; below, steps are those of momentum. */
    private static final double TRUSTED = 5;

    /** Checks the numbers. */
    public RAdam {
        Bounds.requireShare("radam", "beta1", beta1);
        Bounds.requireShare("radam", "beta2", beta2);
        Bounds.requireDivisor("radam", "eps", eps);
    }

    @Override
    public String name() {
        return "radam";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return AdamW.USUAL.slots(parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor m = slots.get(0);
        Tensor v = slots.get(1);
        Updates.lerpInPlace(m, g, 1 - beta1);
        Updates.scaleInPlace(v, beta2);
        Updates.addProductInPlace(v, g, g, 1 - beta2);
        double unbiased = rate / (1 - StrictMath.pow(beta1, (double) step));
        double power = StrictMath.pow(beta2, (double) step);
        double most = 2 / (1 - beta2) - 1;
        double length = most - 2.0 * step * power / (1 - power);
        if (length > TRUSTED) {
            double share = (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length);
            Updates.addRootRatioInPlace(parameter, m, v, -unbiased * Math.sqrt(share * (1 - power)), 1, eps);
        } else {
            Updates.addScaledInPlace(parameter, m, -unbiased);
        }
    }
}
