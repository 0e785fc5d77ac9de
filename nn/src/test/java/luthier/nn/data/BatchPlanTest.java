package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final int[] LENGTHS = {5, 2, 9, 2, 7};

    @Test
    void sortsByLengthAndKeepsTheOrderOfEqualLengths() {
        BatchPlan plan = BatchPlan.sorted(LENGTHS, 2);
        List<int[]> batches = new ArrayList<>();
        plan.forEach(batches::add);
        assertEquals(3, plan.size());
        assertArrayEquals(new int[][] {{1, 3}, {0, 4}, {2}}, batches.toArray(new int[0][]));
        assertArrayEquals(new int[] {0, 4}, plan.batch(1));
    }

    @Test
    void countsTokensWithAndWithoutPadding() {
        BatchPlan plan = BatchPlan.sorted(LENGTHS, 2);
        assertEquals(25, plan.realTokens());
        assertEquals(2 * 2 + 2 * 7 + 9, plan.paddedTokens());
    }

    @Test
    void doesNotLetABatchBeChanged() {
        BatchPlan plan = BatchPlan.sorted(LENGTHS, 2);
        plan.batch(0)[0] = 77;
        plan.iterator().next()[0] = 77;
        assertArrayEquals(new int[] {1, 3}, plan.batch(0));
    }

    @Test
    void hasNoBatchForNoExample() {
        assertEquals(0, BatchPlan.sorted(new int[0], 2).size());
        assertEquals(1, BatchPlan.sorted(LENGTHS, Integer.MAX_VALUE).size());
    }

    @Test
    void refusesBadArguments() {
        assertEquals(
                "batches: the batch size must be at least 1; got 0",
                assertThrows(IllegalArgumentException.class, () -> BatchPlan.sorted(LENGTHS, 0))
                        .getMessage());
        assertEquals(
                "batches: lengths must not be negative; got -1 for example 1",
                assertThrows(IllegalArgumentException.class, () -> BatchPlan.sorted(new int[] {1, -1}, 1))
                        .getMessage());
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> BatchPlan.sorted(LENGTHS, 2).batch(3));
    }
}
