package luthier.nn.text;

/** Steps through a text that the published split patterns are made of. Each returns where the run ends that begins at a place. */
final class Scan {
    private Scan() {}

    /** {@code 's|'t|'re|'ve|'m|'ll|'d}; the place itself if there is none. */
    static int contraction(String text, int from, boolean anyCase) {
        if (text.charAt(from) != '\'' || from + 1 == text.length()) {
            return from;
        }
        int first = letter(text, from + 1, anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return from + 2;
        }
        int second = from + 2 < text.length() ? letter(text, from + 2, anyCase) : -1;
        boolean pair = first == 'r' && second == 'e' || first == 'v' && second == 'e' || first == 'l' && second == 'l';
        return pair ? from + 3 : from;
    }

    private static int letter(String text, int at, boolean anyCase) {
        return anyCase ? CaseFolding.ascii(text.charAt(at)) : text.charAt(at);
    }

    /** {@code \p{L}*}. */
    static int letters(String text, int from) {
        int at = from;
        while (at < text.length() && Characters.isLetter(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    /** {@code \p{N}{0,most}}. */
    static int numbers(String text, int from, int most) {
        int at = from;
        for (int i = 0; i < most && at < text.length() && Characters.isNumber(text.codePointAt(at)); i++) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    /** {@code [^\s\p{L}\p{N}]*}. */
    static int others(String text, int from) {
        int at = from;
        while (at < text.length() && Characters.isOther(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    /** {@code [\r\n]*}. */
    static int lineEnds(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
            at++;
        }
        return at;
    }

    private static int spaces(String text, int from) {
        int at = from;
        while (at < text.length() && Characters.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** {@code \s*[\r\n]+}; the place itself if there is no line end. */
    static int spaceToLineEnd(String text, int from) {
        int at = spaces(text, from);
        while (at > from && text.charAt(at - 1) != '\r' && text.charAt(at - 1) != '\n') {
            at--;
        }
        return at;
    }

    /** {@code \s+(?!\S)|\s+}: white space up to the last, which belongs to the word after it. */
    static int spaceBeforeWord(String text, int from) {
        int end = spaces(text, from);
        return end == text.length() || end - from == 1 ? end : end - 1;
    }
}
