package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.DType;
import luthier.tensor.Pool;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passes that meet: on several threads over the same parameters, one inside the other, and after one that failed. */
class PassesTest {
    private static final int THREADS = 16;
    private static final int PASSES = 50;

    private static Variable parameter(long seed, long... shape) {
        return Variable.parameter(Rng.of(seed).normal(DType.F32, Shape.of(shape), 0, 1));
    }

    private static Tensor grad(Variable x) {
        return x.grad().orElseThrow();
    }

    private static ExecutorService threads(boolean virtual) {
        return virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(THREADS);
    }

    /** A network of two layers, each parameter used several times, through a checkpoint and around it. */
    private static Variable loss(Variable x, Variable w, Variable v) {
        Variable h = ElementaryOps.tanh(x.matmul(w));
        Variable part =
                Checkpoint.of(in -> ElementaryOps.tanh(in.get(0).matmul(v)).add(in.get(0)), h);
        return ElementwiseOps.square(part.matmul(w).add(h.matmul(v))).sum();
    }

    private static List<Tensor> gradients(int input, Variable w, Variable v) {
        Variable x = Variable.constant(Rng.of(100 + input).normal(DType.F32, Shape.of(4, 8), 0, 1));
        Variable y = loss(x, w, v);
        List<Variable> first = Backward.fromScalar(y).createGraph().gradients(w, v);
        Variable norm = ElementwiseOps.square(first.get(0)).sum();
        List<Tensor> found = new ArrayList<>();
        first.forEach(gradient -> found.add(gradient.value()));
        Backward.fromScalar(norm).gradients(v, w).forEach(gradient -> found.add(gradient.value()));
        return found;
    }

    /** Every pass has its own gradients, of the second order too, with the bits it has alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void threadsShareParameters(boolean virtual) throws Exception {
        Variable w = parameter(1, 8, 8);
        Variable v = parameter(2, 8, 8);
        List<List<Tensor>> alone = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            alone.add(gradients(i, w, v));
        }
        CyclicBarrier together = new CyclicBarrier(THREADS);
        try (ExecutorService executor = threads(virtual)) {
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int input = i;
                done.add(executor.submit(() -> {
                    together.await();
                    int same = 0;
                    for (int pass = 0; pass < PASSES; pass++) {
                        List<Tensor> found = gradients(input, w, v);
                        for (int g = 0; g < found.size(); g++) {
                            same += found.get(g).bitEquals(alone.get(input).get(g)) ? 1 : 0;
                        }
                    }
                    return same;
                }));
            }
            for (Future<Integer> same : done) {
                assertEquals(4 * PASSES, same.get());
            }
        }
        assertTrue(w.grad().isEmpty());
    }

    /** Adding to one leaf from several threads: every pass adds whole, or is refused and adds nothing. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noGradientIsLostInALeaf(boolean virtual) throws Exception {
        Variable w = Variable.parameter(Tensor.scalar(2.0));
        Variable v = Variable.parameter(Tensor.scalar(3.0));
        CyclicBarrier together = new CyclicBarrier(THREADS);
        Callable<Integer> task = () -> {
            together.await();
            int added = 0;
            for (int pass = 0; pass < PASSES; pass++) {
                try {
                    w.mul(v).backward();
                    added++;
                } catch (GradException refused) {
                    assertTrue(
                            refused.getMessage().startsWith("backward: one pass at a time adds to a leaf's gradient"),
                            refused.getMessage());
                }
            }
            return added;
        };
        int added = 0;
        try (ExecutorService executor = threads(virtual)) {
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                done.add(executor.submit(task));
            }
            for (Future<Integer> one : done) {
                added += one.get();
            }
        }
        assertTrue(added > 0);
        assertEquals(3.0 * added, grad(w).item());
        assertEquals(2.0 * added, grad(v).item());
    }

    @Test
    void aSecondThreadIsRefusedByName() throws Exception {
        Variable w = Variable.parameter(Tensor.scalar(2.0)).named("w");
        Variable slow = w.mul(1);
        slow.onGradient(gradient -> {
            try (ExecutorService other = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("other").factory())) {
                ExecutionException refused = assertThrows(
                        ExecutionException.class,
                        () -> other.submit(() -> w.mul(5).backward()).get());
                assertEquals(
                        "backward: one pass at a time adds to a leaf's gradient; got a pass of thread other while one of thread "
                                + Thread.currentThread().getName()
                                + " adds to w F64[]; run them one after the other, or ask for gradients(...), which add to no leaf",
                        refused.getCause().getMessage());
                assertEquals(
                        7, other.submit(() -> gradientOf(w.mul(7), w)).get().item());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return gradient;
        });
        w.mul(3).add(slow).backward();
        assertEquals(4, grad(w).item());
        w.mul(5).backward();
        assertEquals(9, grad(w).item());
    }

    private static Tensor gradientOf(Variable y, Variable x) {
        return Backward.fromScalar(y).gradients(x).get(0).value();
    }

    /** A pass inside a hook of another goes over the same results and leaves, and neither sees the other. */
    @Test
    void aPassInsideAnother() {
        Variable w = Variable.parameter(Tensor.scalar(2.0));
        Variable h = w.mul(w);
        Variable late = h.mul(3);
        List<Double> inside = new ArrayList<>();
        late.onGradient(gradient -> {
            return Grad.enabled(() -> {
                inside.add(Backward.fromScalar(h.mul(5))
                        .retainGraph()
                        .gradients(w)
                        .get(0)
                        .item());
                Backward.fromScalar(h.mul(7)).retainGraph().run();
                return gradient;
            });
        });
        // When the hook runs, h and w have 11 and 1 of this pass already.
        late.add(h.mul(11).add(w)).backward();
        assertEquals(List.of(20.0), inside);
        assertEquals(7 * 4 + (3 + 11) * 4 + 1, grad(w).item());
    }

    /** Whatever fails, and where: the leaves have what they had, and the next pass is right. */
    @Test
    void aFailedPassAddsNothing() {
        Variable old = Variable.parameter(Tensor.scalar(2.0));
        Variable h = old.mul(3);
        Variable young = Variable.parameter(Tensor.scalar(5.0));
        AtomicBoolean broken = new AtomicBoolean(true);
        Variable rule = Variable.record(
                h.value(),
                (dY, gradients) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("rule");
                    }
                    gradients.set(0, dY);
                },
                h);
        Variable y = rule.mul(young);
        assertThrows(
                IllegalStateException.class,
                () -> Backward.fromScalar(y).retainGraph().run());
        assertThrows(
                IllegalStateException.class,
                () -> Backward.fromScalar(y).retainGraph().gradients(old, young, h));
        assertTrue(young.grad().isEmpty() && old.grad().isEmpty());
        broken.set(false);
        try (Variable.Hook hook = old.onGradient(gradient -> {
            throw new IllegalStateException("hook");
        })) {
            assertThrows(
                    IllegalStateException.class,
                    () -> Backward.fromScalar(y).retainGraph().run());
        }
        assertTrue(young.grad().isEmpty() && old.grad().isEmpty());
        // The sum of one leaf overflows after that of another was added: both keep what they had.
        young.setGrad(Tensor.scalar(1.0));
        old.setGrad(Tensor.scalar(Double.MAX_VALUE));
        assertThrows(
                AnomalyException.class,
                () -> Anomaly.detect(() -> {
                    Backward.from(y, Variable.constant(Tensor.scalar(1e307)))
                            .retainGraph()
                            .run();
                    return true;
                }));
        assertEquals(1, grad(young).item());
        assertEquals(Double.MAX_VALUE, grad(old).item());
        old.zeroGrad();
        y.backward();
        assertEquals(15, grad(old).item());
        assertEquals(7, grad(young).item());
    }

    /** One prepared pass may be asked again, for other variables, and then be run. */
    @Test
    void aPassStartsAfreshEachTime() {
        Variable x = Variable.parameter(Tensor.scalar(2.0));
        Variable z = Variable.parameter(Tensor.scalar(3.0));
        Backward pass = Backward.fromScalar(x.mul(x).mul(z)).retainGraph();
        assertEquals(12, pass.gradients(x).get(0).item());
        assertEquals(12, pass.gradients(x).get(0).item());
        assertEquals(4, pass.gradients(z).get(0).item());
        pass.run();
        assertEquals(12, grad(x).item());
        assertEquals(4, grad(z).item());
    }

    /** What leaves gather inside a pool's scope outlives it, from a pass that adds and from one that asks. */
    @Test
    void leavesKeepTheirGradientsAfterThePool() {
        Variable x = parameter(3, 64, 96);
        Tensor alone = gradientOf(x.mul(x).add(x.mul(3)).sum(), x);
        Tensor asked = new Pool().scope(() -> {
            x.mul(x).add(x.mul(3)).sum().backward();
            return gradientOf(x.mul(x).add(x.mul(3)).sum(), x);
        });
        assertTrue(alone.bitEquals(asked));
        assertTrue(alone.bitEquals(grad(x)));
    }
}
