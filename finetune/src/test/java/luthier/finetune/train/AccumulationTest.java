package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.Variable;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class AccumulationTest {
    /** Nothing is multiplied: the bits of a run without accumulation are those of the loss itself. */
    @Test
    void oneMicroBatchStaysAsItIs() {
        Variable mean = Variable.parameter(Tensor.of(new float[] {0.1f}, 1)).mean();
        assertSame(mean, Accumulation.of(7).scaled(0, mean));
        assertEquals(0.1f, Accumulation.of(7).loss(0.1f));
        Accumulation others = Accumulation.of(0, 3, 0);
        assertSame(mean, others.scaled(1, mean));
        assertEquals(0.1, others.loss(Double.NaN, 0.1, Double.NaN));
    }

    @Test
    void sharesAreThoseOfTheWindow() {
        Accumulation window = Accumulation.of(6, 2, 0);
        assertEquals(3, window.size());
        assertEquals(0.75, window.share(0));
        assertEquals(0.25, window.share(1));
        assertTrue(window.counts(1));
        assertFalse(window.counts(2));
        assertEquals(2.5, window.loss(2, 4, Double.NaN));
        Variable leaf = Variable.parameter(Tensor.of(new double[] {8}, 1));
        window.scaled(1, leaf.mean()).backward();
        assertEquals(0.25, leaf.grad().orElseThrow().item());
    }

    @Test
    void refusesAWindowWithNothingToLearn() {
        assertEquals(
                "train: a step must hold something to learn from; got no trained token or row in its 2 batches; look at"
                        + " the data with luthier data",
                assertThrows(TrainingException.class, () -> Accumulation.of(0, 0))
                        .getMessage());
        assertEquals(
                "accumulation: the weight of a batch must be finite and not negative; got -1.0",
                assertThrows(IllegalArgumentException.class, () -> Accumulation.of(1, -1))
                        .getMessage());
        assertEquals(
                "accumulation: there must be 2 losses; got 1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Accumulation.of(1, 1).loss(1))
                        .getMessage());
    }
}
