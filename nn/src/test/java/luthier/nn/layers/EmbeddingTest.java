package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
    @Test
    void theRowForPaddingIsReadAndNeverTrained() {
        Embedding words = new Embedding(3, 2, OptionalLong.of(1));
        words.initialize(Seed.of(1));
        words.load(Map.of("weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)));
        words.unfreeze();
        Variable y = words.forward(Variable.constant(Tensor.of(new long[] {1, 2, 1}, 3)), Context.inference());
        assertArrayEquals(new double[] {3, 4, 5, 6, 3, 4}, y.value().toDoubleArray());
        y.sum().backward();
        assertArrayEquals(
                new double[] {0, 0, 0, 0, 1, 1},
                words.weight().grad().orElseThrow().toDoubleArray());
    }

    @Test
    void paddingIsARow() {
        assertEquals(
                "embedding: the padding must be one of 3 rows; got 3",
                assertThrows(IllegalArgumentException.class, () -> new Embedding(3, 2, OptionalLong.of(3)))
                        .getMessage());
    }
}
