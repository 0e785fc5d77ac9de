package luthier.tensor;

import java.lang.ref.SoftReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The packed forms of a storage's matrices. A matrix that comes back unchanged as the second operand of a product, as a frozen weight
 * does, is packed at its second use, and products take that form until the storage is written. The collector may drop it when
 * memory is short.
 */
final class Packings {
    /** A weight is read in two ways: as it is by the forward pass, transposed by the backward pass. */
    private static final int MOST = 2;

    /** A k x n matrix within the storage. */
    record View(int offset, int rowStride, int columnStride, int k, int n) {}

    private static final class Entry {
        private final View view;
        private final int version;
        private @Nullable SoftReference<Object> packed;

        Entry(View view, int version) {
            this.view = view;
            this.version = version;
        }
    }

    private final @Nullable Entry[] entries = new @Nullable Entry[MOST];
    private int oldest;

    /** Returns the packed form of a matrix, or null if it has not been seen in this state or is not worth it. */
    synchronized <T> @Nullable T of(View view, int version, Class<T> form, Supplier<? extends @Nullable T> pack) {
        for (int i = 0; i < MOST; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.view.equals(view)) {
                if (entry.version == version) {
                    return packed(entry, form, pack);
                }
                entries[i] = new Entry(view, version);
                return null;
            }
        }
        entries[oldest] = new Entry(view, version);
        oldest = (oldest + 1) % MOST;
        return null;
    }

    private static <T> @Nullable T packed(Entry entry, Class<T> form, Supplier<? extends @Nullable T> pack) {
        SoftReference<Object> reference = entry.packed;
        Object kept = reference == null ? null : reference.get();
        if (kept != null) {
            return form.cast(kept);
        }
        T packed = pack.get();
        entry.packed = packed == null ? null : new SoftReference<>(packed);
        return packed;
    }
}
