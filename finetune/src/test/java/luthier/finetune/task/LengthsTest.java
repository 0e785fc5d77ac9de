package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LengthsTest {
    @Test
    void saysALine() {
        assertEquals(
                "tokens a row: median 2.5, 95 % at most 9, longest 9; 1 of 4 rows cut at 3",
                Lengths.of(new int[] {9, 1, 2, 3}, 3).toString());
        assertEquals(
                "tokens a row: median 2, 95 % at most 3, longest 3; none cut at 3",
                Lengths.of(new int[] {3, 1, 2}, 3).toString());
    }

    @Test
    void refusesNothingToMeasure() {
        assertEquals(
                "lengths: at least one row and a limit of at least 1 are needed; got 0 rows and 8",
                assertThrows(IllegalArgumentException.class, () -> Lengths.of(new int[0], 8))
                        .getMessage());
        assertEquals(
                "lengths: must not be negative; got -1",
                assertThrows(IllegalArgumentException.class, () -> Lengths.of(new int[] {-1}, 8))
                        .getMessage());
    }
}
