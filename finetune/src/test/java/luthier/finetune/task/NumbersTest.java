package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void numbersHaveAPointAndNoLeadingZero() {
        for (String number : List.of("0", "-1", "+2.5", "10.", ".5", "1e400", "0.00", "1E-3")) {
            assertTrue(Numbers.number(number), number);
        }
        for (String text : List.of(
                "", "007", "1,5", "1 000", "1_000", "0x10", "NaN", "Infinity", "-", ".", "1.2.3", "1".repeat(65))) {
            assertFalse(Numbers.number(text), text);
        }
    }

    @Test
    void wholeNumbersHaveNoFraction() {
        assertTrue(Numbers.whole("1.0"));
        assertFalse(Numbers.whole("1.5"));
        assertFalse(Numbers.whole("1e3"));
        assertTrue(Numbers.digits("-007"));
        assertEquals("10", Numbers.successor("9"));
        assertEquals("", Numbers.successor("9.5"));
    }

    @Test
    void decimalCommasAreKnown() {
        assertTrue(Numbers.decimalComma("-3,5"));
        assertFalse(Numbers.decimalComma("3,5,1"));
    }
}
