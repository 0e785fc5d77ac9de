package luthier.tensor;

import java.lang.ref.SoftReference;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The packed forms of a storage's matrices. A matrix that comes back unchanged as the second operand of a product, as a frozen weight
 * does, is packed at its second use, and products take that form until the storage is written. The collector may drop it when
 * memory is short.
 */
final class Packings {
    /** A weight is read in two ways: as it is by the forward pass, transposed by the backward pass. */
    private static final int MOST = 2;

    private record View(int offset, int rowStride, int columnStride, int k, int n) {}

    private static final class Entry {
        private final View view;
        private final int version;
        private @Nullable SoftReference<PackedMatrix> packed;

        Entry(View view, int version) {
            this.view = view;
            this.version = version;
        }
    }

    private final @Nullable Entry[] entries = new @Nullable Entry[MOST];
    private int oldest;

    /** Returns the packed form of a k x n matrix, or null if it has not been seen in this state or is not worth it. */
    synchronized @Nullable PackedMatrix of(Matrix b, int k, int n, int version) {
        View view = new View(b.offset(), b.rowStride(), b.columnStride(), k, n);
        for (int i = 0; i < MOST; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.view.equals(view)) {
                if (entry.version == version) {
                    return packed(entry, b);
                }
                entries[i] = new Entry(view, version);
                return null;
            }
        }
        entries[oldest] = new Entry(view, version);
        oldest = (oldest + 1) % MOST;
        return null;
    }

    private static @Nullable PackedMatrix packed(Entry entry, Matrix b) {
        SoftReference<PackedMatrix> reference = entry.packed;
        PackedMatrix packed = reference == null ? null : reference.get();
        if (packed == null) {
            packed = Gemm.pack(entry.view.k, entry.view.n, b);
            entry.packed = packed == null ? null : new SoftReference<>(packed);
        }
        return packed;
    }
}
