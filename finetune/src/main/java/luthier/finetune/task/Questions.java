package luthier.finetune.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.WhiteSpace;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonString;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose answers are asked for, not known: which of their columns the model reads. Immutable.
 *
 * @param columns one column; two of a pair
 * @param words whether its values are words to be tagged: lists, or texts that white space divides
 */
public record Questions(List<String> columns, boolean words) {
    private static final List<String> TEXTS = List.of("text", "sentence", "content");
    private static final List<String> TOKENS = List.of("tokens", "words", "text");

    /** Copies the list. */
    public Questions {
        columns = List.copyOf(columns);
    }

    /**
     * Finds the columns that a task reads: those that are named; two that are usual names of a pair; {@code text}; the only column.
     *
     * @param named what a user says: one column, or two of a pair; none to find them
     * @throws DataException if a named column is missing, or none is found
     */
    public static Questions of(Task task, Rows rows, List<String> named) {
        List<String> all = rows.columns();
        int wanted = isPair(task) ? 2 : 1;
        for (String name : named) {
            if (!all.contains(name)) {
                throw new DataException(
                        rows.source(),
                        "--text must name a column of the file; got " + name + "; the columns are "
                                + String.join(", ", all));
            }
        }
        if (!named.isEmpty()) {
            if (named.size() != wanted) {
                throw new DataException(
                        rows.source(),
                        "--text must name " + (wanted == 2 ? "both texts of a pair" : "one column") + "; got "
                                + String.join(", ", named));
            }
            return new Questions(named, task.isPerToken());
        }
        Optional<List<String>> found = wanted == 2
                ? ShapeRules.PAIRS.stream().filter(all::containsAll).findFirst()
                : (task.isPerToken() ? TOKENS : TEXTS)
                        .stream().filter(all::contains).findFirst().map(List::of);
        return new Questions(
                found.or(() -> all.size() == wanted ? Optional.of(all) : Optional.empty())
                        .orElseThrow(() -> new DataException(
                                rows.source(),
                                (wanted == 2
                                                ? "the texts of a pair must be named by --text, twice,"
                                                : "the text's column must be named by --text")
                                        + " where the columns have no usual names; got " + String.join(", ", all))),
                task.isPerToken());
    }

    /** Returns whether a task reads two texts at once. */
    public static boolean isPair(Task task) {
        return task.name().startsWith("pair-");
    }

    /** Returns the columns that nobody reads, in the file's order. */
    public List<String> unused(Rows rows) {
        return rows.columns().stream().filter(name -> !columns.contains(name)).toList();
    }

    /**
     * Returns what the model reads of a row: its texts, or its words.
     *
     * @throws DataException if a text is missing or empty, naming file and line
     */
    public List<String> texts(Row row) {
        List<String> texts = new ArrayList<>();
        for (String column : columns) {
            JsonValue value = row.find(column).orElse(null);
            if (words && value instanceof JsonArray list) {
                list.elements().forEach(word -> texts.add(text(row, column, word)));
            } else if (words) {
                texts.addAll(List.of(WhiteSpace.trim(text(row, column, value)).split("\\s+", -1)));
            } else {
                texts.add(text(row, column, value));
            }
        }
        if (texts.isEmpty()) {
            throw row.error(columns.getFirst(), "must hold words", "fill it in or take the row out");
        }
        return texts;
    }

    private static String text(Row row, String column, @Nullable JsonValue value) {
        if (value instanceof JsonString text && !WhiteSpace.blank(text.value())) {
            return text.value();
        }
        throw row.error(column, "must be a text", "fill it in or take the row out");
    }
}
