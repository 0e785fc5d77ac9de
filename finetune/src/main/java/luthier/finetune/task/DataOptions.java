package luthier.finetune.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user says about the columns of a file; what is not said is recognised.
 *
 * @param task {@code auto}, {@code classify}, {@code pair}, {@code embed}, {@code chat}, {@code completion}, {@code text},
 *     {@code preference}, {@code feedback}, {@code score} or {@code tag}
 * @param columns the columns named, by option: {@code text}, {@code label}, {@code prompt}, {@code completion}
 */
public record DataOptions(String task, Map<String, String> columns) {
    /** The words that {@code --task} knows. */
    public static final List<String> TASKS = List.of(
            "auto",
            "classify",
            "pair",
            "embed",
            "chat",
            "completion",
            "text",
            "preference",
            "feedback",
            "score",
            "tag");

    static final String TEXT = "text";
    static final String LABEL = "label";
    static final String PROMPT = "prompt";
    static final String COMPLETION = "completion";

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException for an unknown task
     */
    public DataOptions {
        if (!TASKS.contains(task)) {
            throw new IllegalArgumentException("--task: must be one of " + String.join(", ", TASKS) + "; got " + task);
        }
        columns = Map.copyOf(columns);
    }

    /** Nothing is said: everything is recognised. */
    public static DataOptions auto() {
        return new DataOptions("auto", Map.of());
    }

    /** Returns these options with the task said. */
    public DataOptions withTask(String task) {
        return new DataOptions(task, columns);
    }

    /** Returns these options with the column of the text said; null leaves it to be recognised. */
    public DataOptions withText(@Nullable String column) {
        return with(TEXT, column);
    }

    /** Returns these options with the column of the label or number said; null leaves it to be recognised. */
    public DataOptions withLabel(@Nullable String column) {
        return with(LABEL, column);
    }

    /** Returns these options with the column of the prompt said; null leaves it to be recognised. */
    public DataOptions withPrompt(@Nullable String column) {
        return with(PROMPT, column);
    }

    /** Returns these options with the column of the completion said; null leaves it to be recognised. */
    public DataOptions withCompletion(@Nullable String column) {
        return with(COMPLETION, column);
    }

    Optional<String> column(String option) {
        return Optional.ofNullable(columns.get(option));
    }

    private DataOptions with(String option, @Nullable String column) {
        Map<String, String> named = new LinkedHashMap<>(columns);
        if (column == null) {
            named.remove(option);
        } else {
            named.put(option, column);
        }
        return new DataOptions(task, named);
    }
}
