package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static final Tensor X = Rng.of(1).normal(DType.F32, Shape.of(64, 128), 0, 1);

    private static Tensor compute() {
        Tensor y = Elementary.exp(X).add(X).mul(0.5);
        return Softmax.softmax(y.matmul(y.transpose(0, 1)), -1);
    }

    @Test
    void changesNoBit() {
        Tensor expected = compute();
        Pool pool = new Pool();
        for (int i = 0; i < 3; i++) {
            Tensor got = pool.scope(() -> compute().copy());
            assertTrue(expected.bitEquals(got), "scope " + i);
        }
    }

    @Test
    void usesArraysAgain() {
        Pool pool = new Pool();
        Object first = pool.scope(() -> X.add(X).storage());
        assertTrue(pool.idleBytes() >= 4 * 64 * 128);
        assertSame(first, pool.scope(() -> X.mul(X).storage()));
        long before = pool.idleBytes();
        for (int i = 0; i < 10; i++) {
            pool.scope(() -> X.mul(2).sum());
        }
        assertEquals(before, pool.idleBytes(), "one array serves all");
    }

    /** Within a scope nothing is handed out twice, and nothing that was made outside is touched. */
    @Test
    void neverHandsOutWhatIsInUse() {
        Pool pool = new Pool();
        Tensor outside = X.add(X);
        Tensor copy = outside.copy();
        pool.scope(() -> X.add(X));
        pool.scope(() -> {
            List<Object> arrays = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Object array = X.mul(i).storage();
                arrays.forEach(other -> assertNotSame(other, array));
                arrays.add(array);
            }
            return true;
        });
        assertTrue(outside.bitEquals(copy));
    }

    @Test
    void aTensorThatOutlivesItsScopeSaysSo() {
        Pool pool = new Pool();
        Tensor[] kept = new Tensor[2];
        pool.scope(() -> {
            kept[0] = X.add(X).transpose(0, 1);
            kept[1] = X.add(X).copy();
            return true;
        });
        IllegalStateException late = assertThrows(IllegalStateException.class, () -> kept[0].get(0, 0));
        assertEquals(
                "tensor: its memory went back to the pool when the pool's scope, or a section of it, ended; got a use after"
                        + " that; copy() or Pool.keep() inside the scope what must live on",
                late.getMessage());
        assertThrows(IllegalStateException.class, () -> kept[0].add(kept[0]));
        assertTrue(kept[1].bitEquals(X.add(X)));
    }

    /** Small tensors and those of the user's own making are not the pool's. */
    @Test
    void leavesSmallAndOwnTensorsAlone() {
        Pool pool = new Pool();
        Tensor small = pool.scope(() -> Tensor.ones(DType.F32, 8).add(Tensor.ones(DType.F32, 8)));
        assertEquals(2, small.get(0));
        Tensor zeros = pool.scope(() -> Tensor.zeros(DType.F32, 100, 100));
        assertEquals(0, zeros.get(5, 5));
    }

    @Test
    void servesOneScopeAtATime() {
        Pool pool = new Pool();
        pool.scope(() -> {
            assertThrows(IllegalStateException.class, () -> pool.scope(() -> true));
            assertThrows(
                    java.util.concurrent.CompletionException.class,
                    () -> CompletableFuture.supplyAsync(() -> pool.scope(() -> true))
                            .join());
            // A pool of its own nests.
            Pool inner = new Pool();
            Tensor y = inner.scope(() -> X.add(X).copy());
            assertTrue(y.bitEquals(X.add(X)));
            return true;
        });
        assertThrows(
                ArithmeticException.class,
                () -> pool.scope(() -> {
                    throw new ArithmeticException();
                }));
        assertTrue(pool.scope(() -> true), "an exception closes the scope");
    }

    @Test
    void keepsNoMoreThanItMay() {
        Pool pool = new Pool(40_000);
        pool.scope(() -> X.add(X).add(X.add(X)));
        assertTrue(pool.idleBytes() <= 40_000, pool.idleBytes() + " bytes");
    }

    private static final long EACH = 4 * 64 * 128;

    @Test
    void aSectionGivesBackWhatItsResultsDoNotHold() {
        Pool pool = new Pool();
        Tensor[] lost = new Tensor[1];
        pool.scope(() -> {
            Tensor before = X.mul(2);
            Tensor y = pool.section(
                    () -> {
                        lost[0] = X.add(X);
                        return lost[0].add(before).transpose(0, 1);
                    },
                    result -> List.of(result));
            assertEquals(2 * EACH, pool.lentBytes(), "what was there before, and the result");
            assertThrows(IllegalStateException.class, () -> lost[0].get(0, 0));
            assertTrue(y.transpose(0, 1).bitEquals(X.add(X).add(X.mul(2))));
            pool.release(y);
            assertThrows(IllegalStateException.class, () -> y.get(0, 0));
            pool.release(y);
            pool.release(before);
            assertTrue(before.bitEquals(X.mul(2)), "the scope's own is not for release");
            return true;
        });
        assertEquals(0, pool.lentBytes());
    }

    /** A tensor that is kept twice, or kept by a section inside a section, is released as often. */
    @Test
    void holdsAreCounted() {
        Pool pool = new Pool();
        pool.scope(() -> {
            Tensor y = pool.section(
                    () -> pool.section(() -> X.add(X), sum -> List.of(sum, sum.reshape(128, 64))),
                    sum -> List.of(sum, sum));
            pool.release(y);
            Tensor again = pool.section(() -> y.transpose(0, 1), view -> List.of(view));
            pool.release(y);
            assertTrue(again.transpose(0, 1).bitEquals(X.add(X)), "the view holds it");
            pool.release(again);
            assertThrows(IllegalStateException.class, () -> again.get(0, 0));
            return true;
        });
    }

    @Test
    void whatIsKeptOutlivesTheScope() {
        Pool pool = new Pool();
        Tensor kept = pool.scope(() -> pool.section(
                () -> {
                    Tensor y = X.add(X);
                    Pool.keep(y);
                    return y.transpose(0, 1);
                },
                nothing -> List.of()));
        assertTrue(kept.transpose(0, 1).bitEquals(X.add(X)));
        assertEquals(0, pool.lentBytes());
        Pool.keep(X);
        assertTrue(pool.mostLentBytes() >= EACH);
    }
}
