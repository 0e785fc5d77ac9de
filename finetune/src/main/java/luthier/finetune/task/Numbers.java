package luthier.finetune.task;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** Numbers as people write them: a point, no grouping, no leading zero. 007 is a name, not a number. */
final class Numbers {
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+(?:\\.0*)?");
    private static final Pattern COMMA = Pattern.compile("[+-]?[0-9]+,[0-9]+");
    private static final int LONGEST = 64;

    private Numbers() {}

    /** Most texts are no numbers by their first character. */
    private static boolean begins(String text) {
        return !text.isEmpty() && text.length() <= LONGEST && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
    }

    /** Whether a text is a number, infinitely large ones too. */
    static boolean number(String text) {
        return begins(text) && NUMBER.matcher(text).matches();
    }

    /** Whether a text is digits alone, after a sign; leading zeros too. */
    static boolean digits(String text) {
        return begins(text) && DIGITS.matcher(text).matches();
    }

    /** Whether a number has neither a fraction nor an exponent; 1.0 has none. */
    static boolean whole(String number) {
        return WHOLE.matcher(number).matches();
    }

    /** Returns the digits of a whole number and one more, or nothing for others. */
    static String successor(String number) {
        return digits(number) ? new BigInteger(number).add(BigInteger.ONE).toString() : "";
    }

    /** Whether a text is a number with a decimal comma. */
    static boolean decimalComma(String text) {
        return begins(text) && COMMA.matcher(text).matches();
    }
}
