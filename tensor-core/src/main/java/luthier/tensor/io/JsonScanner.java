package luthier.tensor.io;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Walks over strict JSON in UTF-8, RFC 8259, without building anything: callers take the members and elements that they want and
 * pass over the rest. The nesting is bounded, so that neither the walk nor the caller's can exhaust the stack.
 */
final class JsonScanner {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER = 64;
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private final byte[] text;
    private final String source;
    private final long base;
    private int at;
    private int depth;

    /** Scans a whole text, which begins at the byte {@code base} of its file. */
    JsonScanner(byte[] text, String source, long base) {
        this.text = text;
        this.source = source;
        this.base = base;
    }

    /** Takes a member of an object; it must read or pass over the value. */
    interface Member {
        void read(String key, int at);
    }

    /** Checks the whole text: UTF-8, and one value with nothing but space around it. Allocates nothing. */
    void requireJson() {
        int malformed = malformedUtf8();
        if (malformed >= 0) {
            throw error(malformed, "must be text in UTF-8");
        }
        pass();
        requireEnd();
        at = 0;
    }

    /** Checks that only space is left. */
    void requireEnd() {
        skipSpace();
        if (at < text.length) {
            throw error(at, "nothing may follow the JSON value");
        }
    }

    /** Moves to the next value and returns its first byte. */
    byte peekValue() {
        skipSpace();
        return peek();
    }

    /** Returns where the scan stands, from the text's start. */
    int at() {
        return at;
    }

    // ---- values

    /** Reads an object's members in order. */
    void members(Member member) {
        enter('{');
        for (boolean more = peekValue() != '}'; more; more = comma('}')) {
            if (peekValue() != '"') {
                throw error(at, "a key in quotes must stand here");
            }
            int start = at;
            String key = string();
            colon();
            member.read(key, start);
        }
        leave();
    }

    /** Reads a list's elements in order; {@code element} must read or pass over one. */
    void elements(Runnable element) {
        enter('[');
        for (boolean more = peekValue() != ']'; more; more = comma(']')) {
            element.run();
        }
        leave();
    }

    /** Passes over a value, checking it. */
    void pass() {
        switch (peekValue()) {
            case '{' -> {
                enter('{');
                for (boolean more = peekValue() != '}'; more; more = comma('}')) {
                    if (peekValue() != '"') {
                        throw error(at, "a key in quotes must stand here");
                    }
                    passString();
                    colon();
                    pass();
                }
                leave();
            }
            case '[' -> {
                enter('[');
                for (boolean more = peekValue() != ']'; more; more = comma(']')) {
                    pass();
                }
                leave();
            }
            case '"' -> passString();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> passNumber();
        }
    }

    private void enter(char bracket) {
        expect(bracket);
        if (++depth > MAX_DEPTH) {
            throw error(at - 1, "values must be nested at most " + MAX_DEPTH + " deep");
        }
    }

    private void leave() {
        depth--;
        at++;
    }

    private boolean comma(char end) {
        if (peekValue() == end) {
            return false;
        }
        expect(',');
        return true;
    }

    private void colon() {
        skipSpace();
        expect(':');
    }

    void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= text.length || text[at + i] != word.charAt(i)) {
                throw error(at, "a value must stand here");
            }
        }
        at += word.length();
    }

    /** Reads a number as it is written. */
    String number() {
        int start = at;
        passNumber();
        // Most numbers of vocabularies and shapes have one digit: those share their text.
        return at - start == 1
                ? DIGITS.get(text[start] - '0')
                : new String(text, start, at - start, StandardCharsets.ISO_8859_1);
    }

    private void passNumber() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < text.length && text[at] == '.') {
            at++;
            digits();
        }
        if (at < text.length && (text[at] | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        if (at - start > MAX_NUMBER) {
            throw error(start, "numbers must have at most " + MAX_NUMBER + " characters");
        }
    }

    private void digits() {
        if (peek() < '0' || peek() > '9') {
            throw error(at, "a value must stand here");
        }
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
    }

    // ---- strings

    /** Reads a string. */
    String string() {
        int start = at + 1;
        boolean plain = passString();
        int end = at - 1;
        if (plain) {
            return new String(text, start, end - start, StandardCharsets.UTF_8);
        }
        StringBuilder result = new StringBuilder();
        int from = start;
        for (int i = start; i < end; ) {
            if (text[i] != '\\') {
                i++;
                continue;
            }
            result.append(new String(text, from, i - from, StandardCharsets.UTF_8));
            result.append(text[i + 1] == 'u' ? (char) hexadecimal(i + 2) : unescaped(text[i + 1]));
            i += text[i + 1] == 'u' ? 6 : 2;
            from = i;
        }
        return result.append(new String(text, from, end - from, StandardCharsets.UTF_8))
                .toString();
    }

    private static char unescaped(byte c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> (char) c;
        };
    }

    /** Passes over a string, checking it, and returns whether it has no escapes. */
    private boolean passString() {
        boolean plain = true;
        at++;
        while (peek() != '"') {
            if (text[at] == '\\') {
                plain = false;
                passEscape();
            } else if (text[at] >= 0 && text[at] < 0x20) {
                throw error(at, "control characters in strings must be escaped");
            } else {
                at++;
            }
        }
        at++;
        return plain;
    }

    private void passEscape() {
        int start = at++;
        byte c = peek();
        if (c != 'u') {
            if ("\"\\/bfnrt".indexOf(c) < 0) {
                throw error(start, "unknown escape");
            }
            at++;
            return;
        }
        int unit = hexadecimal(++at);
        at += 4;
        if (!Character.isSurrogate((char) unit)) {
            return;
        }
        boolean paired = Character.isHighSurrogate((char) unit)
                && at + 1 < text.length
                && text[at] == '\\'
                && text[at + 1] == 'u'
                && Character.isLowSurrogate((char) hexadecimal(at + 2));
        if (!paired) {
            throw error(start, "surrogates in strings must come in pairs");
        }
        at += 6;
    }

    private int hexadecimal(int from) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < text.length && text[i] > 0 ? Character.digit(text[i], 16) : -1;
            if (digit < 0) {
                throw error(Math.min(i, text.length), "an escape must be \\u and four hexadecimal digits");
            }
            code = code * 16 + digit;
        }
        return code;
    }

    // ---- bytes

    private void expect(char c) {
        if (peek() != c) {
            throw error(at, "'" + c + "' must stand here");
        }
        at++;
    }

    private byte peek() {
        if (at >= text.length) {
            throw error(at, "the JSON ends too early");
        }
        return text[at];
    }

    private void skipSpace() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    /**
     * Returns where the text stops being UTF-8 as RFC 3629 has it (no overlong forms, no surrogates, nothing above U+10FFFF), or
     * -1.
     */
    private int malformedUtf8() {
        int i = 0;
        while (i < text.length) {
            int lead = text[i] & 0xFF;
            int length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
            if (length == 0 || length > text.length - i) {
                return i;
            }
            for (int k = 1; k < length; k++) {
                if ((text[i + k] & 0xC0) != 0x80) {
                    return i;
                }
            }
            int second = length > 2 ? text[i + 1] & 0xFF : 0;
            boolean wrong = switch (lead) {
                case 0xE0 -> second < 0xA0;
                case 0xED -> second > 0x9F;
                case 0xF0 -> second < 0x90;
                case 0xF4 -> second > 0x8F;
                default -> false;
            };
            if (wrong) {
                return i;
            }
            i += length;
        }
        return -1;
    }

    /** Returns the error of a place in the text, named by byte, line and column. */
    ModelFormatException error(int where, String rule) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < where && i < text.length; i++) {
            if (text[i] == '\n') {
                line++;
                column = 1;
            } else if ((text[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        long offset = base + where;
        return new ModelFormatException(
                source, offset, rule, "at byte " + offset + ", line " + line + ", column " + column);
    }
}
