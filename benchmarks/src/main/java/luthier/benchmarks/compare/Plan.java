package luthier.benchmarks.compare;

import java.util.List;

/**
 * What is measured and how long.
 *
 * @param contenders names, {@code luthier} first
 * @param rows the rows of the table
 * @param threads the numbers of threads, one table each
 * @param forks how often all processes are started anew: what the compiler made of a kernel is drawn again
 * @param rounds how many turns each library has a row and fork
 * @param turnMillis how long a turn is at least
 * @param warmMillis how long a row is run before its first turn
 * @param clock which time the table and its ratios use; both are written to the file
 */
record Plan(
        List<String> contenders,
        List<Workload> rows,
        List<Integer> threads,
        int forks,
        int rounds,
        int turnMillis,
        int warmMillis,
        Clock clock) {
    /** Two ways to read the time. */
    enum Clock {
        /** Elapsed time. */
        WALL,
        /** Processor time of the calling thread: right on a busy machine, but only with one thread. */
        CPU
    }
}
