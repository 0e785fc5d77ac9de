package luthier.finetune;

import java.util.Optional;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.train.RunSettings;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.UpdateRule;

/**
 * Everything that decides the numbers of a run beside model and rows. Immutable; {@link #usual} is what evidence supports.
 *
 * @param method how to fine-tune
 * @param options the method's options
 * @param run batches, length, schedule, evaluations and checkpoints
 * @param update what a step does with gradients
 * @param choice which evaluation is kept, and when the run ends early
 * @param classWeights whether rare classes weigh more in the training loss
 * @param seed of the split, first values, order and dropout
 */
public record TuningSettings(
        Method method, Config options, RunSettings run, Update update, Choice choice, boolean classWeights, long seed) {
    /**
     * What a step does with gradients.
     *
     * @param optimizer the rule of a step
     * @param weightDecay the share lr decay of each value is taken away in a step; finite, not negative
     * @param clip the global gradient norm is cut to this; positive
     */
    public record Update(UpdateRule optimizer, double weightDecay, double clip) {
        /** Checks the numbers. */
        public Update {
            require(
                    weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
                    "weight-decay",
                    "finite and not negative",
                    weightDecay);
            require(clip > 0, "clip", "positive", clip);
        }
    }

    /**
     * Which evaluation of the validation rows is kept, and when the run ends early.
     *
     * @param metric by which it is chosen; empty for the task's first
     * @param patience evaluations without gain after which the run ends; 0 for none
     * @param minGain a gain is more than this; finite, not negative
     */
    public record Choice(Optional<String> metric, int patience, double minGain) {
        /** Checks the numbers. */
        public Choice {
            require(patience >= 0, "patience", "0 or more", patience);
            require(minGain >= 0 && minGain < Double.POSITIVE_INFINITY, "min-gain", "finite and not negative", minGain);
        }
    }

    private static void require(boolean holds, String name, String rule, Number got) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": must be " + rule + "; got " + got);
        }
    }

    /** Returns a method's settings: its recipe, three epochs of batches of 16, the best of about ten evaluations, seed 0. */
    public static TuningSettings usual(Method method) {
        return new TuningSettings(
                method,
                method.options().usual(),
                RunSettings.usual().withSchedule("linear", method.recipe().learningRate(), 3),
                new Update(AdamW.USUAL, method.recipe().weightDecay(), 1),
                new Choice(Optional.empty(), 3, 0),
                false,
                0);
    }

    /** Returns the same with other options of the method. */
    public TuningSettings withOptions(Config other) {
        return new TuningSettings(method, other, run, update, choice, classWeights, seed);
    }

    /** Returns the same with other batches, length, schedule, evaluations and checkpoints. */
    public TuningSettings withRun(RunSettings other) {
        return new TuningSettings(method, options, other, update, choice, classWeights, seed);
    }

    /** Returns the same with another optimizer, weight decay and clipping. */
    public TuningSettings withUpdate(Update other) {
        return new TuningSettings(method, options, run, other, choice, classWeights, seed);
    }

    /** Returns the same with another choice of what is kept. */
    public TuningSettings withChoice(Choice other) {
        return new TuningSettings(method, options, run, update, other, classWeights, seed);
    }

    /** Returns the same with a training loss in which rare classes weigh more, or all rows the same. */
    public TuningSettings withClassWeights(boolean wanted) {
        return new TuningSettings(method, options, run, update, choice, wanted, seed);
    }

    /** Returns the same with another seed. */
    public TuningSettings withSeed(long other) {
        return new TuningSettings(method, options, run, update, choice, classWeights, other);
    }
}
