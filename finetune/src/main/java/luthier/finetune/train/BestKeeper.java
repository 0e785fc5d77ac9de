package luthier.finetune.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import luthier.finetune.task.Metric;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * Which evaluation is kept, and whether the run goes on. The best is the earliest of the finite values of the validation split that none
 * beats; a value that is not finite is never best and no gain. A gain is more than {@code minGain} better than the value of the last gain,
 * so small steps add up to one; anything better is kept all the same. Immutable: {@link #after} returns the next state, {@link #toFields}
 * carries it over a resume.
 *
 * {@snippet :
 * BestKeeper keeper = BestKeeper.of(Metric.named("accuracy"), 2, 0).after(20, 0.5).after(40, 0.7).after(60, 0.6);
 * keeper.bestStep().getAsLong() + " " + keeper.withoutGain() + " " + keeper.stops(); // 40 1 false
 * }
 */
public final class BestKeeper {
    /** The split that is chosen on: never the test, never one out of distribution. */
    public static final String VALIDATION = "valid";

    private static final long NEVER = -1;

    private final Metric metric;
    private final int patience;
    private final double minGain;
    private final Evaluation best;
    private final Evaluation last;
    private final double lastGain;
    private final int withoutGain;

    /** A value and the step after which it was measured. */
    private record Evaluation(long step, double value) {
        static final Evaluation NONE = new Evaluation(NEVER, Double.NaN);

        boolean happened() {
            return step != NEVER;
        }
    }

    private BestKeeper(
            Metric metric,
            int patience,
            double minGain,
            Evaluation best,
            Evaluation last,
            double lastGain,
            int withoutGain) {
        if (patience < 0) {
            throw new IllegalArgumentException(
                    "patience: must be a number of evaluations, or 0 to train to the end; got " + patience);
        }
        if (!(minGain >= 0) || Double.isInfinite(minGain)) {
            throw new IllegalArgumentException("min-gain: must be finite and not negative; got " + minGain);
        }
        this.metric = metric;
        this.patience = patience;
        this.minGain = minGain;
        this.best = best;
        this.last = last;
        this.lastGain = lastGain;
        this.withoutGain = withoutGain;
    }

    /**
     * Returns the state before the first evaluation.
     *
     * @param patience evaluations in a row without gain after which the run stops; 0 for training to the end
     * @param minGain what a value must be better by to count as a gain
     * @throws IllegalArgumentException if a number is negative or not finite
     */
    public static BestKeeper of(Metric metric, int patience, double minGain) {
        return new BestKeeper(metric, patience, minGain, Evaluation.NONE, Evaluation.NONE, Double.NaN, 0);
    }

    /**
     * Returns the state after an evaluation of all splits; only that of the validation split counts.
     *
     * @param values by split and name of the metric
     * @throws IllegalArgumentException if the validation split or the metric is missing, or the step is not a later one
     */
    public BestKeeper after(long step, Map<String, Map<String, Double>> values) {
        Map<String, Double> validation = values.get(VALIDATION);
        Double value = validation == null ? null : validation.get(metric.name());
        if (value == null) {
            throw new IllegalArgumentException("best: the split " + VALIDATION + " must have " + metric.name()
                    + "; got " + (validation == null ? "the splits " + values.keySet() : validation.keySet()));
        }
        return after(step, value.doubleValue());
    }

    /**
     * Returns the state after an evaluation of the validation split.
     *
     * @throws IllegalArgumentException if the step is not a later one: an evaluation done again after a resume counts from the checkpoint's
     *     state
     */
    public BestKeeper after(long step, double value) {
        if (step <= last.step()) {
            throw new IllegalArgumentException(
                    "best: evaluations must come in the order of their steps; got " + step + " after " + last.step());
        }
        Evaluation now = new Evaluation(step, value);
        boolean gain = Double.isNaN(lastGain) ? Double.isFinite(value) : gained(value);
        return new BestKeeper(
                metric,
                patience,
                minGain,
                metric.isBetter(value, best.value()) ? now : best,
                now,
                gain ? value : lastGain,
                gain ? 0 : withoutGain + 1);
    }

    private boolean gained(double value) {
        double gain = metric.smallerIsBetter() ? lastGain - value : value - lastGain;
        return Double.isFinite(value) && gain > minGain;
    }

    /** Returns whether patience has run out. */
    public boolean stops() {
        return patience > 0 && withoutGain >= patience;
    }

    /** Returns the number of evaluations in a row without gain. */
    public int withoutGain() {
        return withoutGain;
    }

    /** Returns the step of the best evaluation; empty as long as none was finite. */
    public OptionalLong bestStep() {
        return best.happened() ? OptionalLong.of(best.step()) : OptionalLong.empty();
    }

    /** Returns the best value; NaN as long as none was finite. */
    public double best() {
        return best.value();
    }

    /**
     * Returns the step whose weights the run answers with at its end: the best, or the last one if nothing was evaluated.
     *
     * @param lastStep the last step of the run
     * @throws DivergedException if there were evaluations and none was finite: no checkpoint is called best then
     */
    public long kept(long lastStep) {
        if (!last.happened()) {
            return lastStep;
        }
        if (!best.happened()) {
            throw new DivergedException("train: an evaluation must be finite to be kept; every " + metric.name()
                    + " was not finite, the last " + last.value() + " after step " + last.step()
                    + "; lower the learning rate or look at the validation rows");
        }
        return best.step();
    }

    /** Returns {@code best_step, best, last_step, last} for a report; without what is not there. */
    public Map<String, Object> report() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (best.happened()) {
            fields.put("best_step", best.step());
            fields.put("best", best.value());
        }
        if (last.happened()) {
            fields.put("last_step", last.step());
            fields.put("last", number(last.value()));
        }
        return fields;
    }

    /** Returns what a run says before its first step: what is kept, and when it stops early. */
    public String announcement(long validationRows) {
        if (validationRows == 0) {
            return "no validation rows: the last step is kept, and nothing stops the run early; give some with --valid";
        }
        String kept = "the step with the best " + metric.name() + " ("
                + (metric.smallerIsBetter() ? "smaller" : "greater") + " is better) on " + validationRows
                + " validation rows is kept; ";
        if (patience == 0) {
            return kept + "trained to the end";
        }
        return kept + "stops after " + patience + (patience == 1 ? " evaluation" : " evaluations") + " without a gain"
                + (minGain > 0 ? " of more than " + minGain : "");
    }

    /** Returns the state as fields of JSON, for a checkpoint; patience and least gain are settings and not among them. */
    public Map<String, Object> toFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("metric", metric.name());
        fields.put("smaller_is_better", metric.smallerIsBetter());
        fields.putAll(report());
        fields.put("last_gain", number(lastGain));
        fields.put("without_gain", withoutGain);
        return fields;
    }

    /**
     * Returns the state that a checkpoint holds, under the settings of this keeper.
     *
     * @throws TrainingException if the checkpoint's state is that of another metric
     * @throws luthier.tensor.io.ModelFormatException if a field is missing or malformed
     */
    public BestKeeper resumed(JsonObject fields) {
        Metric saved = new Metric(
                fields.get("metric").asString(), fields.get("smaller_is_better").asBoolean());
        if (!saved.equals(metric)) {
            throw new TrainingException(
                    "resume: the metric must be that of the checkpoint, " + saved.name() + "; got " + metric.name());
        }
        return new BestKeeper(
                metric,
                patience,
                minGain,
                evaluation(fields, "best_step", "best"),
                evaluation(fields, "last_step", "last"),
                number(fields.get("last_gain")),
                fields.get("without_gain").asInt());
    }

    private static Evaluation evaluation(JsonObject fields, String step, String value) {
        return fields.find(step)
                .map(found -> new Evaluation(found.asLong(), number(fields.get(value))))
                .orElse(Evaluation.NONE);
    }

    /** JSON has no NaN and no infinities: they are written as texts. */
    private static Object number(double value) {
        return Double.isFinite(value) ? (Object) value : String.valueOf(value);
    }

    private static double number(JsonValue value) {
        if (!(value instanceof JsonString text)) {
            return value.asDouble();
        }
        return switch (text.value()) {
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> value.asDouble();
        };
    }
}
