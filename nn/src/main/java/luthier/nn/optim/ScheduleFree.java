package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Elementwise;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * AdamW whose values are a weighted mean of all steps, so that the rate need not fall; Defazio et al. 2024, arXiv:2405.15682, algorithm
 * 1. The gradient g is taken at y = (1 - beta1) z + beta1 x, x being the parameter. At step t: v = beta2 v + (1 - beta2) g^2; z -= lr (g /
 * (sqrt(v') + eps) + decay y), v' = v / (1 - beta2^t); x = x + c (z - x), c the share of the largest lr^2 so far in the sum of them all. For
 * a constant rate, after warm-up.
 *
 * <p>Differences: x is what is stored, evaluated and saved at any time; {@link Optimizer#ahead} goes to y and {@link Optimizer#step} back, so
 * that no mode is to be switched.
 *
 * @param beta1 how near to x the gradient is taken, in (0, 1)
 * @param beta2 the decay of the running mean of squared gradients
 * @param eps keeps divisions finite
 */
public record ScheduleFree(double beta1, double beta2, double eps) implements UpdateRule {
    /** The usual 0.9, 0.999 and 1e-8. */
    public static final ScheduleFree USUAL = new ScheduleFree(0.9, 0.999, 1e-8);

    private static final int LARGEST = 0;
    private static final int SUM = 1;

    /** Checks the numbers. */
    public ScheduleFree {
        Bounds.requireShare("schedule-free", "beta1", beta1);
        Bounds.requireShare("schedule-free", "beta2", beta2);
        Bounds.requireDivisor("schedule-free", "eps", eps);
    }

    @Override
    public String name() {
        return "schedule-free";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("z", parameter);
        slots.put("v", parameter);
        slots.put("weights", Shape.of(2));
        return slots;
    }

    @Override
    public boolean looksAhead() {
        return true;
    }

    @Override
    public Tensor ahead(Tensor parameter, List<Tensor> slots, long step) {
        return step == 1 ? parameter : Elementwise.lerp(parameter, slots.getFirst(), 1 - beta1);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor z = slots.get(0);
        Tensor v = slots.get(1);
        Tensor weights = slots.get(2);
        Tensor y = ahead(parameter, slots, step);
        if (step == 1) {
            z.copyInPlace(parameter);
        }
        Updates.scaleInPlace(v, beta2);
        Updates.addProductInPlace(v, gradient, gradient, 1 - beta2);
        if (decay != 0) {
            Updates.addScaledInPlace(z, y, -rate * decay);
        }
        Updates.addRootRatioInPlace(z, gradient, v, -rate, Math.sqrt(1 - StrictMath.pow(beta2, (double) step)), eps);
        double largest = Math.max(rate, weights.get(LARGEST));
        double sum = weights.get(SUM) + largest * largest;
        weights.copyInPlace(Tensor.of(new double[] {largest, sum}, 2).to(weights.dtype()));
        Updates.lerpInPlace(parameter, z, sum == 0 ? 1 : largest * largest / sum);
    }
}
