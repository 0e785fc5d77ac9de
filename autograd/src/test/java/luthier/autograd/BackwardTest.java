package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Pool;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BackwardTest {
    private static Variable parameter(double... values) {
        return Variable.parameter(Tensor.of(values, values.length));
    }

    private static double[] grad(Variable x) {
        return x.grad().orElseThrow().toDoubleArray();
    }

    /** A million operations need no stack, forward, backward or to be collected. */
    @Test
    void runsAChainOfAMillion() {
        Variable x = Variable.parameter(Tensor.scalar(1.0));
        Variable y = x;
        for (int i = 0; i < 1_000_000; i++) {
            y = ElementwiseOps.add(y, 1);
        }
        y.backward();
        assertEquals(1, x.grad().orElseThrow().item());
        assertEquals(1_000_001, y.item());
        assertEquals("freed", y.operation());
    }

    /** What is used 10,000 times gets its whole gradient before its own rule runs, once. */
    @Test
    void gathersASharedSubexpressionBeforeItsRuleRuns() {
        AtomicInteger calls = new AtomicInteger();
        Variable x = parameter(3);
        Variable square = ElementwiseOps.square(x);
        Variable shared = Variable.record(
                square.value(),
                (dY, gradients) -> {
                    calls.incrementAndGet();
                    gradients.set(0, dY);
                },
                square);
        Variable total = shared;
        for (int i = 1; i < 10_000; i++) {
            total = ElementwiseOps.add(total, shared);
        }
        total.sum().backward();
        assertEquals(1, calls.get());
        assertEquals(60_000, grad(x)[0]);
    }

    @Test
    void addsUpOverPassesUntilTold() {
        Variable x = parameter(1, 2);
        x.mul(x).sum().backward();
        x.mul(3).sum().backward();
        assertEquals(List.of(5.0, 7.0), List.of(grad(x)[0], grad(x)[1]));
        x.zeroGrad();
        assertTrue(x.grad().isEmpty());
    }

    /** The two operands of a sum share what arrives, but not what becomes of it. */
    @Test
    void gradientsOfDifferentLeavesNeverShareAFate() {
        Variable a = parameter(1);
        Variable b = parameter(2);
        a.add(b).sum().backward();
        a.setGrad(Tensor.of(new double[] {100}, 1));
        assertEquals(1, grad(b)[0]);
        Variable x = parameter(2);
        Variable y = parameter(3);
        x.div(x.add(y)).sum().backward();
        assertEquals(3 / 25.0, grad(x)[0], 1e-15);
        assertEquals(-2 / 25.0, grad(y)[0], 1e-15);
    }

    @Test
    void aSecondPassNeedsTheGraphKept() {
        Variable x = parameter(2);
        Variable y = x.mul(x).sum();
        Backward.fromScalar(y).retainGraph().run();
        y.backward();
        assertEquals(8, grad(x)[0]);
        GradException refused = assertThrows(GradException.class, y::backward);
        assertTrue(
                refused.getMessage().contains("the graph was freed by an earlier backward pass"), refused.toString());
        assertTrue(refused.getMessage().contains("retainGraph()"), refused.toString());
    }

    @Test
    void asksForGradientsOfResultsToo() {
        Variable x = parameter(2);
        Variable h = x.mul(x);
        Variable y = h.mul(3).sum();
        List<Variable> found = Backward.fromScalar(y).gradients(h, x, parameter(5));
        assertEquals(3, found.get(0).item());
        assertEquals(12, found.get(1).item());
        assertEquals(0, found.get(2).item());
        assertTrue(x.grad().isEmpty());
    }

    /** Rules that lead to nothing that was asked for do not run. */
    @Test
    void runsOnlyTheRulesOnTheWay() {
        AtomicInteger calls = new AtomicInteger();
        Variable x = parameter(2);
        Variable w = parameter(5);
        Variable beside = Variable.record(
                w.value(),
                (dY, gradients) -> {
                    calls.incrementAndGet();
                    gradients.set(0, dY);
                },
                w);
        Variable y = x.mul(beside).sum();
        assertEquals(5, Backward.fromScalar(y).gradients(x).get(0).item());
        assertEquals(0, calls.get());
    }

    @Test
    void differentiatesSeveralRootsInOnePass() {
        Variable x = parameter(2);
        Variable shared = x.mul(x);
        Variable one = Variable.constant(Tensor.of(new double[] {1}, 1));
        Backward.from(shared.mul(3), one).and(shared.add(x), one).run();
        assertEquals(3 * 4 + 4 + 1, grad(x)[0]);
    }

    @Test
    void refusesWhatHasNoGradient() {
        assertThrows(
                GradException.class, () -> Variable.constant(Tensor.scalar(1.0)).backward());
        assertEquals(
                "backward: only a single number has an implied gradient of 1; got shape [2]; reduce it (sum, mean) or"
                        + " pass a seed of that shape",
                assertThrows(GradException.class, () -> parameter(1, 2).mul(2).backward())
                        .getMessage());
        GradException seed =
                assertThrows(GradException.class, () -> parameter(1, 2).mul(2).backward(Tensor.scalar(1.0)));
        assertTrue(seed.getMessage().contains("got F64[] for F64[2]"), seed.getMessage());
    }

    @Test
    void aGraphBelongsToItsThread() {
        Variable x = parameter(1);
        Variable there = CompletableFuture.supplyAsync(() -> x.mul(2)).join();
        GradException used = assertThrows(GradException.class, () -> there.add(x));
        assertTrue(used.getMessage().startsWith("Add: a graph belongs to the thread that built it"), used.getMessage());
        GradException passed =
                assertThrows(GradException.class, () -> there.sum().backward());
        assertTrue(passed.getMessage().contains("Sum: a graph belongs"), passed.getMessage());
        assertEquals(
                2,
                there.detach()
                        .add(Variable.constant(Tensor.of(new double[] {0}, 1)))
                        .item());
    }

    /** After a rule has failed, the graph can be used again. */
    @Test
    void aFailedPassLeavesNothingBehind() {
        Variable x = parameter(1);
        Variable good = x.mul(2);
        Variable bad = Variable.record(
                x.value(),
                (dY, gradients) -> {
                    throw new IllegalStateException("broken");
                },
                x);
        assertThrows(IllegalStateException.class, () -> bad.add(good).sum().backward());
        good.sum().backward();
        assertEquals(2, grad(x)[0]);
    }

    @Test
    void gradModeEndsWithItsScope() {
        Variable x = parameter(1);
        Variable off = Grad.disabled(() -> {
            assertFalse(Grad.isEnabled());
            assertTrue(Grad.enabled(() -> x.mul(2)).requiresGrad());
            return x.mul(2);
        });
        assertFalse(off.requiresGrad());
        assertThrows(
                IllegalStateException.class,
                () -> Grad.disabled(() -> {
                    throw new IllegalStateException();
                }));
        assertTrue(Grad.isEnabled());
        // Another thread has a mode of its own.
        Grad.disabled(() ->
                CompletableFuture.runAsync(() -> assertTrue(Grad.isEnabled())).join());
    }

    @Test
    void hooksSeeTheCompleteGradientAndMayChangeIt() {
        List<Double> seen = new ArrayList<>();
        Variable x = parameter(2);
        Variable h = x.mul(x);
        Variable.Hook watch = h.onGradient(dH -> {
            seen.add(dH.item());
            return dH;
        });
        Variable.Hook halve = h.onGradient(dH -> dH.mul(0.5));
        Backward.fromScalar(h.add(h.mul(2)).sum()).retainGraph().run();
        assertEquals(List.of(3.0), seen);
        assertEquals(6, grad(x)[0]);
        halve.close();
        watch.close();
        x.zeroGrad();
        h.sum().backward();
        assertEquals(4, grad(x)[0]);
        assertEquals(1, seen.size());
        Variable.Hook wrong = x.onGradient(Variable::sum);
        assertThrows(GradException.class, () -> x.mul(2).sum().backward());
        wrong.close();
        assertThrows(
                GradException.class, () -> Variable.constant(Tensor.scalar(1.0)).onGradient(g -> g));
    }

    /** Nothing holds a graph that nobody refers to: the heap stays flat over 10,000 steps. */
    @Test
    void graphsDieWithTheirLastReference() {
        Variable x = parameter(new double[1000]);
        long first = 0;
        for (int step = 0; step < 10_000; step++) {
            Variable y = x.mul(x).add(x).sum();
            if (step % 2 == 0) {
                y.backward();
                x.zeroGrad();
            }
            if (step == 1000 || step == 9_999) {
                System.gc();
                long used = Runtime.getRuntime().totalMemory()
                        - Runtime.getRuntime().freeMemory();
                if (first == 0) {
                    first = used;
                }
                assertTrue(used < first + (1 << 20), "heap in use: " + first + " then " + used + " bytes");
            }
        }
    }

    /** Inside a pool gradients go back as the pass goes, except for those that somebody can see. */
    @Test
    void aPoolTakesBackOnlyWhatNobodySees() {
        Tensor value = Rng.of(1).normal(DType.F32, Shape.of(64, 96), 0, 1);
        Variable x = Variable.parameter(value);
        List<Variable> seen = new ArrayList<>();
        Pool pool = new Pool();
        Tensor asked = pool.scope(() -> {
            Variable h = ElementwiseOps.square(x);
            h.onGradient(gradient -> {
                seen.add(gradient);
                return gradient;
            });
            Variable y = ElementwiseOps.add(ElementaryOps.exp(h), ElementwiseOps.mul(h, h))
                    .sum();
            Tensor gradient =
                    Backward.fromScalar(y).retainGraph().gradients(h).get(0).value();
            assertTrue(gradient.bitEquals(seen.get(0).value()));
            y.backward();
            assertTrue(gradient.bitEquals(seen.get(1).value()), "a hook may keep what it saw until the scope ends");
            return gradient;
        });
        Tensor h = value.mul(value);
        assertEquals(Math.fma(2, h.get(3, 5), Elementary.exp(h).get(3, 5)), asked.get(3, 5), 1e-5);
        assertEquals(value.shape(), x.grad().orElseThrow().shape());
        assertEquals(
                asked.get(3, 5) * 2 * value.get(3, 5), x.grad().orElseThrow().get(3, 5), 1e-5);
    }

    /** Writes down what it sees, and reads the numbers only when the pass is over. */
    private static final class Witness implements Backward.Watcher {
        private final List<Supplier<String>> seen = new ArrayList<>();

        private static String name(Variable variable) {
            return variable.name().orElseThrow();
        }

        @Override
        public void handed(Variable node, int operand, Variable part, Variable sum) {
            seen.add(() ->
                    name(node) + " hands " + name(node.input(operand)) + " " + part.item() + ", in all " + sum.item());
        }

        @Override
        public void completed(Variable node, Variable gradient) {
            seen.add(() -> name(node) + " has " + gradient.item());
        }

        List<String> report() {
            return seen.stream().map(Supplier::get).toList();
        }
    }

    @Test
    void aWatcherSeesThePassAndLeavesNoTrace() {
        Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x");
        Variable frozen = Variable.constant(Tensor.scalar(2.0)).named("frozen");
        Variable square = x.mul(x).named("square");
        Variable y = square.mul(frozen).add(square).named("y");
        y.input(0).named("twice");
        List<String> expected = List.of(
                "y has 1.0",
                "y hands twice 1.0, in all 1.0",
                "y hands square 1.0, in all 1.0",
                "twice has 1.0",
                "twice hands square 2.0, in all 3.0",
                "square has 3.0",
                "square hands x 9.0, in all 9.0",
                "square hands x 9.0, in all 18.0",
                "x has 18.0");
        Backward pass = Backward.fromScalar(y);
        Witness witness = new Witness();
        pass.watchedBy(witness);
        assertEquals(expected, witness.report());
        assertTrue(x.grad().isEmpty());
        pass.run();
        assertEquals(18, x.grad().orElseThrow().item());
        assertEquals(expected.size(), witness.report().size(), "a later run is not watched");
    }

    private static List<Tensor> watched(Variable y) {
        List<Tensor> seen = new ArrayList<>();
        Backward.fromScalar(y).watchedBy(new Backward.Watcher() {
            @Override
            public void handed(Variable node, int operand, Variable part, Variable sum) {
                seen.addAll(List.of(part.value(), sum.value()));
            }

            @Override
            public void completed(Variable node, Variable gradient) {
                seen.add(gradient.value());
            }
        });
        return seen;
    }

    /** A pass in a pool's scope gives memory back as it goes, but not what a watcher was shown. */
    @Test
    void aPoolTakesNothingBackFromAWatcher() {
        Variable x = Variable.parameter(Rng.of(1).normal(DType.F32, Shape.of(64, 96), 0, 1));
        Supplier<Variable> f =
                () -> ElementaryOps.exp(ElementwiseOps.square(x).add(x.mul(x))).sum();
        List<Tensor> expected = watched(f.get());
        new Pool().scope(() -> {
            List<Tensor> seen = watched(f.get());
            watched(f.get().mul(2));
            assertEquals(expected.size(), seen.size());
            for (int i = 0; i < seen.size(); i++) {
                assertTrue(expected.get(i).bitEquals(seen.get(i)), "what was seen as number " + i);
            }
            return true;
        });
    }

    /** What is shown may be broken; it is looked at to find out why. */
    @Test
    void aWatchedPassIsNotSearchedForAnomalies() {
        Variable x = Variable.parameter(Tensor.scalar(0.0)).named("x");
        Witness witness = new Witness();
        Anomaly.detect(() -> {
            Backward.fromScalar(ElementwiseOps.sqrt(x).named("y")).watchedBy(witness);
            return true;
        });
        assertEquals(List.of("y has 1.0", "y hands x Infinity, in all Infinity", "x has Infinity"), witness.report());
    }
}
