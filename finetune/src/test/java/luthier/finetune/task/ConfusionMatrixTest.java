package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    private static final List<String> NAMES = List.of("billing", "outage", "other");

    /** By hand: 4 rows, billing 2 right of 2, outage 1 of 2; precision of billing 2/3. */
    @Test
    void countsByHand() {
        ConfusionMatrix matrix = ConfusionMatrix.of(NAMES, new int[] {0, 0, 1, 1}, new int[] {0, 0, 0, 1});
        assertEquals(4, matrix.rows());
        assertEquals(1, matrix.count(1, 0));
        assertEquals(0.75, matrix.accuracy());
        assertEquals(0.5, matrix.majorityAccuracy());
        assertEquals((0.8 + 2 / 3.0) / 2, matrix.macroF1(), 1e-15);
        assertEquals((0.8 + 2 / 3.0) / 3, matrix.macroF1OverAllNames(), 1e-15);
        assertEquals(0.75, matrix.balancedAccuracy());
        assertEquals(1 / Math.sqrt(3), matrix.matthews(), 1e-15);
        assertEquals(2, matrix.perClass().size());
    }

    @Test
    void withoutRowsNothingIsDefined() {
        ConfusionMatrix none = ConfusionMatrix.of(NAMES, new int[0], new int[0]);
        assertTrue(Double.isNaN(none.accuracy()));
        assertTrue(Double.isNaN(none.macroF1()));
        assertTrue(Double.isNaN(none.weightedF1()));
        assertTrue(Double.isNaN(none.balancedAccuracy()));
        assertTrue(Double.isNaN(none.majorityAccuracy()));
        assertEquals(0, none.matthews());
    }

    @Test
    void countsOfABillionRowsAreExact() {
        long big = 1_400_000_000L;
        ConfusionMatrix matrix = ConfusionMatrix.of(List.of("a", "b"), new long[][] {{big, 1}, {1, big}});
        assertEquals((big - 1.0) / (big + 1.0), matrix.matthews(), 1e-15);
        refused(
                "confusion: at most 3000000000 rows are counted; got 4200000000",
                () -> ConfusionMatrix.of(List.of("a"), new long[][] {{3 * big}}));
    }

    @Test
    void refusesWhatIsNoCount() {
        refused(
                "confusion: every row needs a truth and a prediction; got 1 and 2",
                () -> ConfusionMatrix.of(NAMES, new int[1], new int[2]));
        refused(
                "confusion: a class must be below 3; got 3 in row 2",
                () -> ConfusionMatrix.of(NAMES, new int[] {0, 3}, new int[2]));
        refused(
                "confusion: a class must be below 3; got -1 in row 1",
                () -> ConfusionMatrix.of(NAMES, new int[1], new int[] {-1}));
        refused("confusion: counts must be [3, 3]; got 1 rows", () -> ConfusionMatrix.of(NAMES, new long[1][3]));
        refused(
                "confusion: counts must be [1, 1]; got 2 in row 1",
                () -> ConfusionMatrix.of(List.of("a"), new long[1][2]));
        refused(
                "confusion: counts must not be negative; got -1",
                () -> ConfusionMatrix.of(List.of("a"), new long[][] {{-1}}));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable counting) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, counting).getMessage());
    }
}
