package luthier.nn.data;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What equal texts have in common: composed letters, one space for each run of white space, none outside, no case. */
public final class TextKey {
    private TextKey() {}

    /** Returns the key of a row's texts: two rows are equal if each text is. */
    public static String of(List<String> texts) {
        return texts.stream().map(TextKey::of).collect(Collectors.joining("\0"));
    }

    private static String of(String text) {
        String composed = UnicodeForms.normalize(text, Normalizer.Form.NFC);
        StringBuilder spaced = new StringBuilder(composed.length());
        boolean gap = false;
        for (int i = 0; i < composed.length(); ) {
            int c = composed.codePointAt(i);
            i += Character.charCount(c);
            if (WhiteSpace.is(c)) {
                gap = !spaced.isEmpty();
            } else {
                if (gap) {
                    spaced.append(' ');
                }
                gap = false;
                spaced.appendCodePoint(c);
            }
        }
        // Up and down again folds what one direction leaves apart: sharp s and SS, both sigmas.
        String folded = spaced.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return UnicodeForms.normalize(folded, Normalizer.Form.NFC);
    }
}
