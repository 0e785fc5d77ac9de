package luthier.nn.data;

/** White space of texts: every space of Unicode, no-break ones and the next-line control too, which the JDK counts differently. */
public final class WhiteSpace {
    private WhiteSpace() {}

    /** Returns whether a code point is white space. */
    public static boolean is(int c) {
        if (c < 0x80) {
            return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
        }
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** Returns whether a text shows nothing: it holds white space and invisible marks, U+200B or U+FEFF, alone. */
    public static boolean blank(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!is(c) && Character.getType(c) != Character.FORMAT) {
                return false;
            }
            i += Character.charCount(c);
        }
        return true;
    }

    /**
     * Returns a text without its outer white space.
     *
     * {@snippet :
     * WhiteSpace.trim("\u00A0billing "); // billing
     * }
     */
    public static String trim(String text) {
        int from = 0;
        int to = text.length();
        // No white space lies outside the basic plane, so chars will do.
        while (from < to && is(text.charAt(from))) {
            from++;
        }
        while (to > from && is(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
