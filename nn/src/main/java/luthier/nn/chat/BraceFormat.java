package luthier.nn.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;

/** {@code '{} is {name:>5}'.format(a, name=b)}; fields of values are read as in templates. */
final class BraceFormat {
    private final Text format;
    private final Arguments given;
    private final Run run;
    private final StringBuilder text = new StringBuilder();
    private int at;
    /** The next place that is counted; -1 once places are written. */
    private int next;

    private BraceFormat(Text format, Arguments given, Run run) {
        this.format = format;
        this.given = given;
        this.run = run;
    }

    static Value format(Text format, Arguments given, Run run) {
        return new BraceFormat(format, given, run).all();
    }

    /** The arguments that a map stands for. */
    static Map<String, Value> named(Value map) {
        if (!(map instanceof Mapping mapping)) {
            throw TemplateException.type("format_map needs a map; got " + map.type());
        }
        Map<String, Value> named = new LinkedHashMap<>();
        for (Value pair : mapping.entries().pairs()) {
            List<Value> both = ((Tuple) pair).items();
            if (both.getFirst() instanceof Text name) {
                named.put(name.value(), both.getLast());
            }
        }
        return named;
    }

    private Value all() {
        String pattern = format.value();
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            if (c != '{' && c != '}') {
                int end = at;
                while (end < pattern.length() && pattern.charAt(end) != '{' && pattern.charAt(end) != '}') {
                    end++;
                }
                add(pattern.substring(at - 1, end));
                at = end;
            } else if (at < pattern.length() && pattern.charAt(at) == c) {
                add(String.valueOf(c));
                at++;
            } else if (c == '{') {
                field();
            } else {
                throw TemplateException.type("a format must open its braces; got a single '}'");
            }
        }
        return format.with(text.toString());
    }

    private void add(String part) {
        run.budget().characters(part.length());
        text.append(part);
    }

    private void field() {
        String inside = inside();
        int colon = inside.indexOf(':');
        String specification = colon < 0 ? "" : inside.substring(colon + 1);
        String name = colon < 0 ? inside : inside.substring(0, colon);
        int mark = name.indexOf('!');
        Value value = lookUp(mark < 0 ? name : name.substring(0, mark));
        if (mark >= 0) {
            value = switch (name.substring(mark + 1)) {
                case "s" -> Value.of(Printing.text(value, run.budget()));
                case "r", "a" -> Value.of(Printing.shown(value, run.budget()));
                default -> throw TemplateException.type("a format knows the conversions r, s and a");
            };
        }
        if (specification.indexOf('{') >= 0) {
            throw TemplateException.unsupported("a field within the format of a field");
        }
        String shown = FormatSpecification.of(specification).format(value, run);
        add(format.markup() && !(value instanceof Text one && one.markup()) ? Texts.escaped(shown) : shown);
    }

    private String inside() {
        String pattern = format.value();
        int depth = 1;
        int start = at;
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return pattern.substring(start, at - 1);
            }
        }
        throw TemplateException.type("a format must close its braces");
    }

    private Value lookUp(String name) {
        int end = 0;
        while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
            end++;
        }
        Value value = argument(name.substring(0, end));
        while (end < name.length()) {
            boolean bracket = name.charAt(end) == '[';
            int start = end + 1;
            end = start;
            while (end < name.length()
                    && (bracket ? name.charAt(end) != ']' : name.charAt(end) != '.' && name.charAt(end) != '[')) {
                end++;
            }
            String part = name.substring(start, end);
            if (part.isEmpty() || (bracket && end == name.length())) {
                throw TemplateException.type("a field of a format must have names after its dots and brackets");
            }
            boolean index = bracket && part.chars().allMatch(c -> c >= '0' && c <= '9') && part.length() < 10;
            value = bracket
                    ? Attributes.entry(value, index ? Value.of(Long.parseLong(part)) : Value.of(part))
                    : Attributes.attribute(value, part);
            end += bracket ? 1 : 0;
        }
        return value;
    }

    private Value argument(String name) {
        boolean digits = name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 10;
        if (!digits) {
            Value value = given.named().get(name);
            if (value == null) {
                throw TemplateException.type("a format needs the argument '" + name + "'");
            }
            return value;
        }
        if (name.isEmpty() ? next < 0 : next > 0) {
            throw TemplateException.type("a format must count its places or write them, not both");
        }
        int place = name.isEmpty() ? next++ : Integer.parseInt(name);
        next = name.isEmpty() ? next : -1;
        if (place >= given.positional().size()) {
            throw TemplateException.type("a format needs an argument for place " + place + "; got "
                    + given.positional().size());
        }
        return given.positional().get(place);
    }
}
