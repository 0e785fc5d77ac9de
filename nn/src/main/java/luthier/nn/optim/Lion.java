package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Elementwise;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Steps by the sign of a momentum; Chen et al. 2023, arXiv:2302.06675, algorithm 2. With gradient g: p *= 1 - lr decay; p -= lr sign(beta1
 * m + (1 - beta1) g); m = beta2 m + (1 - beta2) g. Every number moves by the rate, so that rates are 3 to 10 times smaller than {@link
 * AdamW}'s, and decays larger by as much.
 *
 * @param beta1 the weight of the momentum in the sign
 * @param beta2 the decay of the momentum
 */
public record Lion(double beta1, double beta2) implements UpdateRule {
    /** The usual 0.9 and 0.99. */
    public static final Lion USUAL = new Lion(0.9, 0.99);

    /** Checks the numbers. */
    public Lion {
        Bounds.requireShare("lion", "beta1", beta1);
        Bounds.requireShare("lion", "beta2", beta2);
    }

    @Override
    public String name() {
        return "lion";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return Map.of("m", parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor m = slots.getFirst();
        if (decay != 0) {
            Updates.scaleInPlace(parameter, 1 - rate * decay);
        }
        Updates.addScaledInPlace(parameter, Selection.sign(Elementwise.lerp(m, gradient, 1 - beta1)), -rate);
        Updates.lerpInPlace(m, gradient, 1 - beta2);
    }
}
