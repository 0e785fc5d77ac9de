package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MeanLossTest {
    @Test
    void weighsBatchesByWhatTheyHold() {
        assertEquals(3.5, MeanLoss.NONE.plus(2, 1).plus(4, 3).value());
        assertEquals(2, MeanLoss.NONE.plus(2, 1).plus(Double.NaN, 0).value());
        assertTrue(Double.isNaN(MeanLoss.NONE.value()));
    }
}
