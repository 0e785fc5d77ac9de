package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RetrievalMetricsTest {
    private static final List<String> DOCUMENTS = List.of("x", "y", "x", "z");

    /** Of the first query y ties, of the second z is ahead; x stands twice and is one document. */
    @Test
    void ranksByHand() {
        RetrievalMetrics metrics =
                RetrievalMetrics.of(new double[][] {{3, 3, 3, 1}, {2, 4, 2, 5}}, DOCUMENTS, new int[] {2, 1});
        assertEquals(0, metrics.recallAt(1));
        assertEquals(1, metrics.recallAt(2));
        assertEquals(0.5, metrics.meanReciprocalRank());
        assertEquals(List.of(0.0, 1.0, 1.0, 0.5), List.copyOf(metrics.values().values()));
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(
                "recall: every query needs its own document; got 1 queries and 0 documents",
                () -> RetrievalMetrics.of(new double[1][4], DOCUMENTS, new int[0]));
        refused(
                "recall: every query must score 4 documents and own one of them; got 3 scores and document 0 in row 1",
                () -> RetrievalMetrics.of(new double[1][3], DOCUMENTS, new int[1]));
        refused(
                "recall: every query must score 4 documents and own one of them; got 4 scores and document 4 in row 1",
                () -> RetrievalMetrics.of(new double[1][4], DOCUMENTS, new int[] {4}));
        RetrievalMetrics none = RetrievalMetrics.of(new double[0][], DOCUMENTS, new int[0]);
        refused("recall: k must be at least 1; got 0", () -> none.recallAt(0));
        assertTrue(Double.isNaN(none.recallAt(1)));
        assertEquals(
                "recall: a score must be finite; got NaN in row 1; the model has diverged or its weights are damaged",
                assertThrows(
                                NotFiniteException.class,
                                () -> RetrievalMetrics.of(new double[][] {{Double.NaN}}, List.of("x"), new int[] {0}))
                        .getMessage());
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable ranking) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, ranking).getMessage());
    }
}
