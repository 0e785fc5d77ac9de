package luthier.tensor;

import java.lang.ref.SoftReference;
import java.util.function.Supplier;
import luthier.tensor.PackingBudget.Share;
import org.jspecify.annotations.Nullable;

/**
 * The packed forms of a storage's matrices. A matrix that comes back unchanged as the second operand of a product, as a frozen weight
 * does, is packed at its second use, and products take that form until the storage is written. All forms share a {@link PackingBudget}, and the
 * collector may drop them when memory is short.
 *
 * <p>One thread packs; others that come meanwhile do not wait but read the matrix as it is, with the same bits.
 */
final class Packings {
    /** A weight is read in two ways: as it is by the forward pass, transposed by the backward pass. */
    private static final int MOST = 2;

    private final PackingBudget budget;
    private final @Nullable Entry[] entries = new @Nullable Entry[MOST];
    private int oldest;

    /** A k x n matrix within the storage. */
    record View(int offset, int rowStride, int columnStride, int k, int n) {}

    /** A matrix that was seen in some state, and its form if there is one. */
    static final class Entry {
        private final View view;
        private final int version;
        private volatile @Nullable SoftReference<Object> form;
        private volatile long used = System.nanoTime();
        private boolean packing;
        /** The budget's; guarded by it. */
        private @Nullable Share share;

        private Entry(View view, int version) {
            this.view = view;
            this.version = version;
        }

        private @Nullable Object form() {
            SoftReference<Object> present = form;
            return present == null ? null : present.get();
        }

        void form(@Nullable Object made) {
            form = made == null ? null : new SoftReference<>(made);
        }

        /** When it was asked for last, by {@link System#nanoTime}. */
        long used() {
            return used;
        }

        @Nullable
        Share share() {
            return share;
        }

        void share(@Nullable Share taken) {
            share = taken;
        }
    }

    Packings() {
        this(PackingBudget.SHARED);
    }

    Packings(PackingBudget budget) {
        this.budget = budget;
    }

    /**
     * Returns the packed form of a matrix, or null if it has not been seen in this state, finds no room, is being packed or not worth
     * it.
     *
     * @param bytes what the form takes, without what fills it up
     */
    <T> @Nullable T of(View view, int version, long bytes, Class<T> form, Supplier<? extends @Nullable T> pack) {
        Entry entry;
        long lastSeen;
        synchronized (this) {
            entry = seen(view, version);
            if (entry == null) {
                return null;
            }
            lastSeen = entry.used;
            entry.used = System.nanoTime();
            Object kept = entry.form();
            if (kept != null || entry.packing) {
                return form.cast(kept);
            }
            entry.packing = true;
        }
        T packed = null;
        try {
            packed = budget.admit(entry, bytes, lastSeen) ? pack.get() : null;
            return packed;
        } finally {
            if (packed == null) {
                budget.remove(entry);
            } else {
                budget.keep(entry, packed);
            }
            synchronized (this) {
                entry.packing = false;
            }
        }
    }

    /** Returns the matrix if it was seen in this state; notes it otherwise. */
    private @Nullable Entry seen(View view, int version) {
        int place = oldest;
        for (int i = 0; i < MOST; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.view.equals(view)) {
                if (entry.version == version) {
                    return entry;
                }
                place = i;
            }
        }
        if (place == oldest) {
            oldest = (oldest + 1) % MOST;
        }
        Entry before = entries[place];
        if (before != null) {
            budget.remove(before);
        }
        entries[place] = new Entry(view, version);
        return null;
    }
}
