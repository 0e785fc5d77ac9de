package luthier.tensor;

import luthier.tensor.kernel.Parallel;

/**
 * How many threads work together on one operation. It changes the speed and never a bit. Set at start-up by {@code
 * -Dluthier.threads=N}, by default the number of available processors.
 */
public final class Threads {
    private Threads() {}

    /**
     * Returns the number of threads, the caller included.
     *
     * {@snippet :
     * Threads.count() >= 1; // true
     * }
     */
    public static int count() {
        return Parallel.threads();
    }

    /**
     * Sets the number of threads, the caller included, for all following operations of the program.
     *
     * {@snippet :
     * Threads.set(Threads.count());
     * }
     *
     * @throws IllegalArgumentException if {@code count} is not positive
     */
    public static void set(int count) {
        Parallel.setThreads(count);
    }
}
