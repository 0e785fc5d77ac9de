package luthier.finetune;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.Option;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.Options;
import luthier.finetune.train.RunLength;
import luthier.finetune.train.RunSettings;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizers;
import luthier.nn.optim.UpdateRule;

/** The options that every run has, whatever its method, each declared once; what they make is {@link TuningSettings}. */
public final class RunOptions {
    /** Passes over the data. */
    public static final Option<Integer> EPOCHS = atLeastOne(Option.whole("epochs", null, 3, "passes over the data"));

    /** Optimizer steps instead of epochs; 0 for epochs. */
    public static final Option<Integer> STEPS =
            notNegative(Option.whole("steps", null, 0, "optimizer steps instead of epochs; 0 for epochs"));

    /** Minutes of training instead of epochs; 0 for epochs. */
    public static final Option<Double> MINUTES = Option.number(
                    "minutes", null, 0, "minutes of training instead of epochs; 0 for epochs")
            .check(minutes -> minutes >= 0, "must not be negative");

    /** Rows that go through the model at once. */
    public static final Option<Integer> BATCH_SIZE =
            atLeastOne(Option.whole("batch-size", null, 16, "rows that go through the model at once"));

    /** Batches of one optimizer step. */
    public static final Option<Integer> ACCUMULATE =
            atLeastOne(Option.whole("accumulate", null, 1, "batches of one optimizer step"));

    /** The highest rate of the schedule; 0 for the method's own. */
    public static final Option<Double> LEARNING_RATE = Option.number(
                    "learning-rate", null, 0, "highest rate of the schedule; 0 for the method's own")
            .check(rate -> rate >= 0, "must not be negative");

    /** The rule of a step. */
    public static final Option<String> OPTIMIZER = Option.word(
                    "optimizer", null, AdamW.USUAL.name(), "the rule of a step: " + optimizers())
            .check(RunOptions::isOptimizer, "must be one of " + optimizers());

    /** How the rate falls. */
    public static final Option<String> SCHEDULE = Option.word(
                    "schedule",
                    null,
                    config -> Optimizers.named(config.get(OPTIMIZER)).looksAhead() ? "constant_with_warmup" : "linear",
                    "how the rate falls: linear, cosine, constant, constant_with_warmup")
            .check(RunSettings.SCHEDULES::contains, "must be one of " + RunSettings.SCHEDULES);

    /** Percent of all steps during which the rate rises. */
    public static final Option<Double> WARMUP = Option.number(
                    "warmup",
                    null,
                    config -> config.get(SCHEDULE).equals("constant") ? 0.0 : 3.0,
                    "percent of all steps during which the rate rises")
            .check(percent -> percent >= 0 && percent <= 100, "must be in [0, 100]");

    /** The share of each value that a step takes away; -1 for the method's own. */
    public static final Option<Double> WEIGHT_DECAY = Option.number(
                    "weight-decay", null, -1, "weight decay; -1 for the method's own")
            .check(decay -> decay >= 0 || decay == -1, "must not be negative");

    /** The global gradient norm is cut to this. */
    public static final Option<Double> CLIP = Option.number("clip", null, 1, "the global gradient norm is cut to this")
            .check(clip -> clip > 0, "must be positive");

    /** The longest sequence in tokens. */
    public static final Option<Integer> MAX_LENGTH = atLeastOne(
            Option.whole("max-length", null, 256, "longest sequence in tokens; longer ones are cut and counted"));

    /** Optimizer steps between evaluations; 0 for about ten in a run. */
    public static final Option<Integer> EVALUATE_EVERY =
            notNegative(Option.whole("evaluate-every", null, 0, "steps between evaluations; 0 for about ten in a run"));

    /** Optimizer steps between checkpoints; 0 for one with every evaluation. */
    public static final Option<Integer> SAVE_EVERY = notNegative(
            Option.whole("save-every", null, 0, "steps between checkpoints; 0 for one with every evaluation"));

    /** By what the best evaluation is chosen; empty for the task's first metric. */
    public static final Option<String> METRIC =
            Option.word("metric", null, "", "by what the best is chosen; empty for the task's first metric");

    /** Evaluations without gain after which a run ends; 0 for none. */
    public static final Option<Integer> PATIENCE = notNegative(
            Option.whole("patience", null, 3, "evaluations without gain after which the run ends; 0 for none"));

    /** A gain is more than this. */
    public static final Option<Double> MIN_GAIN = Option.number("min-gain", null, 0, "a gain is more than this")
            .check(gain -> gain >= 0, "must not be negative");

    /** Whether rare classes weigh more in the training loss. */
    public static final Option<Boolean> CLASS_WEIGHTS =
            Option.flag("class-weights", null, false, "rare classes weigh more in the training loss");

    /** How many of the newest checkpoints stay. */
    public static final Option<Integer> KEEP = atLeastOne(
            Option.whole("keep", null, 2, "how many of the newest checkpoints stay; the best stays besides"));

    /** Of split, first values, order and dropout. */
    public static final Option<Long> SEED = Option.large("seed", null, 0, "of split, first values, order and dropout");

    /** All of them. */
    public static final Options ALL = Options.of(
            EPOCHS,
            STEPS,
            MINUTES,
            BATCH_SIZE,
            ACCUMULATE,
            LEARNING_RATE,
            OPTIMIZER,
            SCHEDULE,
            WARMUP,
            WEIGHT_DECAY,
            CLIP,
            MAX_LENGTH,
            EVALUATE_EVERY,
            SAVE_EVERY,
            METRIC,
            PATIENCE,
            MIN_GAIN,
            CLASS_WEIGHTS,
            KEEP,
            SEED);

    private RunOptions() {}

    private static Option<Integer> atLeastOne(Option<Integer> option) {
        return option.check(value -> value >= 1, "must be at least 1");
    }

    private static Option<Integer> notNegative(Option<Integer> option) {
        return option.check(value -> value >= 0, "must not be negative");
    }

    private static String optimizers() {
        return Optimizers.ALL.stream().map(UpdateRule::name).collect(Collectors.joining(", "));
    }

    private static boolean isOptimizer(String name) {
        return Optimizers.ALL.stream().anyMatch(rule -> rule.name().equals(name));
    }

    /**
     * Returns the settings that options say.
     *
     * @param run of a configuration that has all options of {@link #ALL}
     * @param own of the method
     * @param secondsPerStep measured, asked for only if the length is given in minutes
     * @throws OptionException if more than one of epochs, steps and minutes is set
     */
    public static TuningSettings settings(Method method, Config run, Config own, DoubleSupplier secondsPerStep) {
        double rate = run.get(LEARNING_RATE);
        double decay = run.get(WEIGHT_DECAY);
        UpdateRule rule = Optimizers.named(run.get(OPTIMIZER));
        return new TuningSettings(
                method,
                own,
                new RunSettings(
                        run.get(BATCH_SIZE),
                        run.get(ACCUMULATE),
                        length(run, secondsPerStep),
                        run.get(SCHEDULE),
                        rate == 0 ? method.recipe().learningRate() : rate,
                        run.get(WARMUP),
                        every(run.get(EVALUATE_EVERY)),
                        every(run.get(SAVE_EVERY))),
                new TuningSettings.Update(
                        rule,
                        decay != -1 ? decay : rule.decays() ? method.recipe().weightDecay() : 0,
                        run.get(CLIP)),
                new TuningSettings.Choice(
                        Optional.of(run.get(METRIC)).filter(name -> !name.isEmpty()),
                        run.get(PATIENCE),
                        run.get(MIN_GAIN)),
                run.get(CLASS_WEIGHTS),
                run.get(SEED));
    }

    private static OptionalLong every(int steps) {
        return steps == 0 ? OptionalLong.empty() : OptionalLong.of(steps);
    }

    private static RunLength length(Config run, DoubleSupplier secondsPerStep) {
        int steps = run.get(STEPS);
        double minutes = run.get(MINUTES);
        if ((run.isSet(EPOCHS) ? 1 : 0) + (steps > 0 ? 1 : 0) + (minutes > 0 ? 1 : 0) > 1) {
            throw new OptionException("length: one of epochs, steps and minutes says how long a run is; got epochs "
                    + run.get(EPOCHS) + ", steps " + steps + ", minutes " + minutes);
        }
        return steps > 0
                ? new RunLength.Steps(steps)
                : minutes > 0
                        ? new RunLength.Minutes(minutes, secondsPerStep.getAsDouble())
                        : new RunLength.Epochs(run.get(EPOCHS));
    }
}
