package luthier.app;

import java.util.Locale;
import luthier.finetune.train.ParameterTable;
import luthier.nn.WeightStorage;

/** Whether a model and what is trained on it fit into memory: said before a weight is loaded. */
final class ModelMemory {
    private static final long MEGABYTE = 1 << 20;

    private ModelMemory() {}

    /** Returns the bytes of weights, gradients and the optimizer's state: what {@code plan} tells. */
    static long known(ParameterTable.Group total) {
        return total.weightBytes() + total.gradientBytes() + total.optimizerBytes();
    }

    /**
     * Checks that a run fits into the heap.
     *
     * @throws UsageException if it cannot, with the least that it takes
     */
    static void require(ParameterTable table, WeightStorage storage) {
        require(table, storage, Runtime.getRuntime().maxMemory());
    }

    /** Checks that a run fits into a heap of some bytes. */
    static void require(ParameterTable table, WeightStorage storage, long heap) {
        ParameterTable.Group total = table.total();
        long trained = total.trainable() * Float.BYTES;
        // Trained values are F32 always.
        long needed = known(total)
                - total.weightBytes()
                + trained
                + storage.least(Math.max(0, total.weightBytes() - trained));
        if (needed > heap) {
            throw new UsageException(String.format(
                    Locale.ROOT,
                    "memory: weights, gradients and optimizer take at least %s; got a heap of %s; give more, at least --memory %dm as"
                            + " a step needs room too, or take another method, optimizer or --storage",
                    Tables.bytes(needed),
                    Tables.bytes(heap),
                    needed / MEGABYTE * 3 / 2 + 1));
        }
    }
}
