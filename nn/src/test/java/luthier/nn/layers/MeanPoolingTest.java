package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Means of what is real. */
class MeanPoolingTest {
    @Test
    void aRowOfPaddingIsZero() {
        Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2, 1));
        Tensor mask = Tensor.of(new boolean[] {true, true, true, false, false, false}, 3, 2);
        Variable y = new MeanPooling().forward(x, Context.inference().withMask(mask));
        assertArrayEquals(new float[] {1.5f, 3, 0}, y.value().toFloatArray());
        y.sum().backward();
        assertArrayEquals(
                new float[] {0.5f, 0.5f, 1, 0, 0, 0}, x.grad().orElseThrow().toFloatArray());
    }
}
