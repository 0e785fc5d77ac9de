package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RocAucTest {
    @Test
    void countsPairsByHand() {
        boolean[] positive = {true, false, true, false};
        assertEquals(0.75, RocAuc.of(positive, new double[] {4, 3, 2, 1}));
        assertEquals(0.5, RocAuc.of(positive, new double[] {0.0, -0.0, 0.0, 0.0}));
        assertEquals(0, RocAuc.of(positive, new double[] {-4, 3, -2, 1}));
    }

    @Test
    void oneClassHasNone() {
        assertTrue(Double.isNaN(RocAuc.of(new boolean[] {true, true}, new double[2])));
        assertTrue(Double.isNaN(RocAuc.of(new boolean[0], new double[0])));
    }

    @Test
    void refusesScoresThatAreNone() {
        assertEquals(
                "auc: a score must be finite; got -Infinity in row 1; the model has diverged or its weights are damaged",
                assertThrows(
                                NotFiniteException.class,
                                () -> RocAuc.of(new boolean[1], new double[] {Double.NEGATIVE_INFINITY}))
                        .getMessage());
        assertEquals(
                "auc: every row needs a truth and a score; got 1 and 2",
                assertThrows(IllegalArgumentException.class, () -> RocAuc.of(new boolean[1], new double[2]))
                        .getMessage());
    }
}
