package luthier.benchmarks.compare;

import luthier.tensor.kernel.Parallel;

/** Cuts kernel calls as the operations do, for the rows that write into an array that lies ready. */
final class Blocks {
    private static final int ELEMENTS = 1 << 14;

    private Blocks() {}

    /** A range of element positions. */
    interface Range {
        /** Works on {@code [start, start + length)}. */
        void visit(int start, int length);
    }

    /** Visits {@code n} elements, on all threads if they are more than one block. */
    static void run(int n, Range range) {
        run(n, ELEMENTS, range);
    }

    /** Visits {@code n} elements in blocks of {@code size}. */
    static void run(int n, int size, Range range) {
        Parallel.run((n + size - 1) / size, block -> {
            int start = block * size;
            range.visit(start, Math.min(size, n - start));
        });
    }
}
