package luthier.nn.text;

import luthier.nn.text.AlignedText.Rewriter;

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
record BertNormalizer(boolean cleanText, boolean handleChineseChars, boolean stripAccents, boolean lowercase)
        implements Normalizer {
    private static final int REPLACEMENT = 0xfffd;
    private static final Normalizer STRIP_ACCENTS = new StripAccents(true);

    /** Returns the normalized text. */
    String normalize(String text) {
        return normalize(AlignedText.of(text)).text();
    }

    @Override
    public AlignedText normalize(AlignedText text) {
        AlignedText spaced = cleanText || handleChineseChars ? space(text) : text;
        AlignedText stripped = stripAccents ? STRIP_ACCENTS.normalize(UnicodeForm.NFD.normalize(spaced)) : spaced;
        return lowercase ? CaseFolding.lowercase(stripped) : stripped;
    }

    private AlignedText space(AlignedText text) {
        if (text.text().chars().allMatch(c -> c >= ' ' && c < 127)) {
            return text;
        }
        Rewriter result = new Rewriter(text);
        for (int i = 0; i < text.length(); ) {
            int c = text.text().codePointAt(i);
            int next = i + Character.charCount(c);
            if (cleanText && isDropped(c)) {
                i = next;
                continue;
            }
            if (cleanText && Characters.isWhitespace(c)) {
                result.put(' ', i, next);
            } else if (handleChineseChars && isChinese(c)) {
                result.put(' ', i, next);
                result.put(c, i, next);
                result.put(' ', i, next);
            } else {
                result.keep(i, next);
            }
            i = next;
        }
        return result.done();
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
