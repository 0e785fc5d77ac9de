package luthier.benchmarks.compare;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A row of the table.
 *
 * @param family the block of the table it belongs to
 * @param name unique in all families
 * @param flops floating-point operations if the row is about them, else 0
 * @param elements what the time is divided by to give ns/element, 0 to leave that out
 * @param goals what it is to reach, all of them
 * @param quick whether {@code --quick} runs it
 * @param prepare draws the operands, always the same ones; called in each library's process
 */
public record Workload(
        String family,
        String name,
        double flops,
        long elements,
        List<Goal> goals,
        boolean quick,
        Supplier<Prepared> prepare) {
    /**
     * Operands drawn, ready to run.
     *
     * @param luthier how Luthier does it, with whichever kernels the process has
     * @param libtorch how libtorch does it, if it can
     * @param product the bare matrix product, if it is one
     */
    public record Prepared(Task luthier, Optional<TorchScript> libtorch, Optional<Product> product) {
        /** For Luthier and libtorch. */
        public static Prepared of(Task luthier, TorchScript libtorch) {
            return new Prepared(luthier, Optional.of(libtorch), Optional.empty());
        }

        /** For Luthier alone. */
        public static Prepared of(Task luthier) {
            return new Prepared(luthier, Optional.empty(), Optional.empty());
        }
    }

    /** The same row, run by {@code --quick} as well. */
    Workload inQuick() {
        return new Workload(family, name, flops, elements, goals, true, prepare);
    }
}
