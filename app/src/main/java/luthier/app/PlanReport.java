package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import luthier.finetune.FineTuning;
import luthier.finetune.train.ParameterTable;
import luthier.tensor.Shape;

/**
 * What a run would train and cost, measured on a few steps.
 *
 * @param matched what is trained: names whose numbers are left out, their shape, and how many places there are
 * @param table parameters and bytes
 * @param steps of the run
 * @param secondsPerStep the median of those measured
 * @param evaluations of the run, before, during and after it
 * @param secondsPerEvaluation of all splits
 */
record PlanReport(
        List<Matched> matched,
        ParameterTable table,
        long steps,
        double secondsPerStep,
        long evaluations,
        double secondsPerEvaluation) {
    private static final int MEASURED_STEPS = 3;
    private static final int MEASURED_ROWS = 64;

    /** Trained values of one kind. */
    record Matched(String name, Shape shape, int places) {}

    /** Measures. */
    static PlanReport of(FineTuning tuning) {
        return new PlanReport(
                matched(tuning.trained()),
                tuning.table(),
                tuning.plan().totalSteps(),
                tuning.secondsPerStep(MEASURED_STEPS),
                tuning.plan().evaluations().count() + 2,
                tuning.secondsPerEvaluation(MEASURED_ROWS));
    }

    private static List<Matched> matched(Map<String, Shape> trained) {
        Map<Map.Entry<String, Shape>, Integer> places = new LinkedHashMap<>();
        trained.forEach(
                (name, shape) -> places.merge(Map.entry(name.replaceAll("\\.\\d+\\.", ".*."), shape), 1, Integer::sum));
        List<Matched> matched = new ArrayList<>();
        places.forEach((kind, count) -> matched.add(new Matched(kind.getKey(), kind.getValue(), count)));
        return matched;
    }

    /** Returns the time of the whole run. */
    double seconds() {
        return steps * secondsPerStep + evaluations * secondsPerEvaluation;
    }

    /** Returns all of it for people. */
    String text() {
        List<List<String>> places = new ArrayList<>();
        places.add(List.of("trained", "shape", "places"));
        matched.forEach(one -> places.add(List.of(one.name(), one.shape().toString(), Integer.toString(one.places()))));
        List<List<String>> groups = new ArrayList<>();
        groups.add(List.of("part", "trained", "frozen", "weights", "gradients", "optimizer"));
        table.groups().forEach(group -> groups.add(row(group)));
        groups.add(row(table.total()));
        ParameterTable.Group total = table.total();
        long known = ModelMemory.known(total);
        return Tables.aligned(places) + "\n" + Tables.aligned(groups) + "\n"
                + "trained: " + Tables.count(total.trainable()) + " of " + Tables.count(total.total()) + " parameters ("
                + Tables.percent(total.trainable(), total.total()) + ")\n"
                + "memory: " + Tables.bytes(known)
                + " for weights, gradients and optimizer, beside what a step keeps; the heap is "
                + Tables.bytes(Runtime.getRuntime().maxMemory())
                + (known > Runtime.getRuntime().maxMemory() ? ", TOO LITTLE: give more with --memory" : "") + "\n"
                + String.format(
                        Locale.ROOT,
                        "time: %s a step (median of %d measured), %s steps; %s an evaluation, %d evaluations; about %s in all%n",
                        brief(secondsPerStep),
                        MEASURED_STEPS,
                        Tables.count(steps),
                        brief(secondsPerEvaluation),
                        evaluations,
                        Tables.duration(seconds()));
    }

    private static String brief(double seconds) {
        return seconds < 60 ? String.format(Locale.ROOT, "%.2f s", seconds) : Tables.duration(seconds);
    }

    private static List<String> row(ParameterTable.Group group) {
        return List.of(
                group.name(),
                Tables.count(group.trainable()),
                Tables.count(group.frozen()),
                Tables.bytes(group.weightBytes()),
                Tables.bytes(group.gradientBytes()),
                Tables.bytes(group.optimizerBytes()));
    }

    /** Returns all of it for programs. */
    Map<String, Object> fields() {
        ParameterTable.Group total = table.total();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "matched",
                matched.stream()
                        .<Object>map(one -> Map.of(
                                "name", one.name(),
                                "shape", one.shape().toString(),
                                "places", one.places()))
                        .toList());
        fields.put("trainable", total.trainable());
        fields.put("total", total.total());
        fields.put("weight_bytes", total.weightBytes());
        fields.put("gradient_bytes", total.gradientBytes());
        fields.put("optimizer_bytes", total.optimizerBytes());
        fields.put("heap_bytes", Runtime.getRuntime().maxMemory());
        fields.put("steps", steps);
        fields.put("seconds_per_step", secondsPerStep);
        fields.put("evaluations", evaluations);
        fields.put("seconds_per_evaluation", secondsPerEvaluation);
        fields.put("seconds", seconds());
        return fields;
    }
}
