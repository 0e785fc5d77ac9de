package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every chunk is done once, by whomever; and a caller that waited long for another core works alone for a while. */
class ParallelTest {
    private final int before = Parallel.threads();

    @BeforeEach
    void twoThreads() {
        Parallel.setThreads(2);
    }

    @AfterEach
    void asBefore() {
        Parallel.setThreads(before);
    }

    @Test
    void everyChunkIsDoneOnce() {
        for (int chunks : new int[] {0, 1, 2, 3, 100}) {
            AtomicIntegerArray done = new AtomicIntegerArray(100);
            Parallel.run(chunks, done::incrementAndGet);
            for (int i = 0; i < done.length(); i++) {
                assertEquals(i < chunks ? 1 : 0, done.get(i));
            }
        }
    }

    @Test
    void whatAChunkThrowsIsThrown() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> Parallel.run(4, chunk -> {
                    if (chunk == 2) {
                        throw new IllegalStateException("chunk 2");
                    }
                }));
        assertEquals("chunk 2", thrown.getMessage());
    }

    @Test
    void lateIsLongerThanTheOwnWork() {
        assertEquals(0, Parallel.aloneNanos(0, 200_000));
        assertEquals(0, Parallel.aloneNanos(5_000_000, 5_000_000));
        assertEquals(2_000_010, Parallel.aloneNanos(0, 200_001));
        assertEquals(10_000_000, Parallel.aloneNanos(5_000_000, 5_000_001));
        assertEquals(10_000_000, Parallel.aloneNanos(0, Long.MAX_VALUE / 10));
    }

    /** A pause of the machine can hide the time in which the caller works alone, but not always. */
    @Test
    void aLateWorkerLeavesTheCallerAlone() throws InterruptedException {
        boolean crowded = false;
        for (int attempt = 0; attempt < 100 && !crowded; attempt++) {
            TimeUnit.MILLISECONDS.sleep(11);
            Thread caller = Thread.currentThread();
            CountDownLatch taken = new CountDownLatch(1);
            Parallel.run(2, chunk -> {
                if (Thread.currentThread() == caller) {
                    await(taken);
                } else {
                    taken.countDown();
                    await(new CountDownLatch(1));
                }
            });
            crowded = Parallel.isCrowded();
        }
        assertTrue(crowded);
    }

    @Test
    void oneThreadGoesInOrder() {
        Parallel.setThreads(1);
        StringBuilder order = new StringBuilder();
        Parallel.run(3, order::append);
        assertEquals("012", order.toString());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
