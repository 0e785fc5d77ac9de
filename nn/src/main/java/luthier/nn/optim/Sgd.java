package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Stochastic gradient descent with momentum; Sutskever et al. 2013. With gradient g: g' = g + decay p; v = momentum v + (1 - dampening)
 * g', at the first step v = g'; p -= lr v, with Nesterov's form p -= lr (g' + momentum v). Without momentum p -= lr g', and nothing is
 * kept.
 *
 * <p>Differences: decay is added to the gradient, as in PyTorch, not taken from the values as in {@link AdamW}.
 *
 * @param momentum the share of the last change that is kept, in [0, 1)
 * @param dampening what a new gradient lacks in the momentum, in [0, 1]; 0 for Nesterov's form
 * @param nesterov whether the gradient's own step is taken after the momentum's
 */
public record Sgd(double momentum, double dampening, boolean nesterov) implements UpdateRule {
    /** Momentum 0.9. */
    public static final Sgd USUAL = new Sgd(0.9, 0, false);

    /** Checks the numbers. */
    public Sgd {
        Bounds.requireShare("sgd", "momentum", momentum);
        Bounds.require(dampening >= 0 && dampening <= 1, "sgd", "dampening", "in [0, 1]", dampening);
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException("sgd: Nesterov's form needs a momentum above 0 and no dampening; got "
                    + momentum + " and " + dampening);
        }
    }

    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return momentum == 0 ? Map.of() : Map.of("momentum", parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        Tensor g = UpdateRule.withDecay(gradient, parameter, decay);
        if (momentum == 0) {
            Updates.addScaledInPlace(parameter, g, -rate);
            return;
        }
        Tensor v = slots.getFirst();
        Updates.scaleInPlace(v, momentum);
        Updates.addScaledInPlace(v, g, step == 1 ? 1 : 1 - dampening);
        if (nesterov) {
            Updates.addScaledInPlace(parameter, g, -rate);
            Updates.addScaledInPlace(parameter, v, -rate * momentum);
        } else {
            Updates.addScaledInPlace(parameter, v, -rate);
        }
    }
}
