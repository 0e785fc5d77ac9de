package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
    @Test
    void padsToTheLongestSequence() {
        TokenBatch batch = TokenBatch.of(new int[][] {{5, 6}, {7, 0, 9}, {4}}, new int[] {1, 0, 38}, 99);
        assertTrue(batch.ids().bitEquals(Tensor.of(new long[] {5, 6, 99, 7, 0, 9, 4, 99, 99}, 3, 3)));
        assertTrue(batch.mask()
                .bitEquals(Tensor.of(new boolean[] {true, true, false, true, true, true, true, false, false}, 3, 3)));
        assertTrue(batch.labels().bitEquals(Tensor.of(new long[] {1, 0, 38}, 3)));
        assertArrayEquals(new int[] {2, 3, 1}, batch.lengths());
        assertEquals(3, batch.size());
    }

    @Test
    void gathersExamplesInTheOrderAskedFor() {
        List<int[]> sequences = List.of(new int[] {1}, new int[] {2, 2}, new int[] {3, 3, 3});
        TokenBatch batch = TokenBatch.gather(sequences, new int[] {10, 20, 30}, new int[] {1, 0}, 0);
        assertTrue(batch.ids().bitEquals(Tensor.of(new long[] {2, 2, 1, 0}, 2, 2)));
        assertTrue(batch.labels().bitEquals(Tensor.of(new long[] {20, 10}, 2)));
    }

    @Test
    void marksMissingLabels() {
        TokenBatch batch = TokenBatch.unlabelled(new int[][] {{5}, {6}}, 0);
        assertTrue(batch.labels().bitEquals(Tensor.of(new long[] {-100, -100}, 2)));
        assertEquals(DType.I64, batch.ids().dtype());
        assertEquals(DType.BOOL, batch.mask().dtype());
        assertEquals(Shape.of(2, 1), batch.mask().shape());
    }

    @Test
    void refusesWhatCannotBeABatch() {
        assertEquals(
                "batch: every sequence needs one label; got 1 sequences and 2 labels",
                assertThrows(ShapeException.class, () -> TokenBatch.of(new int[][] {{1}}, new int[] {1, 2}, 0))
                        .getMessage());
        assertEquals(
                "batch: there must be at least one sequence; got none",
                assertThrows(ShapeException.class, () -> TokenBatch.unlabelled(new int[0][], 0))
                        .getMessage());
        assertEquals(
                "batch: every sequence must have at least one token; got none in sequence 1",
                assertThrows(ShapeException.class, () -> TokenBatch.unlabelled(new int[][] {{1}, {}}, 0))
                        .getMessage());
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> TokenBatch.gather(List.of(new int[] {1}), new int[] {0}, new int[] {1}, 0));
    }
}
