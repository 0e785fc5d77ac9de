package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import luthier.nn.Parameter;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;

class ScheduleFreeTest {
    /** What the authors' package, schedulefree 1.4, gives in double precision. */
    private static final double[][] AUTHORS = {
        {0.5974999990000001, -0.8950000003333334, 2.08999999975},
        {0.640370398068225, -0.8436564799446401, 2.1323774217835556},
        {0.6815814930279268, -0.7926455078388354, 2.1740303439007276},
        {0.7208332611709913, -0.7420022765390373, 2.2148527674412115},
        {0.7579266483511872, -0.6917458624533803, 2.2547816562169234}
    };

    private static final Tensor WEIGHTS = Tensor.of(new double[] {1, 0.5, 2}, 3);
    private static final Tensor TARGET = Tensor.of(new double[] {1, 2, 3}, 3);

    private final Parameter p = Tiny.parameter("p", Tensor.of(new double[] {0.5, -1, 2}, 3));
    private final Optimizer optimizer = new Optimizer(new ScheduleFree(0.9, 0.99, 1e-8), Map.of("p", p), 0.05);

    /** The gradient of the weighted squares of p - target, where p stands now. */
    private void gradient() {
        p.variable().setGrad(p.value().sub(TARGET).mul(WEIGHTS).mul(2));
    }

    @Test
    void valuesAreTheAuthors() {
        for (double[] expected : AUTHORS) {
            optimizer.ahead();
            gradient();
            optimizer.step(0.1);
            assertArrayEquals(expected, p.value().toDoubleArray(), 1e-13);
        }
    }

    @Test
    void aStepComesBackFromAheadWithoutAGradientToo() {
        for (int i = 0; i < 2; i++) {
            optimizer.ahead();
            gradient();
            optimizer.step(0.1);
        }
        Tensor before = p.value().copy();
        optimizer.ahead();
        Tensor ahead = p.value().copy();
        optimizer.ahead();
        Tiny.assertBits(ahead, p.value(), "ahead twice");
        p.zeroGrad();
        optimizer.step(0.1);
        Tiny.assertBits(before, p.value(), "back");
        assertEquals(DType.F64, before.dtype());
    }

    @Test
    void aStepThatWasNotAheadIsRefused() {
        gradient();
        Tensor before = p.value().copy();
        assertEquals(
                "schedule-free: ahead() must be called before the forward pass of every step; got a step without",
                assertThrows(IllegalStateException.class, () -> optimizer.step(0.1))
                        .getMessage());
        Tiny.assertBits(before, p.value(), "p");
    }
}
