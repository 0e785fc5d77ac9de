package luthier.tensor.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the chunks of one piece of work on the caller and a few daemon workers. Chunks are claimed one by one from a shared
 * counter, so a busy core slows nothing down but itself; the caller waits only for chunks that a worker has started.
 *
 * <p>Callers cut work into chunks by the data's size alone, never by the number of threads, so that results do not depend on
 * it. A call from inside a chunk, or while another thread's work is running, is done by the caller alone.
 *
 * <p>The number of threads is {@code -Dluthier.threads=N}, by default the number of available processors.
 */
public final class Parallel {
    /** Below this much work (nanoseconds, estimated) handing chunks out costs more than it saves. */
    public static final long MIN_PARALLEL_NANOS = 50_000;

    private static final int SPINS = 20_000;
    private static final AtomicInteger WORKER_NUMBER = new AtomicInteger();
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private static final Object OWNER_LOCK = new Object();
    private static boolean owned;
    private static Worker[] workers = new Worker[0];
    private static volatile int threads = Math.max(
            1, Integer.getInteger("luthier.threads", Runtime.getRuntime().availableProcessors()));

    private Parallel() {}

    /** Returns the number of threads that work together, the caller included. */
    public static int threads() {
        return threads;
    }

    /**
     * Sets the number of threads, the caller included, for all following work.
     *
     * @throws IllegalArgumentException if {@code count} is not positive
     */
    public static void setThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads: must be at least 1; got " + count);
        }
        threads = count;
    }

    /**
     * Runs {@code body} for every chunk {@code 0 .. chunks - 1}, in any order and on any thread, and returns when all are
     * done. The first exception that a chunk throws is thrown here, after the others have ended.
     */
    public static void run(int chunks, IntConsumer body) {
        if (chunks <= 1 || threads == 1 || INSIDE.get() || !acquire()) {
            for (int i = 0; i < chunks; i++) {
                body.accept(i);
            }
            return;
        }
        try {
            Work work = new Work(chunks, body);
            Worker[] helpers = helpers(Math.min(threads, chunks) - 1);
            for (Worker helper : helpers) {
                helper.offer(work);
            }
            work.help();
            work.await();
        } finally {
            release();
        }
    }

    private static boolean acquire() {
        synchronized (OWNER_LOCK) {
            if (owned) {
                return false;
            }
            owned = true;
            return true;
        }
    }

    private static void release() {
        synchronized (OWNER_LOCK) {
            owned = false;
        }
    }

    /** Called by the owner only. */
    private static Worker[] helpers(int count) {
        if (workers.length < count) {
            Worker[] more = new Worker[count];
            System.arraycopy(workers, 0, more, 0, workers.length);
            for (int i = workers.length; i < count; i++) {
                more[i] = new Worker();
                more[i].start();
            }
            workers = more;
        }
        if (workers.length == count) {
            return workers;
        }
        Worker[] some = new Worker[count];
        System.arraycopy(workers, 0, some, 0, count);
        return some;
    }

    /** One piece of work: chunks are claimed from {@code next}; {@code open} counts those not yet finished. */
    private static final class Work {
        private final int chunks;
        private final IntConsumer body;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger open;
        private final Thread caller = Thread.currentThread();
        private volatile @Nullable Throwable failure;

        Work(int chunks, IntConsumer body) {
            this.chunks = chunks;
            this.body = body;
            this.open = new AtomicInteger(chunks);
        }

        void help() {
            INSIDE.set(true);
            try {
                for (int i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
                    try {
                        body.accept(i);
                    } catch (Throwable thrown) {
                        failure = thrown;
                    }
                    if (open.decrementAndGet() == 0 && Thread.currentThread() != caller) {
                        LockSupport.unpark(caller);
                    }
                }
            } finally {
                INSIDE.set(false);
            }
        }

        void await() {
            for (int spin = 0; open.get() > 0; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, 100_000);
                }
            }
            Throwable thrown = failure;
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
        }
    }

    /** Waits for work, spinning briefly before it parks, because the next kernel usually follows at once. */
    private static final class Worker extends Thread {
        private final AtomicReference<@Nullable Work> offered = new AtomicReference<>();
        private volatile boolean parked;

        Worker() {
            super("luthier-worker-" + WORKER_NUMBER.incrementAndGet());
            setDaemon(true);
        }

        void offer(Work work) {
            offered.set(work);
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (true) {
                take().help();
            }
        }

        private Work take() {
            for (int spin = 0; ; spin++) {
                // Reading first leaves the caller its cache line while there is nothing to take.
                Work work = offered.get() == null ? null : offered.getAndSet(null);
                if (work != null) {
                    return work;
                }
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (offered.get() == null) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}
