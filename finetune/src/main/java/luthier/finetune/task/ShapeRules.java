package luthier.finetune.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import luthier.finetune.task.DataShape.Kind;
import luthier.nn.data.DataException;
import luthier.nn.data.RowFormat;
import luthier.nn.data.Rows;
import luthier.nn.data.WhiteSpace;

/** The rules of shapes, in their order: the first that fits the columns, and uses every column that the user named, is taken. */
final class ShapeRules {
    private static final List<String> LABELS = List.of("label", "target", "class", "labels");
    private static final List<String> SCORES = List.of("score", "similarity", "rating");
    static final List<List<String>> PAIRS = List.of(
            List.of("sentence1", "sentence2"),
            List.of("sentence_1", "sentence_2"),
            List.of("premise", "hypothesis"),
            List.of("question1", "question2"),
            List.of("text1", "text2"),
            List.of("text_a", "text_b"),
            List.of("question", "sentence"),
            List.of("query", "passage"),
            List.of("query", "document"));
    private static final List<List<String>> COMPLETIONS =
            List.of(List.of("prompt", "completion"), List.of("instruction", "output"), List.of("question", "answer"));

    /** A kind and the columns that it uses, by role. */
    record Choice(Kind kind, Map<String, String> used) {}

    private final Rows rows;
    private final DataOptions options;
    private final List<Column> columns;

    private ShapeRules(Rows rows, DataOptions options) {
        this.rows = rows;
        this.options = options;
        this.columns = Column.of(rows);
    }

    /** Chooses. Throws {@link DataException} if no rule fits or an option does not. */
    static Choice choose(Rows rows, DataOptions options) {
        ShapeRules rules = new ShapeRules(rows, options);
        rules.requireColumnsOfOptions();
        return rules.choose();
    }

    private Choice choose() {
        List<Supplier<Optional<Choice>>> rules = switch (options.task()) {
            case "chat" -> List.of(this::chat);
            case "preference" -> List.of(this::preference);
            case "feedback" -> List.of(this::feedback);
            case "completion" -> List.of(this::completion);
            case "embed" -> List.of(this::embedding, this::unlabelledPair);
            case "pair" -> List.of(this::pair);
            case "tag" -> List.of(this::tagging);
            case "classify", "score" -> List.of(this::labelled);
            case "text" -> List.of(this::language);
            default ->
                List.of(
                        this::chat,
                        this::preference,
                        this::feedback,
                        this::completion,
                        this::embedding,
                        this::pair,
                        this::tagging,
                        this::labelled,
                        this::language);
        };
        return rules.stream()
                .flatMap(rule -> rule.get().stream())
                .filter(choice ->
                        choice.used().values().containsAll(options.columns().values()))
                .findFirst()
                .orElseThrow(this::refusal);
    }

    // ---- rules
    // ----------------------------------------------------------------------------------------------------------

    private Optional<Choice> chat() {
        return column("messages", "conversations")
                .filter(Column::hasObjectLists)
                .map(messages -> choice(Kind.CHAT, DataShape.MESSAGES, messages.name()));
    }

    private Optional<Choice> preference() {
        return both("chosen", "rejected").map(pair -> {
            Map<String, String> used = new LinkedHashMap<>();
            prompt("prompt").ifPresent(prompt -> used.put(DataShape.PROMPT, prompt));
            used.put(DataShape.CHOSEN, pair.getFirst());
            used.put(DataShape.REJECTED, pair.getLast());
            return new Choice(Kind.PREFERENCE, used);
        });
    }

    private Optional<Choice> feedback() {
        Optional<String> prompt = prompt("prompt");
        Optional<String> completion = completion("completion");
        Optional<Column> label = labelColumn().filter(column -> column.hasTruths() || column.allBits());
        if (prompt.isEmpty() || completion.isEmpty() || label.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(choice(
                Kind.FEEDBACK,
                DataShape.PROMPT,
                prompt.get(),
                DataShape.COMPLETION,
                completion.get(),
                DataShape.LABEL,
                label.get().name()));
    }

    private Optional<Choice> completion() {
        for (List<String> names : COMPLETIONS) {
            Optional<String> prompt = prompt(names.getFirst());
            Optional<String> completion = completion(names.getLast());
            if (prompt.isPresent() && completion.isPresent()) {
                Map<String, String> used = new LinkedHashMap<>();
                used.put(DataShape.PROMPT, prompt.get());
                if (names.getFirst().equals("instruction")) {
                    column("input").ifPresent(input -> used.put(DataShape.INPUT, input.name()));
                }
                used.put(DataShape.COMPLETION, completion.get());
                return Optional.of(new Choice(Kind.COMPLETION, used));
            }
        }
        return Optional.empty();
    }

    private Optional<Choice> embedding() {
        return both("anchor", "positive").map(pair -> {
            Map<String, String> used = new LinkedHashMap<>();
            used.put(DataShape.ANCHOR, pair.getFirst());
            used.put(DataShape.POSITIVE, pair.getLast());
            column("negative").ifPresent(negative -> used.put(DataShape.NEGATIVE, negative.name()));
            return new Choice(Kind.EMBED, used);
        });
    }

    private Optional<Choice> unlabelledPair() {
        return pairOfTexts(labelColumn())
                .map(pair -> choice(Kind.EMBED, DataShape.ANCHOR, pair.getFirst(), DataShape.POSITIVE, pair.getLast()));
    }

    private Optional<Choice> pair() {
        Optional<Column> label = labelColumn();
        if (label.isEmpty() || label.get().hasLists()) {
            return Optional.empty();
        }
        return pairOfTexts(label).map(pair -> {
            boolean classes = classes(label.get());
            return choice(
                    classes ? Kind.PAIR_CLASSIFY : Kind.PAIR_REGRESS,
                    DataShape.FIRST,
                    pair.getFirst(),
                    DataShape.SECOND,
                    pair.getLast(),
                    classes ? DataShape.LABEL : DataShape.SCORE,
                    label.get().name());
        });
    }

    private Optional<Choice> tagging() {
        Optional<Column> tokens = column("tokens", "words").filter(Column::hasLists);
        Optional<Column> tags = options.column(DataOptions.LABEL)
                .flatMap(this::exact)
                .or(() -> column("tags", "ner_tags"))
                .filter(Column::hasLists);
        return tokens.isEmpty() || tags.isEmpty()
                ? Optional.empty()
                : Optional.of(choice(
                        Kind.TAG,
                        DataShape.TOKENS,
                        tokens.get().name(),
                        DataShape.TAGS,
                        tags.get().name()));
    }

    private Optional<Choice> labelled() {
        Optional<Column> label = labelColumn();
        if (label.isEmpty()) {
            return Optional.empty();
        }
        String text = textBeside(label.get());
        if (text.equals(label.get().name())) {
            throw error("the text and the label must be different columns; got " + text
                    + " for both; name them with --text and --label");
        }
        if (label.get().lists() && !options.task().equals("score")) {
            return Optional.of(choice(
                    Kind.MULTI,
                    DataShape.TEXT,
                    text,
                    DataShape.LABEL,
                    label.get().name()));
        }
        return Optional.of(
                classes(label.get())
                        ? choice(
                                Kind.CLASSIFY,
                                DataShape.TEXT,
                                text,
                                DataShape.LABEL,
                                label.get().name())
                        : choice(
                                Kind.REGRESS,
                                DataShape.TEXT,
                                text,
                                DataShape.SCORE,
                                label.get().name()));
    }

    private Optional<Choice> language() {
        Optional<String> text =
                options.column(DataOptions.TEXT).or(() -> column("text").map(Column::name));
        if (text.isEmpty()
                && options.task().equals("text")
                && columns.stream().filter(Column::texts).count() == 1) {
            text = columns.stream().filter(Column::texts).map(Column::name).findFirst();
        }
        String chosen = text.orElse("");
        List<String> targets = columns.stream()
                .filter(Column::plausibleTarget)
                .map(Column::name)
                .filter(name -> !name.equals(chosen))
                .toList();
        if (text.isPresent() && options.task().equals("auto") && !targets.isEmpty()) {
            throw error(
                    "the label's column must be named by --label unless it is called label, target, class or score; got "
                            + listed(rows.columns()) + "; say --label " + targets.getFirst()
                            + ", or --task text if only the text is to be learned");
        }
        return text.map(name -> choice(Kind.LANGUAGE, DataShape.TEXT, name));
    }

    // ---- columns
    // --------------------------------------------------------------------------------------------------------

    /** Whether a label's values are names of classes rather than numbers on a scale. */
    private boolean classes(Column label) {
        return switch (options.task()) {
            case "classify" -> true;
            case "score" -> false;
            default -> {
                if (label.hasLists()) {
                    yield true;
                }
                if (SCORES.contains(lower(label.name())) && label.mostlyNumbers()) {
                    yield false;
                }
                if (label.allNumbers()) {
                    yield label.numberedClasses();
                }
                // A few values that are no numbers among numbers are mistakes: they are named by the row that holds
                // one.
                yield !label.nearlyAllNumbers() && (label.few() || !label.mostlyNumbers());
            }
        };
    }

    private Optional<Column> labelColumn() {
        return options.column(DataOptions.LABEL)
                .flatMap(this::exact)
                .or(() -> column(LABELS.toArray(String[]::new)))
                .or(() -> column(SCORES.toArray(String[]::new)).filter(Column::mostlyNumbers));
    }

    private Optional<List<String>> pairOfTexts(Optional<Column> label) {
        if (options.column(DataOptions.TEXT).isPresent()) {
            return Optional.empty();
        }
        Optional<List<String>> named = PAIRS.stream()
                .flatMap(pair -> both(pair.getFirst(), pair.getLast()).stream())
                .findFirst();
        if (named.isPresent() || column("text").isPresent()) {
            return named;
        }
        List<String> longTexts = others(label).stream()
                .filter(Column::longTexts)
                .map(Column::name)
                .toList();
        return longTexts.size() == 2 ? Optional.of(longTexts) : Optional.empty();
    }

    /** Returns the column of the text of a labelled row. Throws {@link DataException} if several could be it. */
    private String textBeside(Column label) {
        Optional<String> named =
                options.column(DataOptions.TEXT).or(() -> column("text").map(Column::name));
        if (named.isPresent()) {
            return named.get();
        }
        List<Column> candidates = others(Optional.of(label));
        for (List<Column> some : List.of(
                candidates.stream().filter(Column::longTexts).toList(),
                candidates.stream().filter(Column::distinctTexts).toList(),
                candidates.stream().filter(Column::texts).toList())) {
            if (some.size() == 1) {
                return some.getFirst().name();
            }
            if (some.size() > 1) {
                break;
            }
        }
        throw error("the text's column must be named by --text where it is not called text; got "
                + listed(rows.columns()) + "; say --text and one of them");
    }

    private List<Column> others(Optional<Column> label) {
        return columns.stream()
                .filter(column -> label.isEmpty() || column != label.get())
                .toList();
    }

    private Optional<List<String>> both(String first, String second) {
        return column(first).flatMap(a -> column(second).map(b -> List.of(a.name(), b.name())));
    }

    private Optional<String> prompt(String usual) {
        return options.column(DataOptions.PROMPT).or(() -> column(usual).map(Column::name));
    }

    private Optional<String> completion(String usual) {
        return options.column(DataOptions.COMPLETION).or(() -> column(usual).map(Column::name));
    }

    /** Returns the first of these columns that exists, spelled so or else in other capitals. */
    private Optional<Column> column(String... names) {
        for (String name : names) {
            Optional<Column> found = exact(name)
                    .or(() -> columns.stream()
                            .filter(column -> lower(column.name()).equals(name))
                            .findFirst());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Column> exact(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    // ---- refusals
    // -------------------------------------------------------------------------------------------------------

    private void requireColumnsOfOptions() {
        new TreeMap<>(options.columns()).forEach((option, name) -> {
            if (exact(name).isEmpty()) {
                throw error("--" + option + " must name a column of the file; got " + DataException.shown(name)
                        + "; the columns are " + listed(rows.columns()));
            }
        });
    }

    private DataException refusal() {
        String wanted = switch (options.task()) {
            case "auto" -> "a known shape must fit the columns";
            case "classify", "score" -> options.task() + " needs a text and a label";
            case "pair" -> "pair needs two texts and a label or score";
            case "tag" -> "tag needs lists of tokens and tags";
            case "text" -> "text needs a column of texts";
            case "chat" -> "chat needs messages, lists of {role, content}";
            case "embed" -> "embed needs anchor and positive";
            case "preference" -> "preference needs chosen and rejected";
            case "feedback" -> "feedback needs prompt, completion and a label true or false";
            default -> options.task() + " needs prompt and completion";
        };
        String named = options.columns().entrySet().stream()
                .map(option -> " with --" + option.getKey() + " " + option.getValue())
                .sorted()
                .collect(Collectors.joining());
        return error(wanted + "; got the columns " + listed(rows.columns()) + named + "; " + repair());
    }

    /** Returns the options that would name a text and a label, or what else the file may need. */
    private String repair() {
        boolean table = rows.format()
                .filter(Set.of(RowFormat.CSV, RowFormat.TSV)::contains)
                .isPresent();
        if (table && rows.columns().stream().anyMatch(ShapeRules::looksLikeValue)) {
            return "this looks like a first row: put a header above it, such as text,label";
        }
        if (table && rows.columns().size() == 1 && rows.columns().getFirst().indexOf('|') >= 0) {
            return "columns are apart by commas, semicolons or tabs: put a line sep=| above the header";
        }
        String general = "name the columns with --text and --label (or --prompt and --completion), or say --task"
                + (table ? "; if this is no header but the first row, put a header above it" : "");
        boolean labelled = Set.of("auto", "classify", "score", "pair").contains(options.task());
        List<String> targets = candidates(List.of(Column::classes, Column::plausibleTarget), List.of());
        List<String> texts = PAIRS.stream()
                .flatMap(pair -> both(pair.getFirst(), pair.getLast()).stream())
                .findFirst()
                .orElseGet(() -> candidates(List.of(Column::longTexts, Column::distinctTexts), targets));
        if (!labelled || !options.columns().isEmpty() || targets.isEmpty() || texts.isEmpty()) {
            return general;
        }
        return "say " + (isPair(texts) ? "" : "--text " + oneOf(texts) + " ") + "--label " + oneOf(targets)
                + " if that is to be learned";
    }

    private static boolean isPair(List<String> names) {
        return names.size() == 2
                && PAIRS.contains(names.stream().map(ShapeRules::lower).toList());
    }

    /** Returns the columns for which the first of some tests that any column passes holds. */
    private List<String> candidates(List<Predicate<Column>> tests, List<String> taken) {
        for (Predicate<Column> test : tests) {
            List<String> found = columns.stream()
                    .filter(test)
                    .map(Column::name)
                    .filter(name -> !taken.contains(name))
                    .toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static String oneOf(List<String> names) {
        return names.stream().limit(4).map(DataException::shown).collect(Collectors.joining(" or "));
    }

    /** Whether a header's name is a number or a sentence. */
    private static boolean looksLikeValue(String name) {
        return Numbers.number(name) || WhiteSpace.trim(name).split("\\s+").length > 5;
    }

    private DataException error(String rule) {
        return new DataException(rows.source(), rule);
    }

    private static String listed(List<String> names) {
        return names.stream().map(DataException::shown).collect(Collectors.joining(", "));
    }

    private static Choice choice(Kind kind, String... rolesAndColumns) {
        Map<String, String> used = new LinkedHashMap<>();
        for (int i = 0; i < rolesAndColumns.length; i += 2) {
            used.put(rolesAndColumns[i], rolesAndColumns[i + 1]);
        }
        return new Choice(kind, used);
    }

    /** Returns the columns that a choice leaves unused, in the file's order. */
    static List<String> unused(Rows rows, Choice choice) {
        Set<String> left = new LinkedHashSet<>(rows.columns());
        left.removeAll(choice.used().values());
        return new ArrayList<>(left);
    }
}
