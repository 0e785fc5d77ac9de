package luthier.nn.chat;

/** The escapes of Python's texts: {@code \n}, {@code \x41}, {@code \u00e9}, {@code \101}; one that is not known stays as it is. */
final class TextEscapes {
    private TextEscapes() {}

    static String decoded(String written, int line) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < written.length(); ) {
            char c = written.charAt(i++);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = written.charAt(i++);
            int plain = "abfnrtv\\'\"".indexOf(escape);
            if (plain >= 0) {
                text.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(plain));
            } else if (escape >= '0' && escape <= '7') {
                int end = i;
                while (end < written.length()
                        && end < i + 2
                        && written.charAt(end) >= '0'
                        && written.charAt(end) <= '7') {
                    end++;
                }
                text.append((char) Integer.parseInt(written.substring(i - 1, end), 8));
                i = end;
            } else if (escape == 'x' || escape == 'u' || escape == 'U') {
                int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                text.appendCodePoint(codePoint(written, i, digits, line));
                i += digits;
            } else if (escape == 'N') {
                throw TemplateException.syntax("the escape \\N{...} is not supported", line);
            } else if (escape != '\n') {
                text.append('\\').append(escape);
            }
        }
        return text.toString();
    }

    private static int codePoint(String written, int from, int digits, int line) {
        int code = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < written.length() && written.charAt(i) < 128 ? Character.digit(written.charAt(i), 16) : -1;
            if (digit < 0 || code > Character.MAX_CODE_POINT >> 4) {
                throw TemplateException.syntax(
                        "an escape must have " + digits + " hexadecimal digits of a character", line);
            }
            code = code << 4 | digit;
        }
        if (code > Character.MAX_CODE_POINT) {
            throw TemplateException.syntax("an escape must be a character of Unicode", line);
        }
        return code;
    }
}
