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
 * @param optimizer the rule of a step
 * @param weightDecay the share lr decay of each value is taken away in a step
 * @param clip the global gradient norm is cut to this
 * @param maxLength the longest sequence in tokens
 * @param metric by which the best evaluation is chosen; empty for the task's first
 * @param patience evaluations without gain after which the run ends; 0 for none
 * @param minGain a gain is more than this
 * @param classWeights whether rare classes weigh more in the training loss
 * @param keep how many of the newest checkpoints stay; the best stays besides
 * @param seed of the split, first values, order and dropout
 */
public record TuningSettings(
        Method method,
        Config options,
        RunSettings run,
        UpdateRule optimizer,
        double weightDecay,
        double clip,
        int maxLength,
        Optional<String> metric,
        int patience,
        double minGain,
        boolean classWeights,
        int keep,
        long seed) {
    /** Checks the numbers. */
    public TuningSettings {
        require(
                weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
                "weight-decay",
                "finite and not negative",
                weightDecay);
        require(clip > 0, "clip", "positive", clip);
        require(maxLength >= 1, "max-length", "at least 1", maxLength);
        require(patience >= 0, "patience", "0 or more", patience);
        require(minGain >= 0 && minGain < Double.POSITIVE_INFINITY, "min-gain", "finite and not negative", minGain);
        require(keep >= 1, "keep", "at least 1", keep);
    }

    private static void require(boolean holds, String name, String rule, Number got) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": must be " + rule + "; got " + got);
        }
    }

    /** Returns a method's settings: its recipe, three epochs of batches of 16, the best of about ten evaluations, 256 tokens, seed 0. */
    public static TuningSettings usual(Method method) {
        return new TuningSettings(
                method,
                method.options().usual(),
                RunSettings.usual().withSchedule("linear", method.recipe().learningRate(), 3),
                AdamW.USUAL,
                method.recipe().weightDecay(),
                1,
                256,
                Optional.empty(),
                3,
                0,
                false,
                2,
                0);
    }

    /** Returns the same with other options of the method. */
    public TuningSettings withOptions(Config other) {
        return new TuningSettings(
                method,
                other,
                run,
                optimizer,
                weightDecay,
                clip,
                maxLength,
                metric,
                patience,
                minGain,
                classWeights,
                keep,
                seed);
    }

    /** Returns the same with other batches, length, schedule, evaluations and checkpoints. */
    public TuningSettings withRun(RunSettings other) {
        return new TuningSettings(
                method,
                options,
                other,
                optimizer,
                weightDecay,
                clip,
                maxLength,
                metric,
                patience,
                minGain,
                classWeights,
                keep,
                seed);
    }

    /** Returns the same with another seed. */
    public TuningSettings withSeed(long other) {
        return new TuningSettings(
                method,
                options,
                run,
                optimizer,
                weightDecay,
                clip,
                maxLength,
                metric,
                patience,
                minGain,
                classWeights,
                keep,
                other);
    }
}
