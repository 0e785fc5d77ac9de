package luthier.nn.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a normalized text into words: at white space, which is dropped, and around every punctuation character, which
 * becomes a word of its own.
 *
 * <p>Source: {@code BertPreTokenizer} of Hugging Face tokenizers.
 */
final class BertPreTokenizer {
    private BertPreTokenizer() {}

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int wordStart = 0;
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean punctuation = isPunctuation(c);
            if (punctuation || BertNormalizer.isWhitespace(c)) {
                if (i > wordStart) {
                    words.add(text.substring(wordStart, i));
                }
                if (punctuation) {
                    words.add(text.substring(i, next));
                }
                wordStart = next;
            }
            i = next;
        }
        if (wordStart < text.length()) {
            words.add(text.substring(wordStart));
        }
        return words;
    }

    /** ASCII symbols such as {@code $ + ^} count as punctuation although Unicode says otherwise. */
    private static boolean isPunctuation(int c) {
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
}
