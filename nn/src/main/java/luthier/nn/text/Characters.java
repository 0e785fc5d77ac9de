package luthier.nn.text;

/** The kinds of characters that tokenizers tell apart, by the Unicode tables of the JDK. */
final class Characters {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;
    private static final byte LETTER = 1;
    private static final byte NUMBER = 2;
    private static final byte SPACE = 3;
    private static final byte OTHER = 4;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < ASCII.length; c++) {
            ASCII[c] = kind(c);
        }
    }

    private Characters() {}

    private static byte kind(int c) {
        if (isWhitespace(c)) {
            return SPACE;
        }
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            default -> OTHER;
        };
    }

    private static byte kindOf(int c) {
        return c < 128 ? ASCII[c] : kind(c);
    }

    /** Whether the character is a letter, \p{L}. */
    static boolean isLetter(int c) {
        return kindOf(c) == LETTER;
    }

    /** Whether the character is a number, \p{N}: fractions and Roman numerals too. */
    static boolean isNumber(int c) {
        return kindOf(c) == NUMBER;
    }

    /** Whether the character is neither letter nor number nor white space. */
    static boolean isOther(int c) {
        return kindOf(c) == OTHER;
    }

    /** Whether the character has the Unicode property White_Space. */
    static boolean isWhitespace(int c) {
        return c >= '\t' && c <= '\r' || c == 0x85 || Character.isSpaceChar(c);
    }

    /** Whether the character is punctuation; ASCII symbols such as {@code $ + ^} count although Unicode says otherwise. */
    static boolean isPunctuation(int c) {
        if (c < 128) {
            return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~';
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** Whether the character is a mark of any kind, \p{M}. */
    static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    /** The word characters of Unicode's regular expressions: UTS 18, annex C. */
    static boolean isWord(int c) {
        return Character.isAlphabetic(c)
                || Character.isDigit(c)
                || isMark(c)
                || Character.getType(c) == Character.CONNECTOR_PUNCTUATION
                || c == ZERO_WIDTH_NON_JOINER
                || c == ZERO_WIDTH_JOINER;
    }
}
