package luthier.nn.text;

import java.text.Normalizer;
import java.util.Locale;
import luthier.nn.data.UnicodeForms;

/**
 * What BERT does to a text before it is split, in this order: clean the text (drop control characters, make every white space
 * a plain space), put spaces around Chinese characters, strip accents, lowercase. Characters are judged by the Unicode tables
 * of the JDK.
 *
 * <p>Source: {@code BasicTokenizer} of google-research/bert and {@code BertNormalizer} of Hugging Face tokenizers.
 *
 * @param cleanText drop control characters and make every white space a plain space
 * @param handleChineseChars make every Chinese character a word of its own
 * @param stripAccents decompose (NFD) and drop the non-spacing marks
 * @param lowercase lowercase every character on its own: a sigma at the end of a word is an ordinary sigma
 */
record BertNormalizer(boolean cleanText, boolean handleChineseChars, boolean stripAccents, boolean lowercase) {
    private static final int REPLACEMENT = 0xfffd;

    String normalize(String text) {
        String spaced = cleanText || handleChineseChars ? space(text) : text;
        String stripped = stripAccents ? withoutAccents(spaced) : spaced;
        return lowercase ? lowercase(stripped) : stripped;
    }

    private String space(String text) {
        StringBuilder result = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (cleanText && isDropped(c)) {
                return;
            }
            if (cleanText && isWhitespace(c)) {
                result.append(' ');
            } else if (handleChineseChars && isChinese(c)) {
                result.append(' ').appendCodePoint(c).append(' ');
            } else {
                result.appendCodePoint(c);
            }
        });
        return result.toString();
    }

    private static String withoutAccents(String text) {
        StringBuilder result = new StringBuilder(text.length());
        UnicodeForms.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(result::appendCodePoint);
        return result.toString();
    }

    private static String lowercase(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c < 128) {
                result.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
            } else {
                result.append(Character.toString(c).toLowerCase(Locale.ROOT));
            }
        });
        return result.toString();
    }

    private static boolean isDropped(int c) {
        if (c == '\t' || c == '\n' || c == '\r') {
            return false;
        }
        return c == REPLACEMENT
                || switch (Character.getType(c)) {
                    case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
                    default -> false;
                };
    }

    /** Whether the character has the Unicode property White_Space. */
    static boolean isWhitespace(int c) {
        return c >= '\t' && c <= '\r' || c == 0x85 || Character.isSpaceChar(c);
    }

    /**
     * The CJK blocks that BERT names; kana, hangul and punctuation are not among them. As the library that makes tokenizer.json and reads
     * vocab.txt today: without U+2B820 to U+2B91F, which the original BERT has.
     */
    private static boolean isChinese(int c) {
        return c >= 0x4e00 && c <= 0x9fff
                || c >= 0x3400 && c <= 0x4dbf
                || c >= 0x20000 && c <= 0x2a6df
                || c >= 0x2a700 && c <= 0x2b73f
                || c >= 0x2b740 && c <= 0x2b81f
                || c >= 0x2b920 && c <= 0x2ceaf
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0x2f800 && c <= 0x2fa1f;
    }
}
