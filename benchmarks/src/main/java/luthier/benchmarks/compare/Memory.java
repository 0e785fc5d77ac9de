package luthier.benchmarks.compare;

import java.util.List;
import java.util.function.Supplier;
import luthier.tensor.Tensor;

/** Where the memory of a result comes from; a native library's allocator hands out again what was freed, as a pool does. */
enum Memory {
    /** A new array for every result, left to the collector. */
    FRESH(""),
    /** An array of a {@link luthier.tensor.Pool}, as in a training step. */
    POOLED(" pooled");

    private static final int LEAST_POOLED = 1 << 13;

    private final String suffix;

    Memory(String suffix) {
        this.suffix = suffix;
    }

    /** Those that differ for results of {@code n} elements: small ones are never pooled. */
    static List<Memory> of(int n) {
        return n < LEAST_POOLED ? List.of(FRESH) : List.of(values());
    }

    /** What a row's name ends with. */
    String suffix() {
        return suffix;
    }

    /** The operation with its results in this memory. */
    Task task(Supplier<Tensor> operation) {
        return this == POOLED ? Task.pooled(operation) : Task.of(operation);
    }
}
