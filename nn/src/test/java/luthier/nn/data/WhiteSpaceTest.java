package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WhiteSpaceTest {
    @Test
    void everySpaceIsOne() {
        "\t\n\u000b\f\r \u0085\u00a0\u1680\u2007\u2028\u2029\u202f\u205f\u3000"
                .chars()
                .forEach(c -> assertTrue(WhiteSpace.is(c), () -> Integer.toHexString(c)));
        "a\u200b\ufeff_".chars().forEach(c -> assertFalse(WhiteSpace.is(c), () -> Integer.toHexString(c)));
    }

    @Test
    void textsThatShowNothingAreBlank() {
        assertTrue(WhiteSpace.blank(""));
        assertTrue(WhiteSpace.blank(" \u00a0\u200b\ufeff"));
        assertFalse(WhiteSpace.blank(" . "));
    }

    @Test
    void outerSpaceIsTrimmed() {
        assertEquals("a\u00a0b", WhiteSpace.trim("\u00a0 a\u00a0b\u3000"));
        assertEquals("", WhiteSpace.trim(" \u00a0"));
    }
}
