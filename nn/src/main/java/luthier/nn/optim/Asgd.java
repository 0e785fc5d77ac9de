package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Gradient descent whose values are averaged beside; Polyak and Juditsky 1992. With gradient g + decay p in the place of g at step t: r =
 * lr / (1 + shrink lr (t - 1))^power; p = (1 - shrink r) p - r g; the slot {@code average} is p up to step {@code from} + 1 and its
 * running mean from there on.
 *
 * @param shrink lambda, how fast the rate falls, and the share of the values that it takes
 * @param power alpha, the power of the fall
 * @param from the steps before averaging begins
 */
public record Asgd(double shrink, double power, double from) implements UpdateRule {
    /** The usual 1e-4, 0.75, averaged after a million steps. */
    public static final Asgd USUAL = new Asgd(1e-4, 0.75, 1e6);

    /** Checks the numbers. */
    public Asgd {
        Bounds.requireFactor("asgd", "the shrinking", shrink);
        Bounds.requireFactor("asgd", "the power", power);
        Bounds.requireFactor("asgd", "the first averaged step", from);
    }

    @Override
    public String name() {
        return "asgd";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return Map.of("average", parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        // In single precision, as PyTorch keeps it whatever the parameters' type.
        double now = (float) (rate / StrictMath.pow(1 + shrink * rate * (step - 1), power));
        Updates.scaleInPlace(parameter, 1 - shrink * now);
        Updates.addScaledInPlace(parameter, g, -now);
        Updates.lerpInPlace(slots.getFirst(), parameter, 1 / Math.max(1, step - 1 - from));
    }
}
