package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PlateauTest {
    private static final Plateau.Rules HALVES = new Plateau.Rules(false, 0.5, 1, 0, false, 1, 0.2);

    private static double rateAfter(Plateau.Rules rules, double... metrics) {
        Plateau plateau = Plateau.of(1, rules);
        for (double metric : metrics) {
            plateau = plateau.after(metric);
        }
        return plateau.rate();
    }

    @Test
    void fallsAfterMoreThanItsPatienceAndNotBelowTheLeast() {
        assertEquals(1, rateAfter(HALVES, 5, 4, 3, 2));
        assertEquals(1, rateAfter(HALVES, 5, 5));
        assertEquals(0.5, rateAfter(HALVES, 5, 5, 5));
        // The next one rests, then two more count.
        assertEquals(0.5, rateAfter(HALVES, 5, 5, 5, 5, 5));
        assertEquals(0.25, rateAfter(HALVES, 5, 5, 5, 5, 5, 5));
        assertEquals(0.2, rateAfter(HALVES, 5, 5, 5, 5, 5, 5, 5, 5, 5));
    }

    @Test
    void noNumberIsNoGain() {
        assertEquals(0.5, rateAfter(HALVES, Double.NaN, Double.NaN));
        assertEquals(0.5, rateAfter(HALVES, 5, Double.NaN, Double.NaN));
        assertEquals(1, rateAfter(HALVES, Double.NaN, 5, 4));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertEquals(
                "plateau: the factor must be in (0, 1); got 1.0",
                assertThrows(IllegalArgumentException.class, () -> new Plateau.Rules(false, 1, 1, 0, false, 0, 0))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> Plateau.of(Double.NaN, HALVES));
    }
}
