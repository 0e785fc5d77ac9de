package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.SoftmaxOps;
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

    // ---- results that a part uses without being told
    // --------------------------------------------------------------------------------------------

    private static Variable number(double value) {
        return Variable.parameter(Tensor.scalar(value));
    }

    private static double grad(Variable x) {
        return x.grad().orElseThrow().item();
    }

    /** y = x e e with e = tanh w, a part for each product: dw = 2 x e / cosh^2 w. */
    @Test
    void aResultFromOutsideGetsItsGradientFromEveryPart() {
        Variable x = number(1.5);
        Variable w = number(0.5);
        Variable e = ElementaryOps.tanh(w);
        Variable y = x;
        for (int part = 0; part < 2; part++) {
            y = Checkpoint.of(in -> in.get(0).mul(e), y);
        }
        y.backward();
        double cosh = StrictMath.cosh(0.5);
        assertEquals(2 * 1.5 * StrictMath.tanh(0.5) / (cosh * cosh), grad(w), 1e-15);
        assertEquals(StrictMath.pow(StrictMath.tanh(0.5), 2), grad(x), 1e-15);
    }

    /** Used once, inside, it keeps every bit. */
    @Test
    void aResultFromOutsideKeepsItsBits() {
        Variable w = Variable.parameter(normal(6, 8, 8));
        Variable x = Variable.parameter(normal(7, 4, 8));
        List<Tensor> results = new ArrayList<>();
        for (boolean checkpoint : new boolean[] {false, true}) {
            Variable e = ElementaryOps.tanh(w);
            UnaryOperator<Variable> part = h -> ElementaryOps.tanh(h.matmul(e));
            Variable y = checkpoint ? Checkpoint.of(in -> part.apply(in.get(0)), x) : part.apply(x);
            ElementwiseOps.square(y).sum().backward();
            results.add(w.grad().orElseThrow());
            results.add(x.grad().orElseThrow());
            w.zeroGrad();
            x.zeroGrad();
        }
        assertTrue(results.get(0).bitEquals(results.get(2)));
        assertTrue(results.get(1).bitEquals(results.get(3)));
    }

    /** What is older ends the walk: w by way of e is the outer pass's affair, w itself is the part's. */
    @Test
    void neitherTwiceNorByWayOfAnother() {
        Variable w = number(2);
        Variable e = ElementwiseOps.square(w);
        Variable f = e.mul(3);
        Variable y = Checkpoint.of(in -> in.get(0).mul(w).mul(e).add(f.mul(e)), number(5))
                .add(e);
        y.backward();
        // y = 5 w^3 + 3 w^4 + w^2.
        assertEquals(15 * 4 + 12 * 8 + 2 * 2, grad(w));
    }

    /** A variable may be an argument, several arguments, and used without being told, all at once. */
    @Test
    void argumentsMayRepeatAndBeCaptured() {
        Variable w = number(2);
        Variable e = w.mul(3);
        Checkpoint.of(in -> in.get(0).mul(in.get(1)).mul(e), e, e).backward();
        // (3 w)^3.
        assertEquals(3 * 27 * 4, grad(w));
        w.zeroGrad();
        Variable again = w.mul(3);
        Checkpoint.of(in -> again, again).backward();
        assertEquals(3, grad(w));
    }

    @Test
    void partsInsidePartsFindWhatIsOutsideBoth() {
        List<Double> results = new ArrayList<>();
        for (boolean checkpoint : new boolean[] {false, true}) {
            Variable w = number(0.3);
            Variable x = number(0.7);
            Variable e = ElementaryOps.exp(w);
            Function<List<Variable>, Variable> outer = in -> {
                Variable own = ElementaryOps.sin(in.get(0).mul(e));
                Function<List<Variable>, Variable> inner =
                        v -> v.get(0).mul(own).mul(e).mul(w);
                Variable h = in.get(0).add(e);
                return (checkpoint ? Checkpoint.of(inner, h) : inner.apply(List.of(h))).mul(own);
            };
            Variable y = checkpoint ? Checkpoint.of(outer, x) : outer.apply(List.of(x));
            y.mul(e).backward();
            results.add(grad(w));
            results.add(grad(x));
        }
        assertEquals(results.get(0), results.get(2), 1e-14);
        assertEquals(results.get(1), results.get(3), 1e-14);
    }

    @Test
    void capturedResultsCanBeDifferentiatedTwice() {
        Tensor at = Rng.of(8).normal(DType.F64, Shape.of(3), 0, 1);
        Tensor other = Rng.of(9).normal(DType.F64, Shape.of(3), 0, 1);
        Function<List<Variable>, Variable> f = in -> {
            Variable e = ElementaryOps.tanh(in.get(0));
            Variable first = Checkpoint.of(v -> v.get(0).mul(v.get(1)).mul(e), in.get(1), in.get(1));
            return Checkpoint.of(v -> ElementaryOps.sin(v.get(0).mul(e)), first).add(e);
        };
        GradCheck.check(f, at, other).assertPassed();
        GradCheck.checkSecondOrder(f, at, other).assertPassed();
    }

    /** A decoder of three layers that look at one encoder's output. */
    @Test
    void layersShareACapturedEncoder() {
        Variable w = Variable.parameter(normal(10, 8, 8));
        Variable x = Variable.parameter(normal(11, 4, 8));
        List<Tensor> results = new ArrayList<>();
        for (boolean checkpoint : new boolean[] {false, true}) {
            Variable encoded = ElementaryOps.tanh(x.matmul(w));
            Variable h = x;
            for (int i = 0; i < 3; i++) {
                UnaryOperator<Variable> layer = q -> SoftmaxOps.softmax(q.matmul(encoded.transpose(0, 1)), -1)
                        .matmul(encoded)
                        .add(q);
                Variable in = h;
                h = checkpoint ? Checkpoint.of(v -> layer.apply(v.get(0)), in) : layer.apply(in);
            }
            Backward.fromScalar(ElementwiseOps.square(h).sum()).retainGraph().run();
            results.add(w.grad().orElseThrow());
            w.zeroGrad();
            x.zeroGrad();
        }
        double[] right = results.get(0).toDoubleArray();
        double[] got = results.get(1).toDoubleArray();
        for (int i = 0; i < right.length; i++) {
            assertEquals(right[i], got[i], 1e-4 * (1 + Math.abs(right[i])), "element " + i);
        }
    }

    @Test
    void whatDependsOnNothingIsAConstant() {
        Variable y = Checkpoint.of(in -> Variable.constant(Tensor.scalar(4.0)), number(1));
        assertFalse(y.requiresGrad());
        assertEquals(4, y.item());
    }

    @Test
    void refusesAPartThatUsesAnotherVariableTheSecondTime() {
        Variable w = number(2).named("w");
        Variable v = number(3).named("v");
        List<Variable> use = new ArrayList<>(List.of(w));
        Variable y = Checkpoint.of(in -> in.get(0).mul(use.getFirst()), number(1));
        use.set(0, v);
        assertEquals(
                "Checkpoint: a part must use the same variables when it is computed again; got v F64[], which it did not use"
                        + " before; pass what changes as an argument",
                assertThrows(GradException.class, y::backward).getMessage());
        assertTrue(v.grad().isEmpty() && w.grad().isEmpty());
    }
}
