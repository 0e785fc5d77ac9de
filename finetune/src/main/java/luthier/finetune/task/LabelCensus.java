package luthier.finetune.task;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import luthier.finetune.task.DataShape.Kind;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.TextKey;
import luthier.nn.data.WhiteSpace;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonString;
import org.jspecify.annotations.Nullable;

/** The labels of a file with their counts and spellings, what makes them impossible to learn, and what looks like a mistake. */
final class LabelCensus {
    /** Numbers by their value, so that 10 does not stand before 2, then everything else by code points. */
    static final Comparator<String> ORDER = Comparator.comparing(
                    LabelCensus::value, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Comparator.naturalOrder());

    private static final int SHOWN = 20;

    /** More labels than these are no classes, and need not be held. */
    private static final int MOST = 100_000;

    private static final double IMBALANCED = 0.8;

    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Row> first = new HashMap<>();
    private final Map<String, Boolean> quoted = new HashMap<>();
    private final Set<String> spaced = new TreeSet<>();
    private final Set<List<String>> sets = new HashSet<>();
    private final Map<Double, String> numbers = new HashMap<>();
    private final DoubleSummaryStatistics range = new DoubleSummaryStatistics();
    private int rows;
    private int decimalCommas;
    private boolean tooMany;

    private static @Nullable BigDecimal value(String label) {
        boolean exponent = label.indexOf('e') >= 0 || label.indexOf('E') >= 0;
        return !exponent && (Numbers.digits(label) || Numbers.number(label)) ? new BigDecimal(label) : null;
    }

    /** Counts a row. */
    void add(TypedRow typed, ShapeRules.Choice choice) {
        rows++;
        typed.number().ifPresent(range);
        if (numbers.size() < 2 && typed.number().isPresent()) {
            JsonValue written = typed.row().values().get(choice.used().getOrDefault(DataShape.SCORE, DataShape.SCORE));
            numbers.putIfAbsent(typed.number().getAsDouble(), String.valueOf(written));
        }
        if (!choice.kind().hasLabels()) {
            return;
        }
        if (sets.size() < 2) {
            sets.add(typed.labels());
        }
        for (String label : typed.labels()) {
            if (counts.size() >= MOST && !counts.containsKey(label)) {
                tooMany = true;
                return;
            }
            counts.merge(label, 1, Integer::sum);
            first.putIfAbsent(label, typed.row());
            decimalCommas += Numbers.decimalComma(label) ? 1 : 0;
        }
        JsonValue value = typed.row().values().get(column(choice));
        List<JsonValue> written =
                value instanceof JsonArray list ? list.elements() : List.of(Objects.requireNonNull(value));
        for (int i = 0; i < written.size(); i++) {
            addSpelling(typed, typed.labels().get(i), written.get(i), column(choice));
        }
    }

    private void addSpelling(TypedRow typed, String label, JsonValue written, String column) {
        if (written instanceof JsonString text && !text.value().equals(label)) {
            spaced.add(label);
        }
        // The number 1 and the text "1" would be two labels that print alike.
        boolean text = written instanceof JsonString;
        if (quoted.computeIfAbsent(label, first -> text) != text) {
            throw typed.row()
                    .error(
                            column,
                            "a label must be written in one way, as a text or as a number",
                            "write " + label + " with quotes everywhere, or nowhere");
        }
    }

    private static String column(ShapeRules.Choice choice) {
        return choice.used()
                .getOrDefault(choice.kind() == Kind.TAG ? DataShape.TAGS : DataShape.LABEL, DataShape.LABEL);
    }

    /** Returns all labels in their order. */
    List<String> sorted() {
        return counts.keySet().stream().sorted(ORDER).toList();
    }

    private int count(String label) {
        return counts.getOrDefault(label, 0);
    }

    // ---- training
    // -------------------------------------------------------------------------------------------------------

    /** Checks that there is something to learn and returns what must be said. */
    List<String> check(Rows all, ShapeRules.Choice choice) {
        if (choice.kind().hasNumbers()) {
            requireDifferentNumbers(all, choice.used().getOrDefault(DataShape.SCORE, DataShape.SCORE));
            return List.of(String.format(
                    Locale.ROOT,
                    "numbers from %s to %s, mean %.4g",
                    range.getMin(),
                    range.getMax(),
                    range.getAverage()));
        }
        if (!choice.kind().hasLabels()) {
            return List.of();
        }
        requireClasses(all, choice);
        List<String> says = new ArrayList<>();
        says.add(summary(choice.kind()));
        if (!spaced.isEmpty()) {
            says.add("outer space of labels is left out: " + String.join(", ", spaced));
        }
        alike("labels that differ only by case or white space are kept apart: ", label -> TextKey.of(List.of(label)))
                .forEach(says::add);
        alike("labels that are the same number are kept apart: ", label -> {
                    BigDecimal value = value(label);
                    return value == null ? label : value.stripTrailingZeros().toPlainString();
                })
                .forEach(says::add);
        List<String> joined = choice.kind().hasClasses()
                ? sorted().stream().filter(this::looksLikeList).toList()
                : List.of();
        if (!joined.isEmpty()) {
            says.add("labels that look like lists are single names here: " + some(joined)
                    + "; several labels a row are lists of JSON, [\"a\", \"b\"]");
        }
        List<String> single =
                sorted().stream().filter(label -> count(label) == 1).toList();
        if (!single.isEmpty() && choice.kind() != Kind.TAG) {
            says.add("labels with a single row, which can be learned but not validated: " + some(single));
        }
        return says;
    }

    private void requireDifferentNumbers(Rows all, String column) {
        if (numbers.size() < 2) {
            throw new DataException(
                    all.source(),
                    column + ": there must be different numbers; got one number, "
                            + numbers.values().iterator().next() + ", in all "
                            + rows + " rows; name the right column with --label");
        }
    }

    private void requireClasses(Rows all, ShapeRules.Choice choice) {
        String column = column(choice);
        if (counts.isEmpty()) {
            throw new DataException(
                    all.source(), column + ": there must be labels; got no label in any row; fill the lists");
        }
        boolean constant = sets.size() < 2 && choice.kind() != Kind.TAG;
        if (constant || (choice.kind() == Kind.TAG && counts.size() < 2)) {
            throw new DataException(
                    all.source(),
                    column + ": there must be two classes or more; got one class, "
                            + DataException.shown(sorted().getFirst()) + ", in all " + rows
                            + " rows; add rows of another class or name the right column with --label");
        }
        boolean single = choice.kind() != Kind.MULTI && choice.kind() != Kind.TAG;
        if (tooMany || (single && !Column.few(counts.size(), rows))) {
            boolean commas = decimalCommas * 2 > rows;
            throw new DataException(
                    all.source(),
                    column + ": labels must be few names that come again; got "
                            + (tooMany ? "more than " : "") + counts.size()
                            + " distinct labels in " + rows + " rows, "
                            + some(sorted().subList(0, Math.min(3, counts.size())))
                            + (commas
                                    ? "; write numbers with a point instead of a comma"
                                    : "; name the right column with --label, or say --task text, completion or embed"));
        }
    }

    private String summary(Kind kind) {
        List<String> byCount = sorted().stream()
                .sorted(Comparator.comparingInt(this::count).reversed())
                .limit(SHOWN)
                .map(label -> label + " " + count(label))
                .toList();
        int most = counts.values().stream().mapToInt(n -> n).max().orElse(0);
        int total = kind == Kind.TAG ? counts.values().stream().mapToInt(n -> n).sum() : rows;
        double share = (double) most / total;
        return counts.size() + " labels: " + String.join(", ", byCount)
                + (byCount.size() < counts.size() ? ", ..." : "")
                + (kind == Kind.MULTI
                        ? ""
                        : String.format(Locale.ROOT, "; always answering the first is right for %.1f %%", 100 * share))
                + (kind != Kind.MULTI && kind != Kind.TAG && share >= IMBALANCED
                        ? "; the classes are imbalanced, see --class-weights"
                        : "");
    }

    /** Whether a label is a list in brackets, or other labels with a mark between them. */
    private boolean looksLikeList(String label) {
        return (label.startsWith("[") && label.endsWith("]"))
                || Arrays.stream(label.split("[|;,]", -1))
                        .map(WhiteSpace::trim)
                        .filter(part -> !part.equals(label))
                        .anyMatch(counts::containsKey);
    }

    private List<String> alike(String rule, Function<String, String> key) {
        return sorted().stream()
                .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .filter(labels -> labels.size() > 1)
                .map(labels -> rule + String.join(", ", labels))
                .toList();
    }

    private static String some(List<String> labels) {
        return labels.stream().limit(SHOWN).collect(Collectors.joining(", ")) + (labels.size() > SHOWN ? ", ..." : "");
    }

    // ---- validation and test
    // --------------------------------------------------------------------------------------------

    /** Checks that training has seen every label. */
    void requireKnown(Rows other, List<String> known) {
        Set<String> seen = Set.copyOf(known);
        sorted().stream()
                .filter(label -> !seen.contains(label))
                .map(label -> Map.entry(label, first.get(label)))
                .min(Comparator.comparingInt(label -> label.getValue().line()))
                .ifPresent(label -> {
                    throw unknown(label.getValue(), "label", label.getKey(), known);
                });
    }

    static DataException unknown(Row row, String column, String label, List<String> known) {
        return new DataException(
                row.file(),
                row.line(),
                0,
                column + ": must be a label of training; got " + DataException.shown(label)
                        + ", unseen there; known are " + some(known));
    }
}
