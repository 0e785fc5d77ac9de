package luthier.tensor;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that all packed forms together may take: {@code -Dluthier.packedBytes=N}, by default a quarter of the heap. If a form finds no room, others
 * give way that were not used since its matrix was last seen, those unused longest first; otherwise the matrix stays unpacked. So a model
 * that is larger than the budget keeps what has found room instead of packing all anew in every pass.
 *
 * <p>Forms are known weakly: those of a matrix that was dropped go with it.
 */
final class PackingBudget {
    /** The budget of all matrices. */
    static final PackingBudget SHARED = new PackingBudget(
            Long.getLong("luthier.packedBytes", Runtime.getRuntime().maxMemory() / 4));

    /** What a form takes, as long as its place in {@link Packings} is reachable. */
    static final class Share extends WeakReference<Packings.Entry> {
        private final long bytes;

        private Share(Packings.Entry entry, long bytes, ReferenceQueue<Packings.Entry> dropped) {
            super(entry, dropped);
            this.bytes = bytes;
        }
    }

    private final long most;
    private final Set<Share> shares = new LinkedHashSet<>();
    private final ReferenceQueue<Packings.Entry> dropped = new ReferenceQueue<>();
    private long kept;

    PackingBudget(long most) {
        this.most = most;
    }

    /** Returns the bytes of the forms that are kept or being made. */
    synchronized long kept() {
        sweep();
        return kept;
    }

    /** Makes room for a form and returns whether there is. */
    synchronized boolean admit(Packings.Entry entry, long bytes, long lastSeen) {
        sweep();
        if (entry.share() != null) {
            return true;
        }
        if (bytes > most || !makeRoom(kept + bytes - most, lastSeen)) {
            return false;
        }
        Share share = new Share(entry, bytes, dropped);
        entry.share(share);
        shares.add(share);
        kept += bytes;
        return true;
    }

    private boolean makeRoom(long missing, long lastSeen) {
        if (missing <= 0) {
            return true;
        }
        List<Packings.Entry> idle = new ArrayList<>();
        for (Share share : shares) {
            Packings.Entry entry = share.get();
            if (entry != null && entry.used() - lastSeen < 0) {
                idle.add(entry);
            }
        }
        idle.sort(Comparator.comparingLong(entry -> entry.used() - lastSeen));
        long room = 0;
        int count = 0;
        while (room < missing && count < idle.size()) {
            room += bytes(idle.get(count++).share());
        }
        if (room < missing) {
            return false;
        }
        idle.subList(0, count).forEach(this::remove);
        return true;
    }

    private static long bytes(@Nullable Share share) {
        return share == null ? 0 : share.bytes;
    }

    /** Keeps a form, unless it was removed while it was made. */
    synchronized void keep(Packings.Entry entry, Object form) {
        if (entry.share() != null) {
            entry.form(form);
        }
    }

    /** Drops a form and gives its bytes back. */
    synchronized void remove(Packings.Entry entry) {
        Share share = entry.share();
        if (share != null && shares.remove(share)) {
            kept -= share.bytes;
        }
        entry.share(null);
        entry.form(null);
    }

    private void sweep() {
        for (Object share = dropped.poll(); share != null; share = dropped.poll()) {
            if (share instanceof Share gone && shares.remove(gone)) {
                kept -= gone.bytes;
            }
        }
    }
}
