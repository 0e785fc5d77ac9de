package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Steps divided by the root of the running mean of squared gradients; Hinton's lecture 6e, 2012; centred: Graves 2013, arXiv:1308.0850,
 * equations 38 to 45. With gradient g + decay p in the place of g: s = alpha s + (1 - alpha) g^2; d = sqrt(s) + eps, centred d = sqrt(s -
 * m^2) + eps with m = alpha m + (1 - alpha) g; b = momentum b + g / d; p -= lr b.
 *
 * <p>Differences: where rounding makes s - m^2 negative it is 0, and the step finite.
 *
 * @param alpha the decay of the running means
 * @param momentum the share of the last change that is kept, in [0, 1)
 * @param centred whether the divisor is the deviation from the mean gradient
 * @param eps keeps divisions finite
 */
public record RmsProp(double alpha, double momentum, boolean centred, double eps) implements UpdateRule {
    /** The usual 0.99 without momentum, not centred, eps 1e-8. */
    public static final RmsProp USUAL = new RmsProp(0.99, 0, false, 1e-8);

    /** Checks the numbers. */
    public RmsProp {
        Bounds.requireShare("rmsprop", "alpha", alpha);
        Bounds.requireShare("rmsprop", "momentum", momentum);
        Bounds.requireDivisor("rmsprop", "eps", eps);
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("squares", parameter);
        if (centred) {
            slots.put("mean", parameter);
        }
        if (momentum > 0) {
            slots.put("momentum", parameter);
        }
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        Tensor squares = slots.getFirst();
        Updates.scaleInPlace(squares, alpha);
        Updates.addProductInPlace(squares, g, g, 1 - alpha);
        Tensor variance = squares;
        if (centred) {
            Tensor mean = slots.get(1);
            Updates.lerpInPlace(mean, g, 1 - alpha);
            variance = Selection.maximum(squares.sub(mean.square()), 0);
        }
        if (momentum > 0) {
            Tensor kept = slots.getLast();
            Updates.scaleInPlace(kept, momentum);
            Updates.addRootRatioInPlace(kept, g, variance, 1, 1, eps);
            Updates.addScaledInPlace(parameter, kept, -rate);
        } else {
            Updates.addRootRatioInPlace(parameter, g, variance, -rate, 1, eps);
        }
    }
}
