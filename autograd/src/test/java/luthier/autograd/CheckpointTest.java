package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F32, Shape.of(shape), 0, 1);
    }

    /** Same bits with and without, for the input and for parameters that the part uses without being told. */
    @Test
    void changesNoBit() {
        Variable w = Variable.parameter(normal(1, 8, 8));
        Variable x = Variable.parameter(normal(2, 4, 8));
        UnaryOperator<Variable> block = h -> ElementaryOps.tanh(h.matmul(w)).add(h);
        List<Tensor> results = new ArrayList<>();
        for (boolean checkpoint : new boolean[] {false, true}) {
            Variable h = x;
            for (int i = 0; i < 3; i++) {
                Variable in = h;
                h = checkpoint ? Checkpoint.of(v -> block.apply(v.get(0)), in) : block.apply(in);
            }
            ElementwiseOps.square(h).sum().backward();
            results.add(h.value());
            results.add(x.grad().orElseThrow());
            results.add(w.grad().orElseThrow());
            x.zeroGrad();
            w.zeroGrad();
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(results.get(i).bitEquals(results.get(i + 3)), "result " + i);
        }
    }

    /** Recomputes once for each backward pass, and never without one. */
    @Test
    void computesTwice() {
        AtomicInteger calls = new AtomicInteger();
        Variable x = Variable.parameter(normal(3, 2));
        Variable y = Checkpoint.of(
                in -> {
                    calls.incrementAndGet();
                    return ElementaryOps.exp(in.get(0));
                },
                x);
        assertEquals(1, calls.get());
        assertEquals(x.inputCount(), 0);
        y.sum().backward();
        assertEquals(2, calls.get());
        Grad.disabled(() -> Checkpoint.of(in -> in.get(0), x));
    }

    @Test
    void canBeDifferentiatedTwice() {
        Tensor at = Rng.of(4).normal(DType.F64, Shape.of(3), 0, 1);
        GradCheck.checkSecondOrder(
                        in -> Checkpoint.of(v -> ElementaryOps.tanh(v.get(0)).mul(v.get(1)), in.get(0), in.get(1)),
                        at,
                        Rng.of(5).normal(DType.F64, Shape.of(3), 0, 1))
                .assertPassed();
    }

    /** An outer pass that already holds a part of a shared parameter's gradient keeps it. */
    @Test
    void sharesParametersWithTheRest() {
        Variable w = Variable.parameter(Tensor.scalar(3.0));
        Variable x = Variable.parameter(Tensor.scalar(2.0));
        Variable y = Checkpoint.of(in -> in.get(0).mul(w), x).add(w.mul(w)).add(w);
        y.backward();
        assertEquals(2 + 6 + 1, w.grad().orElseThrow().item());
        assertEquals(3, x.grad().orElseThrow().item());
    }
}
