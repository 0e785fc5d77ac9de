package luthier.finetune.method;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.Context;

/**
 * What a method does in training beside its part in the pass. What it remembers from step to step, a running mean or a count, belongs into a
 * buffer that is {@linkplain Parts#shared named} among the adaptation's parameters: checkpoints save those and nothing else, and a field
 * would begin anew in a resumed run.
 */
public interface TrainingHook {
    /** Returns what is added to the loss of a step, if anything. */
    default Optional<Variable> penalty(Context c) {
        return Optional.empty();
    }

    /**
     * Is called before a step's first pass.
     *
     * @param step 1 for the first
     * @param total the number of steps planned
     */
    default void beforeStep(long step, long total) {}

    /** Is called after the optimizer's step, gradients still in place. */
    default void afterStep(long step, long total) {}
}
