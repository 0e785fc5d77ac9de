package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import luthier.tensor.Packings.View;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackingsTest {
    private static final View VIEW = new View(0, 8, 1, 8, 8);
    private static final View TURNED = new View(0, 1, 8, 8, 8);
    private static final int EACH = 100;

    private final PackingBudget budget = new PackingBudget(2 * EACH);
    private int packed;

    private @Nullable String use(Packings matrix) {
        return matrix.of(VIEW, 0, EACH, String.class, () -> "form " + packed++);
    }

    @Test
    void packsAtTheSecondUseInOneState() {
        Packings matrix = new Packings(budget);
        assertNull(use(matrix));
        assertEquals("form 0", use(matrix));
        assertEquals("form 0", use(matrix));
        assertEquals(EACH, budget.kept());
        assertNull(matrix.of(VIEW, 1, EACH, String.class, () -> "written"), "another state");
        assertEquals(0, budget.kept());
        assertEquals("written", matrix.of(VIEW, 1, EACH, String.class, () -> "written"));
    }

    @Test
    void keepsTwoViewsAndForgetsTheOlder() {
        Packings matrix = new Packings(budget);
        use(matrix);
        use(matrix);
        assertNull(matrix.of(TURNED, 0, EACH, String.class, () -> "turned"));
        assertEquals("turned", matrix.of(TURNED, 0, EACH, String.class, () -> "turned"));
        assertEquals("form 0", use(matrix));
        assertEquals(2 * EACH, budget.kept());
        assertNull(matrix.of(new View(3, 8, 1, 8, 8), 0, EACH, String.class, () -> "third"));
        assertEquals(EACH, budget.kept());
        assertEquals("turned", matrix.of(TURNED, 0, EACH, String.class, () -> "again"));
    }

    /** A model larger than the budget, used in turn: what has found room stays, and nothing is packed again and again. */
    @Test
    void aModelThatIsTooLargeKeepsAPart() {
        List<Packings> model = List.of(new Packings(budget), new Packings(budget), new Packings(budget));
        for (int pass = 0; pass < 5; pass++) {
            model.forEach(this::use);
            assertTrue(budget.kept() <= 2 * EACH);
        }
        assertEquals(2, packed);
        assertNotNull(use(model.get(0)));
        assertNotNull(use(model.get(1)));
        assertNull(use(model.get(2)));
    }

    @Test
    void whatIsUsedNoMoreGivesWay() {
        Packings first = new Packings(budget);
        Packings second = new Packings(budget);
        use(first);
        use(second);
        assertEquals("form 0", use(first));
        assertEquals("form 1", use(second));
        Packings third = new Packings(budget);
        assertNull(use(third));
        assertEquals("form 1", use(second));
        assertEquals("form 2", use(third), "the first was not used since the third was seen");
        assertEquals("form 1", use(second));
        assertNull(use(first), "now it finds no room");
        assertEquals(2 * EACH, budget.kept());
    }

    @Test
    void aFormLargerThanTheBudgetIsNotMade() {
        Packings matrix = new Packings(budget);
        for (int use = 0; use < 3; use++) {
            assertNull(matrix.of(VIEW, 0, 3 * EACH, String.class, () -> {
                throw new AssertionError("packed");
            }));
        }
        assertEquals(0, budget.kept());
    }

    @Test
    void packingThatFailsOrGainsNothingLeavesNothing() {
        Packings matrix = new Packings(budget);
        use(matrix);
        assertNull(matrix.of(VIEW, 0, EACH, String.class, () -> null));
        assertThrows(
                ArithmeticException.class,
                () -> matrix.of(VIEW, 0, EACH, String.class, () -> {
                    throw new ArithmeticException();
                }));
        assertEquals(0, budget.kept());
        assertEquals("form 0", use(matrix));
    }

    @Test
    void aMatrixThatIsDroppedGivesItsBytesBack() throws InterruptedException {
        List<Packings> models = new ArrayList<>(List.of(new Packings(budget), new Packings(budget)));
        models.forEach(this::use);
        models.forEach(this::use);
        assertEquals(2 * EACH, budget.kept());
        models.clear();
        for (int attempt = 0; attempt < 1000 && budget.kept() > 0; attempt++) {
            System.gc();
            Thread.sleep(1);
        }
        assertEquals(0, budget.kept());
    }

    /** One of sixteen threads packs, and nobody waits for it. */
    @Test
    void othersGoOnWhileOnePacks() throws Exception {
        Packings matrix = new Packings(budget);
        use(matrix);
        AtomicInteger made = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(15);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<@Nullable String> first = threads.submit(() -> matrix.of(VIEW, 0, EACH, String.class, () -> {
                begun.countDown();
                await(others);
                return "form " + made.incrementAndGet();
            }));
            begun.await();
            List<Callable<@Nullable String>> rest = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                rest.add(() -> {
                    String form = use(matrix);
                    others.countDown();
                    return form;
                });
            }
            for (Future<@Nullable String> other : threads.invokeAll(rest)) {
                assertNull(other.get());
            }
            assertEquals("form 1", first.get());
        }
        assertEquals("form 1", use(matrix));
        assertEquals(1, made.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sixteen threads multiply with weights of which half find room, while the forms come and go: always the same bits. */
    @Test
    void productsOnManyThreadsKeepTheirBits() throws Exception {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(5, 96), 0, 1);
        Tensor row = x.slice(0, 0, 1);
        List<Tensor> weights = new ArrayList<>();
        List<Tensor> expected = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Tensor w = Rng.of(i).normal(DType.F32, Shape.of(80, 96), 0, 1).to(i % 2 == 0 ? DType.F32 : DType.BF16);
            weights.add(w);
            expected.add(Matmul.linear(i % 2 == 0 ? x : row, w.copy()));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                work.add(() -> {
                    boolean same = true;
                    for (int use = 0; use < 30; use++) {
                        int i = use % 6;
                        same &= Matmul.linear(i % 2 == 0 ? x : row, weights.get(i))
                                .bitEquals(expected.get(i));
                    }
                    return same;
                });
            }
            for (Future<Boolean> same : threads.invokeAll(work)) {
                assertSame(true, same.get());
            }
        }
    }
}
