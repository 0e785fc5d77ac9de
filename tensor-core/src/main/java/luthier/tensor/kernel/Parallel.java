package luthier.tensor.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the chunks of one piece of work on the caller and a few daemon workers. Every thread claims the chunks of its own share one
 * by one and then what is left of the others', so a busy core slows nothing down but itself; the caller waits only for chunks that
 * a worker has started. A share is always the same part of the work, because moving numbers from one core's caches to another's
 * can cost more than computing them.
 *
 * <p>Callers cut work into chunks by the data's size alone, never by the number of threads, so that results do not depend on
 * it. A call from inside a chunk, or while another thread's work is running, is done by the caller alone; so are the calls for some time
 * after the caller waited long for a worker, whose core somebody else must have had.
 *
 * <p>The number of threads is {@code -Dluthier.threads=N}, by default the number of available processors.
 */
public final class Parallel {
    /** Below this much work (nanoseconds, estimated) handing chunks out costs more than it saves. */
    public static final long MIN_PARALLEL_NANOS = 50_000;

    private static final int SPINS = 20_000;
    /**
     * A caller that waits this long for the others, and longer than it worked itself, waits for a thread whose core somebody else has: so
     * it works alone for some times as long, but not for long: it may have been a pause of the whole machine.
     */
    private static final long LATE_NANOS = 200_000;

    private static final int CROWDED_TIMES = 10;
    private static final long MOST_CROWDED_NANOS = 10_000_000;
    private static volatile long crowdedUntil;

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
     * done. An exception that a chunk throws is thrown here, after the others have ended.
     */
    public static void run(int chunks, IntConsumer body) {
        if (chunks <= 1 || threads == 1 || INSIDE.get() || isCrowded() || !acquire()) {
            for (int i = 0; i < chunks; i++) {
                body.accept(i);
            }
            return;
        }
        try {
            Worker[] helpers = helpers(Math.min(threads, chunks) - 1);
            Work work = new Work(chunks, helpers.length + 1, body);
            for (Worker helper : helpers) {
                helper.offer(work);
            }
            long start = System.nanoTime();
            work.help(0);
            long own = System.nanoTime();
            work.await();
            long end = System.nanoTime();
            long alone = aloneNanos(own - start, end - own);
            if (alone > 0) {
                crowdedUntil = end + alone;
            }
        } finally {
            release();
        }
    }

    /** Returns how long to work alone after the caller worked and then waited for the others; 0 if they were not late. */
    static long aloneNanos(long worked, long waited) {
        return waited > Math.max(LATE_NANOS, worked) ? Math.min(CROWDED_TIMES * waited, MOST_CROWDED_NANOS) : 0;
    }

    /** Returns whether a worker came late not long ago. */
    static boolean isCrowded() {
        return crowdedUntil != 0 && System.nanoTime() - crowdedUntil < 0;
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
                more[i] = new Worker(i + 1);
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

    /**
     * One piece of work. Participant {@code p} of {@code n} claims the chunks of its own share, from {@code chunks p / n} on, and then
     * what is left of the others'. Work over the same rows is so done by the same thread again and again, whose caches hold them.
     */
    private static final class Work {
        /** Distance of the counters, so that no two share a cache line or the line fetched with it. */
        private static final int APART = 32;

        private final int chunks;
        private final int participants;
        private final IntConsumer body;
        private final AtomicIntegerArray next;
        /** Chunks not yet finished; a participant takes off what it did when there is nothing left to claim. */
        private final AtomicInteger open;

        private final Thread caller = Thread.currentThread();
        private volatile @Nullable Throwable failure;

        Work(int chunks, int participants, IntConsumer body) {
            this.chunks = chunks;
            this.participants = participants;
            this.body = body;
            this.open = new AtomicInteger(chunks);
            this.next = new AtomicIntegerArray((participants + 1) * APART);
            for (int p = 0; p < participants; p++) {
                next.setPlain(counter(p), start(p));
            }
        }

        private static int counter(int participant) {
            return (participant + 1) * APART - 1;
        }

        private int start(int participant) {
            return (int) ((long) chunks * participant / participants);
        }

        void help(int participant) {
            INSIDE.set(true);
            int done = 0;
            try {
                for (int i = 0; i < participants; i++) {
                    done += claim((participant + i) % participants);
                }
            } finally {
                INSIDE.set(false);
            }
            if (done > 0 && open.addAndGet(-done) == 0 && Thread.currentThread() != caller) {
                LockSupport.unpark(caller);
            }
        }

        /** Does what is left of a participant's share and returns how many chunks that was. */
        private int claim(int participant) {
            int counter = counter(participant);
            int end = start(participant + 1);
            int done = 0;
            for (int i = next.get(counter); i < end; i = next.get(counter)) {
                int chunk = next.getAndIncrement(counter);
                if (chunk >= end) {
                    break;
                }
                try {
                    body.accept(chunk);
                } catch (Throwable thrown) {
                    failure = thrown;
                }
                done++;
            }
            return done;
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
        private final int participant;
        private volatile boolean parked;

        Worker(int participant) {
            super("luthier-worker-" + participant);
            this.participant = participant;
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
                take().help(participant);
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
