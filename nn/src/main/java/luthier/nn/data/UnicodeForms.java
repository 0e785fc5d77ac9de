package luthier.nn.data;

import java.text.Normalizer;

/**
 * Unicode's normal forms in time linear in the text. The JDK sorts a run of combining marks by insertion, which is quadratic in its length;
 * here a run is normalised by parts of at most 128 marks, as Unicode's own Stream-Safe Text Format cuts it after 30 (UAX #15, 13). No text
 * that somebody reads has such runs: all others are as the JDK has them.
 */
public final class UnicodeForms {
    private static final int LONGEST_RUN = 128;

    private UnicodeForms() {}

    /** Returns a text in a normal form. */
    public static String normalize(String text, Normalizer.Form form) {
        StringBuilder result = new StringBuilder();
        int start = 0;
        int run = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            run = isMark(c) ? run + 1 : 0;
            if (run > LONGEST_RUN) {
                result.append(Normalizer.normalize(text.substring(start, i), form));
                start = i;
                run = 1;
            }
            i += Character.charCount(c);
        }
        String rest = Normalizer.normalize(text.substring(start), form);
        return start == 0 ? rest : result.append(rest).toString();
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
