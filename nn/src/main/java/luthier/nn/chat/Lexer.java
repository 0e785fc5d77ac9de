package luthier.nn.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import luthier.nn.chat.Token.Sort;

/**
 * Cuts a template into tokens, with the white space as Transformers sets it: a tag alone on its line leaves no line
 * ({@code trim_blocks}, {@code lstrip_blocks}), {@code -} takes all space on its side, {@code +} none, and the last line break of the
 * template goes. Line breaks are LF afterwards. Linear in the template.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int counted;
    /** Whether what was read last ended a line. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String lines = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.readAll();
        return lexer.tokens;
    }

    private void readAll() {
        while (at < source.length()) {
            int open = nextOpening(at);
            if (open < 0) {
                data(source.substring(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(open + 1);
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            data(before(source.substring(at, open), signed ? sign : ' ', kind != '{'));
            at = open + (signed ? 3 : 2);
            lineStarts = false;
            switch (kind) {
                case '#' -> comment();
                case '{' -> expression(Sort.PRINT, Sort.PRINT_END, "}}");
                default -> {
                    if (!raw()) {
                        expression(Sort.TAG, Sort.TAG_END, "%}");
                    }
                }
            }
        }
        tokens.add(new Token(Sort.END, "", line()));
    }

    private int nextOpening(int from) {
        for (int brace = source.indexOf('{', from); brace >= 0; brace = source.indexOf('{', brace + 1)) {
            char next = brace + 1 < source.length() ? source.charAt(brace + 1) : ' ';
            if (next == '{' || next == '%' || next == '#') {
                return brace;
            }
        }
        return -1;
    }

    /** The text before a tag, as the tag's sign leaves it. */
    private String before(String text, char sign, boolean tag) {
        if (sign == '-') {
            return Texts.stripRight(text);
        }
        int start = text.lastIndexOf('\n') + 1;
        boolean alone = sign != '+' && tag && (start > 0 || lineStarts);
        return alone && Texts.stripRight(text.substring(start)).isEmpty() ? text.substring(0, start) : text;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Sort.DATA, text, line()));
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw TemplateException.syntax("a comment must end with '#}'", line());
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        after(sign, true);
    }

    /** Passes over what the sign of an end takes: all white space, or a line break. */
    private void after(char sign, boolean tag) {
        int start = at;
        if (sign == '-') {
            while (at < source.length() && Texts.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (sign != '+' && tag && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarts = at > start && source.charAt(at - 1) == '\n';
    }

    // ---- raw

    private boolean raw() {
        int begin = word(at, "raw");
        if (begin < 0) {
            return false;
        }
        boolean minus = source.startsWith("-%}", begin);
        if (!minus && !source.startsWith("%}", begin)) {
            return false;
        }
        at = begin + (minus ? 3 : 2);
        after(minus ? '-' : '+', true);
        for (int open = source.indexOf("{%", at); open >= 0; open = source.indexOf("{%", open + 2)) {
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            int end = word(open + (signed ? 3 : 2), "endraw");
            if (end >= 0 && (source.startsWith("%}", end) || source.startsWith("%}", end + 1))) {
                char endSign = source.charAt(end);
                if (endSign == '%' || endSign == '-' || endSign == '+') {
                    data(before(source.substring(at, open), signed ? sign : ' ', true));
                    at = end + (endSign == '%' ? 2 : 3);
                    after(endSign, true);
                    return true;
                }
            }
        }
        throw TemplateException.syntax("a raw block must end with {% endraw %}", line());
    }

    /** Returns where a word and the space around it end, or -1. */
    private int word(int from, String word) {
        int start = spaceEnd(from);
        return source.startsWith(word, start) ? spaceEnd(start + word.length()) : -1;
    }

    private int spaceEnd(int from) {
        int end = from;
        while (end < source.length() && Texts.isSpace(source.charAt(end))) {
            end++;
        }
        return end;
    }

    // ---- expressions

    private void expression(Sort begin, Sort end, String close) {
        tokens.add(new Token(begin, "", line()));
        Deque<String> open = new ArrayDeque<>();
        while (true) {
            at = spaceEnd(at);
            if (at >= source.length()) {
                return;
            }
            if (open.isEmpty() && end(end, close)) {
                return;
            }
            token(open);
        }
    }

    private boolean end(Sort end, String close) {
        char sign = source.charAt(at);
        boolean tag = end == Sort.TAG_END;
        boolean signed = sign == '-' || (tag && sign == '+');
        if (!source.startsWith(close, signed ? at + 1 : at)) {
            return false;
        }
        tokens.add(new Token(end, "", line()));
        at += signed ? 3 : 2;
        after(signed ? sign : ' ', tag);
        return true;
    }

    private void token(Deque<String> open) {
        int c = source.codePointAt(at);
        if (c >= '0' && c <= '9') {
            tokens.add(new NumberReader(source, at, line()).read());
            at += tokens.getLast().text().length();
        } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            int start = at;
            while (at < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(at))) {
                at += Character.charCount(source.codePointAt(at));
            }
            tokens.add(new Token(Sort.NAME, source.substring(start, at), line()));
        } else if (c == '\'' || c == '"') {
            text((char) c);
        } else {
            operator(open);
        }
    }

    private void text(char quote) {
        int begin = line();
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateException.syntax("a text must end with its quote " + quote, begin);
        }
        tokens.add(new Token(Sort.TEXT, TextEscapes.decoded(source.substring(at + 1, end), begin), begin));
        at = end + 1;
    }

    private void operator(Deque<String> open) {
        String operator = OPERATORS.stream()
                .filter(candidate -> source.startsWith(candidate, at))
                .findFirst()
                .orElseThrow(() -> TemplateException.syntax(
                        "an expression cannot hold the character '" + Character.toString(source.codePointAt(at)) + "'",
                        line()));
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty() || !open.pop().equals(operator)) {
                    throw TemplateException.syntax("brackets must match; got '" + operator + "'", line());
                }
            }
            default -> {}
        }
        tokens.add(new Token(Sort.OPERATOR, operator, line()));
        at += operator.length();
    }

    private int line() {
        for (; counted < at && counted < source.length(); counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
            }
        }
        return line;
    }
}
