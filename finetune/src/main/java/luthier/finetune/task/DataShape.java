package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import luthier.nn.data.DataException;
import luthier.nn.data.Overlap;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.Split;
import luthier.nn.data.SplitRow;
import luthier.tensor.Rng;

/**
 * What rows are for: which task they have, which column plays which role, which columns are left unused. Recognised by rules in a
 * fixed order, the first that fits; checked against every row, so that a row that does not fit is an error with its place and its
 * repair, never an empty example. Immutable.
 *
 * @param kind the task
 * @param used the columns by role, such as text or first
 * @param unused the columns that play no role, in the file's order
 * @param labels all names of labels or tags, numbers by value, others by code points; empty for other tasks
 * @param rows how many rows were looked at
 * @param says what a user must know, in sentences: the labels with their counts, unused columns, what looks like a mistake
 */
public record DataShape(
        Kind kind, Map<String, String> used, List<String> unused, List<String> labels, int rows, List<String> says) {
    static final String MESSAGES = "messages";
    static final String PROMPT = "prompt";
    static final String INPUT = "input";
    static final String COMPLETION = "completion";
    static final String CHOSEN = "chosen";
    static final String REJECTED = "rejected";
    static final String ANCHOR = "anchor";
    static final String POSITIVE = "positive";
    static final String NEGATIVE = "negative";
    static final String FIRST = "first";
    static final String SECOND = "second";
    static final String TEXT = "text";
    static final String LABEL = "label";
    static final String SCORE = "score";
    static final String TOKENS = "tokens";
    static final String TAGS = "tags";

    /** The tasks that rows can have. */
    public enum Kind {
        /** Conversations. */
        CHAT("chat"),
        /** A preferred and a rejected answer. */
        PREFERENCE("preference"),
        /** Answers called good or bad. */
        FEEDBACK("feedback"),
        /** Answers to prompts. */
        COMPLETION("completion"),
        /** Texts that belong together. */
        EMBED("embed"),
        /** Classes of pairs of texts. */
        PAIR_CLASSIFY("pair-classify"),
        /** Numbers of pairs of texts. */
        PAIR_REGRESS("pair-regress"),
        /** Tags of tokens. */
        TAG("tag"),
        /** Classes of texts. */
        CLASSIFY("classify"),
        /** Several labels, or none, of a text. */
        MULTI("multi"),
        /** Numbers of texts. */
        REGRESS("regress"),
        /** Texts to be continued. */
        LANGUAGE("language");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Returns the name that is said and stored, {@code pair-classify}. */
        public String word() {
            return word;
        }

        /** Returns the word of {@code --task} that asks for it, {@code pair}. */
        public String task() {
            return switch (this) {
                case PAIR_CLASSIFY, PAIR_REGRESS -> "pair";
                case MULTI -> "classify";
                case REGRESS -> "score";
                case LANGUAGE -> "text";
                default -> word;
            };
        }

        /** Whether rows are divided by their labels. */
        boolean hasClasses() {
            return this == CLASSIFY || this == MULTI || this == PAIR_CLASSIFY;
        }

        boolean hasLabels() {
            return hasClasses() || this == TAG;
        }

        boolean hasNumbers() {
            return this == REGRESS || this == PAIR_REGRESS;
        }
    }

    /** Copies the collections. */
    public DataShape {
        used = Collections.unmodifiableMap(new LinkedHashMap<>(used));
        unused = List.copyOf(unused);
        labels = List.copyOf(labels);
        says = List.copyOf(says);
    }

    /**
     * Recognises what rows are for and checks every row.
     *
     * {@snippet :
     * Path file = Files.writeString(Files.createTempFile("tickets", ".csv"), """
     *         id,text,label
     *         1,where is my parcel,delivery
     *         2,the page is down,outage
     *         3,my parcel is late,delivery
     *         """);
     * DataShape shape = DataShape.recognise(Rows.read(file), DataOptions.auto());
     * shape.kind().word(); // classify
     * shape.labels(); // [delivery, outage]
     * shape.unused(); // [id]
     * }
     *
     * @throws DataException if no shape fits, a column that an option names is missing, a row does not fit, or the labels cannot be
     *     learned: all of one class, or one for each row
     */
    public static DataShape recognise(Rows rows, DataOptions options) {
        ShapeRules.Choice choice = ShapeRules.choose(rows, options);
        List<String> unused = ShapeRules.unused(rows, choice);
        LabelCensus counts = TypedRows.count(rows, choice);
        List<String> says = new ArrayList<>();
        says.add(said(choice));
        if (choice.used().containsValue("conversations")) {
            says.add("conversations of from and value are read as messages of role and content");
        }
        if (!unused.isEmpty()) {
            says.add("unused columns: " + String.join(", ", unused));
        }
        says.addAll(counts.check(rows, choice));
        return new DataShape(choice.kind(), choice.used(), unused, counts.sorted(), rows.size(), says);
    }

    /**
     * Returns the shape of rows whose task is known already: of a model that has learned it, to be measured on them.
     *
     * @throws DataException if the rows are of another task, one does not fit, or it has a label that the model does not know
     */
    public static DataShape of(Task task, Rows rows, DataOptions options) {
        Kind kind = Arrays.stream(Kind.values())
                .filter(known -> known.word().equals(task.name()))
                .findFirst()
                .orElseThrow();
        ShapeRules.Choice found =
                ShapeRules.choose(rows, options.task().equals("auto") ? options.withTask(kind.task()) : options);
        Map<String, String> used = new LinkedHashMap<>();
        found.used()
                .forEach((role, column) -> used.put(
                        role.equals(LABEL) && kind.hasNumbers()
                                ? SCORE
                                : role.equals(SCORE) && kind.hasLabels() ? LABEL : role,
                        column));
        if (!found.kind().task().equals(kind.task())
                && !(labels(found.kind()) && labels(kind) && pair(found.kind()) == pair(kind))) {
            throw new DataException(
                    rows.source(),
                    "must hold rows of task " + kind.word() + ", which was learned; got "
                            + found.kind().word());
        }
        ShapeRules.Choice choice = new ShapeRules.Choice(kind, used);
        LabelCensus counts = TypedRows.count(rows, choice);
        if (kind.hasLabels()) {
            counts.requireKnown(rows, task.labels());
        }
        List<String> unused = ShapeRules.unused(rows, choice);
        List<String> says = new ArrayList<>();
        says.add(said(choice));
        if (!unused.isEmpty()) {
            says.add("unused columns: " + String.join(", ", unused));
        }
        return new DataShape(kind, used, unused, task.labels(), rows.size(), says);
    }

    /** Whether a column of labels or numbers stands beside the text or texts. */
    private static boolean labels(Kind kind) {
        return kind.hasClasses() || kind.hasNumbers();
    }

    private static boolean pair(Kind kind) {
        return kind == Kind.PAIR_CLASSIFY || kind == Kind.PAIR_REGRESS;
    }

    private static String said(ShapeRules.Choice choice) {
        return choice.kind().word() + ": "
                + choice.used().entrySet().stream()
                        .map(role -> role.getKey() + " from column " + DataException.shown(role.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /**
     * Checks that other rows, of validation or test, have the same columns and no label of their own.
     *
     * @return what a user must know: labels that these rows lack
     * @throws DataException if a column is missing, a row does not fit, or a label was never seen in training, naming line and label
     */
    public List<String> check(Rows other) {
        for (String column : used.values()) {
            if (!other.columns().contains(column) && !optional(column)) {
                throw new DataException(
                        other.source(),
                        "must have the columns of training, " + String.join(", ", used.values()) + "; got "
                                + String.join(", ", other.columns()) + "; rename one of them to " + column);
            }
        }
        LabelCensus counts = TypedRows.count(other, new ShapeRules.Choice(kind, used));
        counts.requireKnown(other, labels);
        List<String> missing = labels.stream()
                .filter(label -> !counts.sorted().contains(label))
                .toList();
        return missing.isEmpty()
                ? List.of()
                : List.of("labels without a row in " + other.source() + ": " + String.join(", ", missing));
    }

    private boolean optional(String column) {
        return column.equals(used.get(INPUT));
    }

    /**
     * Returns a row's texts, labels and number by their roles.
     *
     * @throws DataException if it does not fit, naming file, line and column; if it has a label that is not of {@link #labels()}
     */
    public TypedRow typed(Row row) {
        TypedRow typed = TypedRows.of(row, kind, used);
        if (kind.hasLabels()) {
            for (String label : typed.labels()) {
                if (!labels.contains(label)) {
                    throw LabelCensus.unknown(row, used.getOrDefault(LABEL, TAGS), label, labels);
                }
            }
        }
        return typed;
    }

    /** Returns all rows by their roles, in order; holds them. Throws as {@link #typed(Row)}. */
    public List<TypedRow> typed(Rows all) {
        List<TypedRow> typed = new ArrayList<>();
        all.forEach(row -> typed.add(typed(row)));
        return typed;
    }

    /**
     * Divides rows into training and validation: by class where the shape has classes, equal texts on one side.
     *
     * @param fraction the share of validation, between 0 and 1
     */
    public Split split(List<TypedRow> all, double fraction, Rng rng) {
        return Split.stratified(all.stream().map(this::splitRow).toList(), fraction, rng);
    }

    /** Returns which rows of another file have texts that are trained on, and how many rows of training repeat others. */
    public Overlap overlap(List<TypedRow> train, List<TypedRow> other) {
        return Overlap.of(
                train.stream().map(this::splitRow).toList(),
                other.stream().map(this::splitRow).toList());
    }

    private SplitRow splitRow(TypedRow row) {
        return new SplitRow(row.texts(), kind.hasClasses() ? row.labels() : List.of());
    }

    /** Returns what is said aloud, a line a sentence. */
    public String announcement() {
        return String.format(Locale.ROOT, "%d rows%n", rows) + String.join(System.lineSeparator(), says);
    }
}
