package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassWeightsTest {
    @Test
    void theMeanWeightOfARowIsOne() {
        double[] weights = ClassWeights.of(List.of("a", "b"), new long[] {3, 1});
        assertArrayEquals(new double[] {4 / 6.0, 2}, weights, 1e-15);
        assertEquals(4, 3 * weights[0] + weights[1], 1e-15);
    }

    @Test
    void refusesAClassWithoutRows() {
        assertEquals(
                "class weights: every class needs a training row; got 0 of \"b\"; add rows of it or train without class"
                        + " weights",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ClassWeights.of(List.of("a", "b"), new long[] {3, 0}))
                        .getMessage());
        assertEquals(
                "class weights: every class needs its rows; got 1 names and 2",
                assertThrows(IllegalArgumentException.class, () -> ClassWeights.of(List.of("a"), new long[2]))
                        .getMessage());
    }
}
