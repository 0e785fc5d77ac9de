package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;

/** By hand, as PyTorch counts: biased variance in the pass, unbiased in the running statistics. */
class BatchNormTest {
    private final BatchNorm norm = new BatchNorm(2, 0.25, 0.1);
    private final Variable x = Variable.constant(Tensor.of(new double[] {1, 10, 3, 10, 5, 16}, 3, 2));

    BatchNormTest() {
        norm.initialize(Seed.f64(1));
    }

    private double[] value(String name) {
        return norm.parameters().get(name).value().toDoubleArray();
    }

    /** Channel 0: mean 3, variance 8/3 and 4; channel 1: mean 12, variance 8 and 12. */
    @Test
    void trainsWithTheBatchAndMovesTheRunningStatistics() {
        Context c = Context.training(Rng.of(1));
        double[] y = norm.forward(x, c).value().toDoubleArray();
        double first = Math.sqrt(8 / 3.0 + 0.25);
        double second = Math.sqrt(8.25);
        assertArrayEquals(new double[] {-2 / first, -2 / second, 0, -2 / second, 2 / first, 4 / second}, y, 1e-12);
        c.commit();
        assertArrayEquals(new double[] {0.3, 1.2}, value("running_mean"), 1e-12);
        assertArrayEquals(new double[] {0.9 + 0.4, 0.9 + 1.2}, value("running_var"), 1e-12);
        Context again = Context.training(Rng.of(1));
        norm.forward(x, again);
        again.commit();
        assertArrayEquals(new double[] {0.57, 2.28}, value("running_mean"), 1e-12);
    }

    @Test
    void evaluatesWithTheRunningStatistics() {
        norm.parameters().get("running_mean").load(Tensor.of(new double[] {1, 2}, 2));
        norm.parameters().get("running_var").load(Tensor.of(new double[] {2, 12}, 2));
        norm.parameters().get("weight").load(Tensor.of(new double[] {3, 7}, 2));
        norm.parameters().get("bias").load(Tensor.of(new double[] {-1, 0.5}, 2));
        double[] y = Tiny.out(norm, x).toDoubleArray();
        double[] expected = {-1, 8 * 7 / 3.5 + 0.5, 3, 8 * 7 / 3.5 + 0.5, 7, 14 * 7 / 3.5 + 0.5};
        assertArrayEquals(expected, y, 1e-12);
    }

    @Test
    void channelsOfImagesCountAllPlaces() {
        Context c = Context.training(Rng.of(1));
        Tensor image = x.value().reshape(1, 3, 2).permute(0, 2, 1).contiguous();
        double[] y = norm.forward(Variable.constant(image), c).value().toDoubleArray();
        assertEquals(-2 / Math.sqrt(8 / 3.0 + 0.25), y[0], 1e-12);
        c.commit();
        assertArrayEquals(new double[] {0.3, 1.2}, value("running_mean"), 1e-12);
    }

    @Test
    void refusesAShareThatIsNone() {
        assertEquals(
                "batchNorm: momentum must be in [0, 1]; got 1.5",
                assertThrows(IllegalArgumentException.class, () -> new BatchNorm(2, 1e-5, 1.5))
                        .getMessage());
    }
}
