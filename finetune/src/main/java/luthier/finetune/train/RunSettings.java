package luthier.finetune.train;

import java.util.List;
import java.util.OptionalLong;

/**
 * What decides the steps of a run and their learning rates, by the names of the options. Immutable.
 *
 * @param batchSize rows of a (micro) batch that goes through the model at once
 * @param accumulate batches of one optimizer step, see {@link Accumulation}
 * @param length epochs, steps or minutes
 * @param schedule one of {@link #SCHEDULES}
 * @param learningRate the highest rate of the schedule
 * @param warmup percent of all steps during which the rate rises, in [0, 100]; taken as the decimal number it is written as, so that
 *     7 % of 100 steps are 7
 * @param evaluateEvery optimizer steps between evaluations; empty for about ten in a run
 * @param saveEvery optimizer steps between checkpoints; empty for one with every evaluation
 */
public record RunSettings(
        int batchSize,
        int accumulate,
        RunLength length,
        String schedule,
        double learningRate,
        double warmup,
        OptionalLong evaluateEvery,
        OptionalLong saveEvery) {
    /** The names of schedules; constant knows no warm-up, the other three begin at 0 if there is one. */
    public static final List<String> SCHEDULES = List.of("linear", "cosine", "constant", "constant_with_warmup");

    /** Checks every number, naming the option that is out of range. */
    public RunSettings {
        atLeastOne("batch-size", batchSize);
        atLeastOne("accumulate", accumulate);
        if (!SCHEDULES.contains(schedule)) {
            throw new IllegalArgumentException("run plan: schedule must be one of " + SCHEDULES + "; got " + schedule);
        }
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "run plan: learning-rate must be positive and finite; got " + learningRate);
        }
        if (!(warmup >= 0 && warmup <= 100)) {
            throw new IllegalArgumentException(
                    "run plan: warmup must be in [0, 100] percent of the steps; got " + warmup);
        }
        if (schedule.equals("constant") && warmup > 0) {
            throw new IllegalArgumentException("run plan: schedule constant has no warm-up; got warmup " + warmup
                    + "; take constant_with_warmup, or warmup 0");
        }
        evaluateEvery.ifPresent(every -> atLeastOne("evaluate-every", every));
        saveEvery.ifPresent(every -> atLeastOne("save-every", every));
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("run plan: " + option + " must be at least 1; got " + value);
        }
    }

    /** Returns batches of 16 rows, one a step, three epochs, linear from 2e-4 after 3 % of warm-up, about ten evaluations, as many saves. */
    public static RunSettings usual() {
        return new RunSettings(
                16, 1, new RunLength.Epochs(3), "linear", 2e-4, 3, OptionalLong.empty(), OptionalLong.empty());
    }

    /** Returns the same with other batches. */
    public RunSettings withBatches(int size, int accumulated) {
        return new RunSettings(size, accumulated, length, schedule, learningRate, warmup, evaluateEvery, saveEvery);
    }

    /** Returns the same with another length. */
    public RunSettings withLength(RunLength other) {
        return new RunSettings(batchSize, accumulate, other, schedule, learningRate, warmup, evaluateEvery, saveEvery);
    }

    /** Returns the same with another schedule. */
    public RunSettings withSchedule(String name, double highest, double warmupPercent) {
        return new RunSettings(batchSize, accumulate, length, name, highest, warmupPercent, evaluateEvery, saveEvery);
    }

    /** Returns the same with evaluations and checkpoints after so many steps each. */
    public RunSettings withEvery(OptionalLong evaluate, OptionalLong save) {
        return new RunSettings(batchSize, accumulate, length, schedule, learningRate, warmup, evaluate, save);
    }
}
