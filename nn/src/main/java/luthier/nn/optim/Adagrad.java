package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Steps divided by the root of all squared gradients so far; Duchi et al. 2011. With gradient g + decay p in the place of g at step t: s
 * = s + g^2; p -= lr / (1 + (t - 1) rateDecay) g / (sqrt(s) + eps).
 *
 * @param rateDecay how fast the rate falls beside what the sum makes of it
 * @param first where every sum starts
 * @param eps keeps divisions finite
 */
public record Adagrad(double rateDecay, double first, double eps) implements UpdateRule {
    /** Sums from 0, eps 1e-10. */
    public static final Adagrad USUAL = new Adagrad(0, 0, 1e-10);

    /** Checks the numbers. */
    public Adagrad {
        Bounds.requireFactor("adagrad", "the rate's decay", rateDecay);
        Bounds.requireFactor("adagrad", "the first sum", first);
        Bounds.requireDivisor("adagrad", "eps", eps);
    }

    @Override
    public String name() {
        return "adagrad";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return Map.of("sum", parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor sum = slots.getFirst();
        if (step == 1) {
            sum.copyInPlace(Tensor.full(sum.dtype(), first, sum.shape()));
        }
        Updates.addProductInPlace(sum, g, g, 1);
        Updates.addRootRatioInPlace(parameter, g, sum, -rate / (1 + (step - 1) * rateDecay), 1, eps);
    }
}
