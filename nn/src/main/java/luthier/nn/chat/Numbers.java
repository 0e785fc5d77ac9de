package luthier.nn.chat;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers that stand in texts, as Python's int and float read them. */
final class Numbers {
    private static final int DIGITS = 4300;
    private static final Pattern REAL = Pattern.compile(
            "[+-]?+(?:[0-9]++(?:_[0-9]++)*+(?:\\.(?:[0-9]++(?:_[0-9]++)*+)?+)?+|\\.[0-9]++(?:_[0-9]++)*+)"
                    + "(?:[eE][+-]?+[0-9]++(?:_[0-9]++)*+)?+");
    private static final Pattern JOINED = Pattern.compile("[0-9a-z]++(?:_[0-9a-z]++)*+");

    private Numbers() {}

    /** A whole number, or null. */
    static @Nullable BigInteger whole(String text, int radix) {
        String stripped = Texts.strip(text).toLowerCase(Locale.ROOT);
        boolean negative = stripped.startsWith("-");
        String digits = negative || stripped.startsWith("+") ? stripped.substring(1) : stripped;
        int base = radix;
        for (String prefix : new String[] {"0x16", "0o8", "0b2"}) {
            int of = Integer.parseInt(prefix.substring(2));
            if (digits.startsWith(prefix.substring(0, 2)) && (radix == of || radix == 0)) {
                digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
                base = of;
            }
        }
        if (base == 0) {
            base = 10;
        }
        if (base < 2
                || base > 36
                || digits.length() > DIGITS
                || !JOINED.matcher(digits).matches()) {
            return null;
        }
        try {
            BigInteger value = new BigInteger(digits.replace("_", ""), base);
            return negative ? value.negate() : value;
        } catch (NumberFormatException otherLetters) {
            return null;
        }
    }

    /** A number with a point, nan or inf; or null. */
    static @Nullable Double real(String text) {
        String stripped = Texts.strip(text);
        if (REAL.matcher(stripped).matches()) {
            return Double.valueOf(stripped.replace("_", ""));
        }
        String word = stripped.toLowerCase(Locale.ROOT);
        boolean negative = word.startsWith("-");
        return switch (negative || word.startsWith("+") ? word.substring(1) : word) {
            case "inf", "infinity" -> negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> null;
        };
    }
}
