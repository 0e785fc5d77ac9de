package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * How one parameter moves against its gradient: an optimizer is one record that implements this. What is alike for all, groups,
 * frozen parameters, state by name, saving and loading, is {@link Optimizer}'s.
 */
public interface UpdateRule {
    /** Returns the name that users type, {@code adamw}. */
    String name();

    /**
     * Returns what is kept for a parameter between steps, by name; all start at zero.
     *
     * @param parameter the parameter's shape
     */
    Map<String, Shape> slots(Shape parameter);

    /**
     * Moves a parameter in place.
     *
     * @param parameter its values
     * @param gradient the gradient of its values, which stays as it is
     * @param slots what is kept, in the order of {@link #slots}
     * @param step 1 at the parameter's first step
     * @param rate the learning rate of this parameter at this step
     * @param decay the weight decay of this parameter
     */
    void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay);

    /** Returns whether a weight decay means something to it. */
    default boolean decays() {
        return true;
    }

    /** Returns whether gradients are taken at another place than the parameter's values: {@link #ahead}. */
    default boolean looksAhead() {
        return false;
    }

    /**
     * Returns where the gradient of a step is to be taken.
     *
     * @param parameter its values, which stay as they are
     * @param slots what is kept, in the order of {@link #slots}
     * @param step 1 at the parameter's first step
     */
    default Tensor ahead(Tensor parameter, List<Tensor> slots, long step) {
        return parameter;
    }

    /** Returns g + decay p, decay as part of the gradient; the gradient itself where nothing decays. */
    static Tensor withDecay(Tensor gradient, Tensor parameter, double decay) {
        return decay == 0 ? gradient : gradient.add(parameter.mul(decay));
    }
}
