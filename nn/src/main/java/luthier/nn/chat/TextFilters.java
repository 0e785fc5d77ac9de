package luthier.nn.chat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import luthier.nn.chat.Value.Text;

/** Filters of texts; another value is printed first. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("string", (value, given, run) -> soft(value, run));
        all.put("safe", (value, given, run) -> new Text(soft(value, run).value(), true));
        all.put("escape", (value, given, run) -> escaped(value, run));
        all.put("e", (value, given, run) -> escaped(value, run));
        all.put(
                "forceescape",
                (value, given, run) -> new Text(Texts.escaped(Printing.text(value, run.budget())), true));
        all.put("upper", (value, given, run) -> method("upper", value, given, run));
        all.put("lower", (value, given, run) -> method("lower", value, given, run));
        all.put("capitalize", (value, given, run) -> method("capitalize", value, given, run));
        all.put("title", TextFilters::title);
        all.put("trim", (value, given, run) -> method("strip", value, given, run));
        all.put("center", TextFilters::center);
        all.put("replace", TextFilters::replace);
        all.put("indent", TextFilters::indent);
        all.put("format", TextFilters::format);
        all.put(
                "wordcount",
                (value, given, run) -> Value.of(
                        WORD.matcher(soft(value, run).value()).results().count()));
    }

    /** The value as a text, marked if it is. */
    static Text soft(Value value, Run run) {
        return value instanceof Text text ? text : new Text(Printing.text(value, run.budget()), false);
    }

    private static Value escaped(Value value, Run run) {
        Text text = soft(value, run);
        if (text.markup()) {
            return text;
        }
        run.budget().characters(6L * text.value().length());
        return new Text(Texts.escaped(text.value()), true);
    }

    private static Value method(String name, Value value, Arguments given, Run run) {
        NamedFunction method = TextMethods.find(soft(value, run), name);
        return java.util.Objects.requireNonNull(method, name).call(given, run);
    }

    /** Every word begins large and goes on small; words are parted by space, hyphens and opening brackets. */
    private static Value title(Value value, Arguments given, Run run) {
        given.bind("title");
        Text text = soft(value, run);
        run.budget().characters(text.value().length());
        StringBuilder result = new StringBuilder();
        boolean begins = true;
        for (String character : Texts.characters(text.value())) {
            int c = character.codePointAt(0);
            boolean parts = c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || Texts.isSpace(c);
            result.append(parts ? character : begins ? Texts.upper(character) : Texts.lower(character));
            begins = parts;
        }
        return Value.of(result.toString());
    }

    private static Value center(Value value, Arguments given, Run run) {
        Value width = given.bind("center", "width").get("width", Value.of(80));
        return method("center", value, Arguments.of(width), run);
    }

    private static Value replace(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("replace", "old", "new", "count");
        String text = Printing.text(value, run.budget());
        String old = Printing.text(bound.get("old"), run.budget());
        String other = Printing.text(bound.get("new"), run.budget());
        return Value.of(Texts.replace(text, old, other, bound.integer("count", -1), run.budget()));
    }

    private static Value indent(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("indent", "width", "first", "blank");
        Text text = soft(value, run);
        String space;
        if (bound.get("width", Value.of(4)) instanceof Text written) {
            space = written.value();
        } else {
            int width = Math.max(0, bound.integer("width", 4));
            run.budget().characters(width);
            space = " ".repeat(width);
        }
        boolean first = bound.truth("first", false);
        boolean blank = bound.truth("blank", false);
        List<String> lines = Texts.lines(text.value() + "\n", false);
        run.budget().characters(text.value().length() + (long) lines.size() * (space.length() + 1));
        StringBuilder result = new StringBuilder(first ? space : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean indented = i > 0 && (blank || !line.isEmpty());
            result.append(i > 0 ? "\n" : "").append(indented ? space : "").append(line);
        }
        return text.with(result.toString());
    }

    private static Value format(Value value, Arguments given, Run run) {
        if (!given.positional().isEmpty() && !given.named().isEmpty()) {
            throw TemplateException.type("format takes arguments by place or by name, not both");
        }
        Value values = given.named().isEmpty()
                ? Value.Tuple.of(given.positional())
                : Value.Mapping.of(Functions.entries(new Arguments(List.of(), given.named()), run));
        return PercentFormat.format(soft(value, run), values, run);
    }
}
