package luthier.nn.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import org.jspecify.annotations.Nullable;

/** The methods of Python's texts. */
final class TextMethods {
    /** A method of a text. */
    private interface Method {
        Value call(Text text, Arguments given, Run run);
    }

    private static final Map<String, Method> ALL = new HashMap<>();

    static {
        changing("upper", Texts::upper);
        changing("lower", Texts::lower);
        changing("casefold", text -> Texts.lower(text.replace("ß", "ss")));
        changing("capitalize", Texts::capitalize);
        changing("title", Texts::titled);
        changing("swapcase", TextMethods::swapped);
        ALL.put("strip", (text, given, run) -> stripped(text, given, true, true));
        ALL.put("lstrip", (text, given, run) -> stripped(text, given, true, false));
        ALL.put("rstrip", (text, given, run) -> stripped(text, given, false, true));
        ALL.put("split", (text, given, run) -> split(text, given, false));
        ALL.put("rsplit", (text, given, run) -> split(text, given, true));
        ALL.put("splitlines", TextMethods::lines);
        ALL.put("partition", (text, given, run) -> partition(text, given, false));
        ALL.put("rpartition", (text, given, run) -> partition(text, given, true));
        ALL.put("join", TextMethods::join);
        ALL.put("replace", TextMethods::replace);
        ALL.put("removeprefix", (text, given, run) -> {
            String prefix = given.bind("removeprefix", "prefix").text("prefix");
            return text.with(text.value().startsWith(prefix) ? text.value().substring(prefix.length()) : text.value());
        });
        ALL.put("removesuffix", (text, given, run) -> {
            String suffix = given.bind("removesuffix", "suffix").text("suffix");
            String value = text.value();
            return text.with(value.endsWith(suffix) ? value.substring(0, value.length() - suffix.length()) : value);
        });
        ALL.put("startswith", (text, given, run) -> TextSearch.affix(text.value(), given, true));
        ALL.put("endswith", (text, given, run) -> TextSearch.affix(text.value(), given, false));
        ALL.put("find", (text, given, run) -> Value.of(TextSearch.find(text.value(), given, false)));
        ALL.put("rfind", (text, given, run) -> Value.of(TextSearch.find(text.value(), given, true)));
        ALL.put("index", (text, given, run) -> TextSearch.index(text.value(), given, false));
        ALL.put("rindex", (text, given, run) -> TextSearch.index(text.value(), given, true));
        ALL.put("count", (text, given, run) -> TextSearch.count(text.value(), given));
        ALL.put("center", (text, given, run) -> padded("center", text, given, run));
        ALL.put("ljust", (text, given, run) -> padded("ljust", text, given, run));
        ALL.put("rjust", (text, given, run) -> padded("rjust", text, given, run));
        ALL.put("zfill", TextMethods::zeros);
        ALL.put("expandtabs", TextMethods::expanded);
        ALL.put("format", BraceFormat::format);
        ALL.put("format_map", (text, given, run) -> {
            Arguments named = new Arguments(
                    List.of(), BraceFormat.named(given.bind("format_map", "map").get("map")));
            return BraceFormat.format(text, named, run);
        });
        testing("isalpha", Character::isLetter);
        testing("isdigit", c -> Character.isDigit(c) || isSuperscript(c));
        testing("isdecimal", Character::isDigit);
        testing(
                "isnumeric",
                c -> Character.isDigit(c)
                        || Character.getType(c) == Character.LETTER_NUMBER
                        || Character.getType(c) == Character.OTHER_NUMBER);
        testing(
                "isalnum",
                c -> Character.isLetterOrDigit(c)
                        || Character.getType(c) == Character.LETTER_NUMBER
                        || Character.getType(c) == Character.OTHER_NUMBER);
        testing("isspace", Texts::isSpace);
        ALL.put("isascii", (text, given, run) -> Value.of(text.value().chars().allMatch(c -> c < 128)));
        ALL.put(
                "isprintable",
                (text, given, run) -> Value.of(text.value().codePoints().allMatch(Printing::isPrintable)));
        ALL.put("islower", (text, given, run) -> Value.of(isLower(text.value())));
        ALL.put("isupper", (text, given, run) -> Value.of(isUpper(text.value())));
        ALL.put(
                "istitle",
                (text, given, run) -> Value.of(text.value().codePoints().anyMatch(TextMethods::cased)
                        && Texts.titled(text.value()).equals(text.value())));
        ALL.put("isidentifier", (text, given, run) -> Value.of(isIdentifier(text.value())));
    }

    private TextMethods() {}

    static @Nullable NamedFunction find(Text text, String name) {
        Method method = ALL.get(name);
        return method == null
                ? null
                : (given, run) -> {
                    run.budget().steps(text.weight() + given.weight());
                    return method.call(text, given, run);
                };
    }

    private static void changing(String name, UnaryOperator<String> change) {
        ALL.put(name, (text, given, run) -> {
            given.bind(name);
            run.budget().characters(text.value().length());
            return text.with(change.apply(text.value()));
        });
    }

    private static void testing(String name, IntPredicate test) {
        ALL.put(name, (text, given, run) -> {
            given.bind(name);
            return Value.of(!text.value().isEmpty() && text.value().codePoints().allMatch(test));
        });
    }

    // ---- letters

    private static boolean cased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    private static boolean isSuperscript(int c) {
        return Character.getType(c) == Character.OTHER_NUMBER
                && Character.digit(Character.toString(c).codePointAt(0), 10) < 0
                && (c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x2089));
    }

    private static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && (Character.isUnicodeIdentifierStart(text.codePointAt(0)) || text.charAt(0) == '_')
                && text.codePoints().allMatch(Character::isUnicodeIdentifierPart);
    }

    private static String swapped(String text) {
        StringBuilder swapped = new StringBuilder();
        for (String character : Texts.characters(text)) {
            int c = character.codePointAt(0);
            swapped.append(
                    Character.isUpperCase(c)
                            ? Texts.lower(character)
                            : Character.isLowerCase(c) ? Texts.upper(character) : character);
        }
        return swapped.toString();
    }

    // ---- cutting

    private static Value stripped(Text text, Arguments given, boolean left, boolean right) {
        Arguments.Bound bound = given.bind("strip", "chars");
        String value = text.value();
        if (!bound.says("chars")) {
            value = left ? Texts.stripLeft(value) : value;
            return text.with(right ? Texts.stripRight(value) : value);
        }
        String characters = bound.text("chars");
        value = left ? Texts.stripLeft(value, characters) : value;
        return text.with(right ? Texts.stripRight(value, characters) : value);
    }

    private static Value split(Text text, Arguments given, boolean fromRight) {
        Arguments.Bound bound = given.bind("split", "sep", "maxsplit");
        int most = bound.integer("maxsplit", -1);
        String value = text.value();
        if (!bound.says("sep")) {
            return texts(text, fromRight ? Texts.wordsFromRight(value, most) : Texts.words(value, most));
        }
        String separator = bound.text("sep");
        if (separator.isEmpty()) {
            throw TemplateException.type("split needs a separator that is not empty");
        }
        return texts(
                text, fromRight ? Texts.splitFromRight(value, separator, most) : Texts.split(value, separator, most));
    }

    private static Items texts(Text like, List<String> parts) {
        List<Value> items = new ArrayList<>(parts.size());
        parts.forEach(part -> items.add(like.with(part)));
        return Items.of(items);
    }

    private static Value lines(Text text, Arguments given, Run run) {
        return texts(
                text,
                Texts.lines(text.value(), given.bind("splitlines", "keepends").truth("keepends", false)));
    }

    private static Value partition(Text text, Arguments given, boolean fromRight) {
        String separator = given.bind("partition", "sep").text("sep");
        if (separator.isEmpty()) {
            throw TemplateException.type("partition needs a separator that is not empty");
        }
        String value = text.value();
        int at = fromRight ? value.lastIndexOf(separator) : value.indexOf(separator);
        if (at < 0) {
            Text none = text.with("");
            return fromRight ? Tuple.of(none, none, text) : Tuple.of(text, none, none);
        }
        return Tuple.of(
                text.with(value.substring(0, at)),
                text.with(separator),
                text.with(value.substring(at + separator.length())));
    }

    // ---- putting together

    private static Value join(Text text, Arguments given, Run run) {
        StringBuilder joined = new StringBuilder();
        String separator = "";
        Value over = given.bind("join", "iterable").get("iterable");
        for (Iterator<Value> items = Walking.over(over, run); items.hasNext(); ) {
            if (!(items.next() instanceof Text item)) {
                throw TemplateException.type("join needs texts");
            }
            String part = text.markup() && !item.markup() ? Texts.escaped(item.value()) : item.value();
            run.budget().characters(separator.length() + (long) part.length());
            joined.append(separator).append(part);
            separator = text.value();
        }
        return text.with(joined.toString());
    }

    private static Value replace(Text text, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("replace", "old", "new", "count");
        String other = bound.text("new");
        return text.with(Texts.replace(
                text.value(),
                bound.text("old"),
                text.markup() ? Texts.escaped(other) : other,
                bound.integer("count", -1),
                run.budget()));
    }

    private static Value padded(String method, Text text, Arguments given, Run run) {
        Arguments.Bound bound = given.bind(method, "width", "fillchar");
        String fill = bound.text("fillchar", " ");
        if (Texts.length(fill) != 1) {
            throw TemplateException.type(method + " fills with one character; got " + Texts.length(fill));
        }
        bound.get("width");
        int width = bound.integer("width", 0);
        int space = Math.max(0, width - Texts.length(text.value()));
        run.budget().characters((long) text.value().length() + (long) space * fill.length());
        int left = switch (method) {
            case "ljust" -> 0;
            case "rjust" -> space;
            default -> space / 2 + (space & width & 1);
        };
        return text.with(fill.repeat(left) + text.value() + fill.repeat(space - left));
    }

    private static Value zeros(Text text, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("zfill", "width");
        bound.get("width");
        String value = text.value();
        int space = Math.max(0, bound.integer("width", 0) - Texts.length(value));
        run.budget().characters(value.length() + (long) space);
        int sign = value.startsWith("+") || value.startsWith("-") ? 1 : 0;
        return text.with(value.substring(0, sign) + "0".repeat(space) + value.substring(sign));
    }

    private static Value expanded(Text text, Arguments given, Run run) {
        int size = given.bind("expandtabs", "tabsize").integer("tabsize", 8);
        run.budget().characters((long) Texts.count(text.value(), "\t") * Math.max(0, size));
        StringBuilder result = new StringBuilder();
        int column = 0;
        for (String character : Texts.characters(text.value())) {
            if (!character.equals("\t")) {
                result.append(character);
                column = character.equals("\n") || character.equals("\r") ? 0 : column + 1;
            } else if (size > 0) {
                int space = size - column % size;
                result.repeat(' ', space);
                column += space;
            }
        }
        return text.with(result.toString());
    }
}
