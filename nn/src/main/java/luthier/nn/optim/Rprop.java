package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Steps by the sign of the gradient alone, each number with a length of its own; Riedmiller and Braun 1993. Where the gradient keeps its
 * sign the length grows by {@code up}, where it turns it shrinks by {@code down} and the number rests for a step: p -= length sign(g). For
 * gradients of all rows at once. The first learning rate above 0 is the first length of every number, and rates have no part in later
 * steps, but that nothing moves at 0.
 *
 * @param down the factor of a length whose gradient turned, in (0, 1)
 * @param up the factor of a length whose gradient did not, above 1
 * @param least the shortest length
 * @param most the longest length
 */
public record Rprop(double down, double up, double least, double most) implements UpdateRule {
    /** The usual 0.5 and 1.2, lengths from 1e-6 to 50. */
    public static final Rprop USUAL = new Rprop(0.5, 1.2, 1e-6, 50);

    /** Checks the numbers. */
    public Rprop {
        Bounds.require(down > 0 && down < 1, "rprop", "the factor down", "in (0, 1)", down);
        Bounds.require(up > 1 && up < Double.POSITIVE_INFINITY, "rprop", "the factor up", "finite and above 1", up);
        Bounds.requireDivisor("rprop", "the shortest length", least);
        Bounds.require(
                most >= least && most < Double.POSITIVE_INFINITY,
                "rprop",
                "the longest length",
                "finite and at least " + least,
                most);
    }

    @Override
    public String name() {
        return "rprop";
    }

    @Override
    public boolean decays() {
        return false;
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("before", parameter);
        slots.put("length", parameter);
        return slots;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        if (rate == 0) {
            return;
        }
        Tensor before = slots.get(0);
        Tensor length = slots.get(1);
        Tensor one = Tensor.ones(length.dtype(), 1);
        Tensor agreement = Selection.sign(gradient.mul(before));
        Tensor turned = agreement.less(0);
        Tensor factor = Selection.where(agreement.greater(0), one.mul(up), Selection.where(turned, one.mul(down), one));
        Tensor now = Selection.where(length.equal(0), one.mul(rate), length);
        length.copyInPlace(Selection.clamp(now.mul(factor), least, most));
        Tensor g = Selection.where(turned, gradient.mul(0), gradient);
        Updates.addProductInPlace(parameter, Selection.sign(g), length, -1);
        before.copyInPlace(g);
    }
}
