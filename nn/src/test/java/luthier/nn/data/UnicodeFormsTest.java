package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnicodeFormsTest {
    private static final String ABOVE = "\u0301";
    private static final String BELOW = "\u0323";

    @ParameterizedTest
    @EnumSource(Normalizer.Form.class)
    void isTheJdksForTextsWithoutLongRunsOfMarks(Normalizer.Form form) {
        String text = "Caf\u00e9 cafe\u0301 \ud55c\uae00 \ufb01 a" + (ABOVE + BELOW).repeat(64) + " x";
        assertEquals(Normalizer.normalize(text, form), UnicodeForms.normalize(text, form));
        assertEquals("", UnicodeForms.normalize("", form));
    }

    @Test
    void sortsALongRunByParts() {
        String half = "a" + (ABOVE + BELOW).repeat(64);
        String sorted = BELOW.repeat(64) + ABOVE.repeat(64);
        assertEquals(
                "a" + sorted + sorted + "b",
                UnicodeForms.normalize(half + (ABOVE + BELOW).repeat(64) + "b", Normalizer.Form.NFD));
    }

    /** Quadratic, it would take a minute. */
    @Test
    void aMillionMarksAreNoTrouble() {
        String marks = "a" + (ABOVE + BELOW).repeat(500_000);
        assertEquals(
                marks.length(),
                UnicodeForms.normalize(marks, Normalizer.Form.NFD).length());
    }
}
