package luthier.finetune.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import luthier.finetune.task.DataShape.Kind;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.WhiteSpace;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** Reads rows by their roles; a row that does not fit is an error with file, line, column and repair. */
final class TypedRows {
    private static final String FILL = "fill it in or take the row out";

    /** The roles whose texts may be lists of messages. */
    private static final Set<String> SPOKEN =
            Set.of(DataShape.PROMPT, DataShape.COMPLETION, DataShape.CHOSEN, DataShape.REJECTED);

    /** What ShareGPT calls the roles. */
    private static final Map<String, String> ROLES = Map.of("human", "user", "gpt", "assistant");

    private final Row row;
    private final Map<String, String> used;

    private TypedRows(Row row, Map<String, String> used) {
        this.row = row;
        this.used = used;
    }

    /** Reads one row. */
    static TypedRow of(Row row, Kind kind, Map<String, String> used) {
        TypedRows reader = new TypedRows(row, used);
        return switch (kind) {
            case CHAT -> reader.chat();
            case PREFERENCE -> reader.texts(DataShape.PROMPT, DataShape.CHOSEN, DataShape.REJECTED);
            case FEEDBACK -> reader.feedback();
            case COMPLETION -> reader.completion();
            case EMBED -> reader.texts(DataShape.ANCHOR, DataShape.POSITIVE, DataShape.NEGATIVE);
            case PAIR_CLASSIFY, CLASSIFY -> reader.labelled(List.of(label(row, reader.column(DataShape.LABEL))));
            case MULTI -> reader.labelled(reader.labels());
            case PAIR_REGRESS, REGRESS -> reader.scored();
            case TAG -> reader.tagged();
            case LANGUAGE -> reader.texts(DataShape.TEXT);
        };
    }

    /**
     * Reads all rows and counts their labels.
     *
     * @throws DataException of the first row that does not fit, with the number of rows that have the same fault
     */
    static LabelCensus count(Rows rows, ShapeRules.Choice choice) {
        LabelCensus counts = new LabelCensus();
        Faults faults = new Faults();
        rows.forEach(row -> {
            try {
                counts.add(of(row, choice.kind(), choice.used()), choice);
            } catch (DataException fault) {
                faults.add(fault);
            }
        });
        faults.throwFirst(rows.size());
        return counts;
    }

    /** The first fault, and how many rows have it. */
    private static final class Faults {
        private Optional<DataException> first = Optional.empty();
        private int count;

        void add(DataException fault) {
            if (first.isEmpty()) {
                first = Optional.of(fault);
            }
            count += kind(fault).equals(kind(first.get())) ? 1 : 0;
        }

        /** The rule alone, without what this row holds. */
        private static String kind(DataException fault) {
            int got = fault.rule().indexOf("; got ");
            return got < 0 ? fault.rule() : fault.rule().substring(0, got);
        }

        void throwFirst(int rows) {
            if (first.isPresent()) {
                DataException fault = first.get();
                throw count == 1
                        ? fault
                        : new DataException(
                                fault.file(),
                                fault.line(),
                                fault.column(),
                                fault.rule() + " (" + count + " of " + rows + " rows are so)");
            }
        }
    }

    // ---- shapes
    // ---------------------------------------------------------------------------------------------------------

    private String column(String role) {
        return used.getOrDefault(role, role);
    }

    private TypedRow texts(String... roles) {
        return typed(textsOf(roles), List.of());
    }

    private List<String> textsOf(String... roles) {
        List<String> texts = new ArrayList<>();
        for (String role : roles) {
            if (used.containsKey(role)) {
                texts.add(SPOKEN.contains(role) ? spoken(column(role)) : text(column(role)));
            }
        }
        return texts;
    }

    private TypedRow typed(List<String> texts, List<String> labels) {
        return new TypedRow(row, texts, labels, OptionalDouble.empty());
    }

    private TypedRow labelled(List<String> labels) {
        return typed(textsOf(DataShape.TEXT, DataShape.FIRST, DataShape.SECOND), labels);
    }

    private TypedRow scored() {
        List<String> texts = textsOf(DataShape.TEXT, DataShape.FIRST, DataShape.SECOND);
        return new TypedRow(row, texts, List.of(), OptionalDouble.of(number(column(DataShape.SCORE))));
    }

    private TypedRow completion() {
        List<String> texts = textsOf(DataShape.PROMPT);
        String input = column(DataShape.INPUT);
        if (used.containsKey(DataShape.INPUT) && row.find(input).isPresent() && !blank(input)) {
            texts.add(text(input));
        }
        texts.add(spoken(column(DataShape.COMPLETION)));
        return typed(texts, List.of());
    }

    private boolean blank(String column) {
        return switch (row.values().get(column)) {
            case JsonString text -> WhiteSpace.blank(text.value());
            case JsonNull ignored -> true;
            case null, default -> false;
        };
    }

    private TypedRow feedback() {
        String column = column(DataShape.LABEL);
        String label = label(row, column).toLowerCase(Locale.ROOT);
        if (!label.equals("true") && !label.equals("false")) {
            throw row.error(
                    column,
                    "must be true or false beside prompt and completion",
                    "write true for a good answer and false for a bad one, or say --task completion");
        }
        return typed(textsOf(DataShape.PROMPT, DataShape.COMPLETION), List.of(label));
    }

    private List<String> labels() {
        String column = column(DataShape.LABEL);
        List<String> labels = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonValue element : list(column, "labels")) {
            String label = name(row, column, element);
            if (!seen.add(label)) {
                throw row.error(column, "must not hold a label twice, " + DataException.shown(label), "write it once");
            }
            labels.add(label);
        }
        return labels;
    }

    private TypedRow tagged() {
        String tokensColumn = column(DataShape.TOKENS);
        String tagsColumn = column(DataShape.TAGS);
        List<String> tokens = new ArrayList<>();
        for (JsonValue element : list(tokensColumn, "tokens")) {
            if (!(element instanceof JsonString token) || WhiteSpace.blank(token.value())) {
                throw row.error(tokensColumn, "must hold texts that are not empty", "mend the list of tokens");
            }
            tokens.add(token.value());
        }
        List<JsonValue> tags = list(tagsColumn, "tags");
        if (tokens.size() != tags.size()) {
            throw new DataException(
                    row.file(),
                    row.line(),
                    0,
                    tokensColumn + " and " + tagsColumn
                            + ": must be of equal length; got " + tokens.size() + " " + tokensColumn + " and "
                            + tags.size() + " "
                            + tagsColumn + "; write a tag for each token");
        }
        if (tokens.isEmpty()) {
            throw row.error(tokensColumn, "must not be empty", FILL);
        }
        return typed(
                tokens, tags.stream().map(tag -> name(row, tagsColumn, tag)).toList());
    }

    private TypedRow chat() {
        List<String> roles = new ArrayList<>();
        List<String> contents = messages(column(DataShape.MESSAGES), roles);
        return typed(contents, roles);
    }

    /** Returns the contents of a list of messages and adds their roles. */
    private List<String> messages(String column, List<String> roles) {
        List<String> contents = new ArrayList<>();
        for (JsonValue element : list(column, "messages")) {
            if (!(element instanceof JsonObject message)) {
                throw row.error(column, "must hold messages {role, content}", "mend the list of messages");
            }
            String role = messageText(column, message, "role", "from");
            roles.add(message.find("role").isPresent() ? role : ROLES.getOrDefault(role, role));
            // A message that calls a tool may say nothing.
            boolean calls = message.find("tool_calls").isPresent()
                    && message.find("content").isEmpty();
            contents.add(
                    calls ? message.get("tool_calls").toJson(0) : messageText(column, message, "content", "value"));
        }
        if (contents.isEmpty()) {
            throw row.error(column, "must not be empty", FILL);
        }
        return contents;
    }

    private String messageText(String column, JsonObject message, String key, String otherKey) {
        JsonValue value = message.find(key).or(() -> message.find(otherKey)).orElse(null);
        if (value instanceof JsonString text && !WhiteSpace.blank(text.value())) {
            return text.value();
        }
        throw row.error(column, "every message must have a " + key + ", a text that is not empty", "mend the message");
    }

    // ---- values
    // ---------------------------------------------------------------------------------------------------------

    /** Returns a text, or the contents of a list of messages in its place, a line each. */
    private String spoken(String column) {
        return present(row, column) instanceof JsonArray
                ? String.join("\n", messages(column, new ArrayList<>()))
                : text(column);
    }

    private String text(String column) {
        JsonValue value = present(row, column);
        if (!(value instanceof JsonString text)) {
            throw row.error(column, "must be a text", "write the text in quotes");
        }
        if (WhiteSpace.blank(text.value())) {
            throw row.error(column, "must not be empty", FILL);
        }
        return text.value();
    }

    private double number(String column) {
        JsonValue value = present(row, column);
        String text = switch (value) {
            case JsonString string -> WhiteSpace.trim(string.value());
            case JsonNumber number -> number.text();
            default -> throw row.error(column, "must be a number", FILL);
        };
        if (text.isEmpty()) {
            throw row.error(column, "must not be empty", FILL);
        }
        if (Numbers.decimalComma(text)) {
            throw row.error(column, "must be a number with a point, not a comma", "write " + text.replace(',', '.'));
        }
        if (!Numbers.number(text)) {
            throw row.error(
                    column, "must be a number", "write a number, or say --task classify if these are names of classes");
        }
        double number = Double.parseDouble(text);
        if (Double.isInfinite(number)) {
            throw row.error(column, "must be a finite number", "write a smaller one");
        }
        return number;
    }

    private List<JsonValue> list(String column, String what) {
        if (present(row, column) instanceof JsonArray list) {
            return list.elements();
        }
        throw row.error(column, "must be a list of " + what, "write [...] in every row");
    }

    private static String label(Row row, String column) {
        return name(row, column, present(row, column));
    }

    private static String name(Row row, String column, JsonValue value) {
        String name = switch (value) {
            case JsonString text -> WhiteSpace.trim(text.value());
            case JsonNumber number -> number.text();
            case JsonBoolean truth -> String.valueOf(truth.value());
            case JsonNull ignored -> throw row.error(column, "must not hold null", FILL);
            default ->
                throw row.error(
                        column,
                        "must be one label",
                        "write a text, or a list of texts in every row; spans go into tokens and tags");
        };
        if (WhiteSpace.blank(name)) {
            throw row.error(column, "must not be empty", FILL);
        }
        return name;
    }

    private static JsonValue present(Row row, String column) {
        JsonValue value = row.find(column).orElse(null);
        return switch (value) {
            case null -> throw row.error(column, "must not be missing", FILL);
            case JsonNull ignored -> throw row.error(column, "must not be null", FILL);
            default -> value;
        };
    }
}
