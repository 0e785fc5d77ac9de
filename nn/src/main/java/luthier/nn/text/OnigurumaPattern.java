package luthier.nn.text;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import luthier.tensor.io.ModelFormatException;

/**
 * A regular expression in Oniguruma's language, run by the JDK's engine. What the two write differently is translated; what means
 * something else and cannot be is refused. A search may look at a letter only so often, since an expression out of a file could try for
 * ever.
 */
final class OnigurumaPattern implements TextPattern {
    private static final int FLAGS =
            Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.MULTILINE | Pattern.UNIX_LINES;
    private static final long FREE_LOOKS = 1_000_000;
    private static final int LOOKS_PER_CHARACTER = 200;
    private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";
    private static final Map<Character, String> ESCAPES =
            Map.of('h', "[0-9a-fA-F]", 'H', "[^0-9a-fA-F]", 'w', "[" + WORD + "]", 'W', "[^" + WORD + "]");
    private static final Map<String, String> BRACKETS = Map.of(
            "alpha", "\\p{IsAlphabetic}",
            "digit", "\\p{Nd}",
            "alnum", "\\p{IsAlphabetic}\\p{Nd}",
            "space", "\\s",
            "upper", "\\p{IsUppercase}",
            "lower", "\\p{IsLowercase}",
            "xdigit", "0-9a-fA-F",
            "word", WORD);
    private static final int LONGEST = 10_000;

    private final String expression;
    private final Pattern pattern;

    private OnigurumaPattern(String expression, Pattern pattern) {
        this.expression = expression;
        this.pattern = pattern;
    }

    /**
     * Compiles an expression.
     *
     * @throws PatternSyntaxException if it is none, or says what cannot be translated
     */
    static OnigurumaPattern of(String expression) {
        if (expression.length() > LONGEST) {
            throw new PatternSyntaxException(
                    "a pattern may have " + LONGEST + " characters", expression.substring(0, 20), LONGEST);
        }
        try {
            return new OnigurumaPattern(expression, Pattern.compile(translated(expression), FLAGS));
        } catch (StackOverflowError deep) {
            throw new PatternSyntaxException("groups are nested too deep", expression, 0);
        }
    }

    private static String translated(String expression) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (expression.startsWith("[:", i)) {
                int end = expression.indexOf(":]", i);
                String name = end < 0 ? "" : expression.substring(i + 2, end);
                if (!BRACKETS.containsKey(name)) {
                    throw new PatternSyntaxException("[:" + name + ":] is not read", expression, i);
                }
                result.append('[').append(BRACKETS.get(name)).append(']');
                i = end + 1;
                continue;
            }
            if (expression.startsWith("(?", i) && i + 2 < expression.length()) {
                requireKnownGroup(expression, i + 2);
            }
            if (c != '\\' || i + 1 == expression.length()) {
                result.append(c);
                continue;
            }
            char next = expression.charAt(++i);
            if ((next == 'p' || next == 'P') && i + 1 < expression.length() && expression.charAt(i + 1) == '{') {
                int end = expression.indexOf('}', i);
                if (end < 0) {
                    throw new PatternSyntaxException("a property must be closed by }", expression, i);
                }
                result.append(property(next == 'P', expression.substring(i + 2, end)));
                i = end;
            } else if ("KGgkyYOXR".indexOf(next) >= 0) {
                throw new PatternSyntaxException("\\" + next + " is not read", expression, i);
            } else {
                result.append(ESCAPES.getOrDefault(next, "\\" + next));
            }
        }
        return result.toString();
    }

    /** In Oniguruma m lets a point match a line's end, which the JDK calls s. */
    private static void requireKnownGroup(String expression, int at) {
        for (int i = at; i < expression.length() && "imxsaduwW-".indexOf(expression.charAt(i)) >= 0; i++) {
            if ("ix-".indexOf(expression.charAt(i)) < 0) {
                throw new PatternSyntaxException("the option " + expression.charAt(i) + " is not read", expression, i);
            }
        }
        if ("~@&(".indexOf(expression.charAt(at)) >= 0) {
            throw new PatternSyntaxException("the group (?" + expression.charAt(at) + " is not read", expression, at);
        }
    }

    /** A script has its bare name in Oniguruma, {@code Han}, and {@code IsHan} in the JDK. */
    private static String property(boolean outside, String name) {
        boolean negated = outside ^ name.startsWith("^");
        String plain = name.startsWith("^") ? name.substring(1) : name;
        String known = plain;
        try {
            Character.UnicodeScript.forName(plain);
            known = "Is" + plain;
        } catch (IllegalArgumentException noScript) {
            // A category, which both call the same; the JDK refuses what it does not know.
        }
        return (negated ? "\\P{" : "\\p{") + known + "}";
    }

    @Override
    public int[] matches(String text) {
        Places places = new Places();
        BoundedText counted =
                new BoundedText(text, FREE_LOOKS + (long) LOOKS_PER_CHARACTER * text.length(), this::tooLong);
        Matcher matcher = pattern.matcher(counted);
        try {
            while (matcher.find()) {
                places.add(matcher.start(), matcher.end());
            }
        } catch (StackOverflowError deep) {
            throw tooLong();
        }
        return places.toArray();
    }

    private IllegalArgumentException tooLong() {
        return new IllegalArgumentException("encode: a pattern of the tokenizer must match in few steps; got "
                + ModelFormatException.escape(expression)
                + ", which looks at a letter more than " + LOOKS_PER_CHARACTER + " times; give shorter texts");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OnigurumaPattern same && same.expression.equals(expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    @Override
    public String toString() {
        return expression;
    }
}
