package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows to learn from, in batches and in packs. */
class LabelledTokensTest {
    @Test
    void whatFillsUpIsNotLearnedThoughItHasTheIdOfTheEnd() {
        LabelledTokens row = LabelledTokens.of(new int[] {5, 2}, new boolean[] {false, true});
        LabelledBatch batch = LabelledBatch.of(List.of(row, LabelledTokens.all(new int[] {7})), 2, 4);
        assertArrayEquals(new int[][] {{5, 2, 2, 2}, {7, 2, 2, 2}}, batch.ids());
        assertArrayEquals(new int[][] {{-100, 2, -100, -100}, {7, -100, -100, -100}}, batch.labels());
        assertArrayEquals(new int[][] {{1, 1, 0, 0}, {1, 0, 0, 0}}, batch.attention());
    }

    @Test
    void aPackBeginsAgainWithEachRow() {
        LabelledPack pack =
                LabelledPack.of(List.of(LabelledTokens.all(new int[] {5, 6}), LabelledTokens.all(new int[] {7, 8})));
        assertArrayEquals(new int[] {-100, 6, -100, 8}, pack.labels());
        assertArrayEquals(new int[] {0, 1, 0, 1}, pack.positions());
        assertArrayEquals(new int[] {0, 0, 1, 1}, pack.rows());
        assertEquals(2, pack.trained());
    }

    @Test
    void cuttingKeepsTheFirst() {
        LabelledTokens cut = LabelledTokens.all(new int[] {1, 2, 3}).cut(2);
        assertArrayEquals(new int[] {1, 2}, cut.labels());
        IllegalArgumentException lengths =
                assertThrows(IllegalArgumentException.class, () -> new LabelledTokens(new int[1], new int[2]));
        assertEquals(
                "labelled tokens: as many labels as tokens are needed; got 1 tokens and 2 labels",
                lengths.getMessage());
    }
}
