package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionKindTest {
    private static Object read(OptionKind kind, String... texts) {
        return kind.read(List.of(texts));
    }

    @Test
    void numbersAreDecimalAndFinite() {
        assertEquals(1e-5, read(OptionKind.NUMBER, "1e-5"));
        assertEquals(0.01, read(OptionKind.NUMBER, ".01"));
        assertEquals(-3.0, read(OptionKind.NUMBER, "-3."));
        for (String text : List.of("", ".nan", ".inf", "NaN", "1e999", "0x10", "1_000", "1d", " 1", "1e5.5", ".")) {
            assertNull(read(OptionKind.NUMBER, text), text);
        }
    }

    @Test
    void wholeNumbersAreExact() {
        assertEquals(Long.MIN_VALUE, read(OptionKind.WHOLE, "-9223372036854775808"));
        assertEquals(Long.MAX_VALUE, read(OptionKind.WHOLE, "9223372036854775807"));
        assertEquals(3L, read(OptionKind.WHOLE, "3.0"));
        assertEquals(1000L, read(OptionKind.WHOLE, "1e3"));
        assertEquals(12L, read(OptionKind.WHOLE, "012"));
        assertEquals(0L, read(OptionKind.WHOLE, "0e999999999"));
        for (String text : List.of("9223372036854775808", "2.5", "1e999999999", "1e-999999999", "0o14", "three")) {
            assertNull(read(OptionKind.WHOLE, text), text);
        }
    }

    @Test
    void wordsStayAsTheyAreWritten() {
        assertEquals("no", read(OptionKind.WORD, "no"));
        assertEquals("1.10", read(OptionKind.WORD, "1.10"));
        assertNull(read(OptionKind.WORD, ""));
        assertNull(read(OptionKind.WORD, "a", "b"));
        assertEquals(List.of("query", "value"), read(OptionKind.WORDS, "query,value"));
        assertEquals(List.of("a,b", "c"), read(OptionKind.WORDS, "a,b", "c"));
        assertNull(read(OptionKind.WORDS, "a,,b"));
        assertEquals(List.of("x{1,2}"), read(OptionKind.PATTERN, "x{1,2}"));
        assertNull(read(OptionKind.PATTERN));
    }

    @Test
    void flagsAreTrueOrFalse() {
        assertEquals(true, read(OptionKind.FLAG, "true"));
        assertEquals(false, read(OptionKind.FLAG, "FALSE"));
        for (String text : List.of("yes", "no", "on", "1", "2", "")) {
            assertNull(read(OptionKind.FLAG, text), text);
        }
    }
}
