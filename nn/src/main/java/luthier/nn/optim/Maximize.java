package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Climbs instead of descending: a rule that is given -g for the gradient g. Decay still draws values to 0.
 *
 * @param rule the rule
 */
public record Maximize(UpdateRule rule) implements UpdateRule {
    @Override
    public String name() {
        return rule.name() + "-maximize";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return rule.slots(parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        rule.update(parameter, gradient.neg(), slots, step, rate, decay);
    }
}
