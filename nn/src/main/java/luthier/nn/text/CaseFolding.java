package luthier.nn.text;

import java.util.Locale;
import luthier.nn.text.AlignedText.Rewriter;

/** Lower case, character by character. */
final class CaseFolding {
    private static final int LONG_S = 0x17f;

    private CaseFolding() {}

    static AlignedText lowercase(AlignedText text) {
        String given = text.text();
        int first = 0;
        while (first < given.length() && isLowerAscii(given.charAt(first))) {
            first++;
        }
        if (first == given.length()) {
            return text;
        }
        Rewriter result = new Rewriter(text);
        result.keep(0, first);
        for (int i = first; i < given.length(); ) {
            int c = given.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c < 128) {
                result.put(c >= 'A' && c <= 'Z' ? c + 32 : c, i, next);
            } else {
                result.put(Character.toString(c).toLowerCase(Locale.ROOT), i, next);
            }
            i = next;
        }
        return result.done();
    }

    private static boolean isLowerAscii(char c) {
        return c < 128 && (c < 'A' || c > 'Z');
    }

    /** Returns the lower case of an ASCII letter, an s for the long one, or the character. */
    static int ascii(int c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c == LONG_S ? 's' : c;
    }
}
