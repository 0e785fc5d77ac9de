package luthier.nn.chat;

import luthier.nn.chat.Token.Sort;

/** A number in a template: {@code 12}, {@code 1_000}, {@code 0x1f}, {@code 0b1}, {@code 0o7}, {@code 1.5}, {@code 1e-3}. */
final class NumberReader {
    private final String source;
    private final int start;
    private final int line;

    NumberReader(String source, int start, int line) {
        this.source = source;
        this.start = start;
        this.line = line;
    }

    Token read() {
        int radix = radix();
        if (radix != 10) {
            return new Token(Sort.INTEGER, source.substring(start, digits(start + 2, radix)), line);
        }
        int whole = digits(start, 10);
        boolean afterPoint = start > 0 && source.charAt(start - 1) == '.';
        int end = afterPoint ? whole : exponent(fraction(whole));
        if (end > whole) {
            return new Token(Sort.REAL, source.substring(start, end), line);
        }
        if (source.charAt(start) == '0') {
            // Only zeros may follow a zero.
            whole = start;
            while (whole < source.length() && source.charAt(whole) == '0') {
                whole++;
            }
        }
        return new Token(Sort.INTEGER, source.substring(start, whole), line);
    }

    private int radix() {
        if (source.charAt(start) != '0' || start + 2 >= source.length()) {
            return 10;
        }
        int radix = switch (source.charAt(start + 1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
        return digits(start + 2, radix) > start + 2 ? radix : 10;
    }

    private int digits(int from, int radix) {
        int end = from;
        while (end < source.length()) {
            char c = source.charAt(end);
            boolean joins = c == '_' && end > start && isDigit(end + 1, radix);
            if (!joins && !isDigit(end, radix)) {
                break;
            }
            end++;
        }
        return end;
    }

    private boolean isDigit(int i, int radix) {
        return i < source.length() && source.charAt(i) < 128 && Character.digit(source.charAt(i), radix) >= 0;
    }

    private int fraction(int whole) {
        boolean point = whole < source.length() && source.charAt(whole) == '.' && isDigit(whole + 1, 10);
        return point ? digits(whole + 1, 10) : whole;
    }

    private int exponent(int mantissa) {
        if (mantissa >= source.length() || (source.charAt(mantissa) | 0x20) != 'e') {
            return mantissa;
        }
        boolean signed = mantissa + 1 < source.length() && "+-".indexOf(source.charAt(mantissa + 1)) >= 0;
        int digits = mantissa + (signed ? 2 : 1);
        return isDigit(digits, 10) ? digits(digits, 10) : mantissa;
    }
}
