package luthier.finetune.task;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a split is measured by, and which direction is better. Immutable.
 *
 * @param name {@code accuracy}, {@code entity_f1}; a split may stand before it, {@code valid/loss}
 * @param smallerIsBetter true for losses, errors and perplexity
 */
public record Metric(String name, boolean smallerIsBetter) {
    private static final Set<String> SMALLER_IS_BETTER = Set.of("loss", "error", "perplexity");

    /** The loss that training lowers, on rows it does not train on. */
    public static final Metric LOSS = named("loss");

    /** Checks the name. */
    public Metric {
        if (name.isBlank()) {
            throw new IllegalArgumentException("metric: a name is needed; got \"" + name + "\"");
        }
    }

    /**
     * Returns the metric of this name: smaller is better if its last word is loss, error or perplexity ({@code valid/loss},
     * {@code mean_absolute_error}), greater otherwise. {@link #Metric} says it for a name of one's own.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public static Metric named(String name) {
        String[] words = name.split("[^A-Za-z0-9]+", -1);
        return new Metric(name, SMALLER_IS_BETTER.contains(words[words.length - 1]));
    }

    /** Returns the metrics of these names, in order. */
    static List<Metric> all(String... names) {
        return Arrays.stream(names).map(Metric::named).toList();
    }

    /**
     * Returns the metric of this name among those that a task offers.
     *
     * @param task the task's name, for the error
     * @throws IllegalArgumentException if the task does not offer it, naming those it does
     */
    public static Metric choose(String task, String name, List<Metric> offered) {
        return offered.stream()
                .filter(metric -> metric.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("metric: must be one that task " + task + " measures ("
                        + offered.stream().map(Metric::name).collect(Collectors.joining(", ")) + "); got " + name));
    }

    /** Returns whether a value is finite and better than another; equal ones are not, and anything finite is better than NaN. */
    public boolean isBetter(double value, double than) {
        if (!Double.isFinite(value)) {
            return false;
        }
        return !Double.isFinite(than) || (smallerIsBetter ? value < than : value > than);
    }
}
