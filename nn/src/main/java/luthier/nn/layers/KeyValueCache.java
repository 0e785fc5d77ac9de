package luthier.nn.layers;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.LongStream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.JoiningOps;
import luthier.nn.Context;
import luthier.nn.Key;
import luthier.nn.Layer;
import luthier.nn.Sequence;
import luthier.tensor.DType;
import luthier.tensor.Indexing;
import luthier.tensor.Pool;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of every attention of a model so far, so that a pass computes only the new rows of a text:
 *
 * {@snippet :
 * KeyValueCache cache = new KeyValueCache();
 * Context pass = cache.next(Context.inference());
 * cache.length(); // 0
 * }
 *
 * <p>Rows of a batch may have unlike lengths: {@link #keep} says how much of each is its text, and the next pass goes on behind it. What lies
 * behind a row's end is never seen, so a row has the bits that it has alone. Memory doubles when it is full; nothing is copied otherwise.
 *
 * <p>A cache belongs to one text or batch, one choice of adapters and one thread. A recomputation reads it and writes nothing.
 */
public final class KeyValueCache {
    private static final Key<Pass> PASS = Key.of("key value cache");
    private static final int LEAST = 32;

    private final IdentityHashMap<Layer, Store> stores = new IdentityHashMap<>();

    /** A pass over a cache: where each of its rows begins; empty where nothing is there yet. */
    private record Pass(KeyValueCache cache, long[] starts) {}

    /** Creates an empty cache. */
    public KeyValueCache() {}

    /**
     * What an attention sees in a pass.
     *
     * @param keys {@code [B, G, S, d]}, of all places
     * @param values {@code [B, G, S, d]}
     * @param visible BOOL {@code [B, 1, T, S]} where rows have unlike lengths; null where a query sees what lies before it, counted from the
     *     end
     */
    record Seen(Variable keys, Variable values, @Nullable Tensor visible) {}

    // ---- between passes

    /**
     * Returns a pass that continues what is here.
     *
     * @throws IllegalStateException if an earlier pass failed halfway
     */
    public Context next(Context c) {
        long[] starts = lengths();
        for (Store store : stores.values()) {
            if (!Arrays.equals(store.lengths, starts)) {
                throw new IllegalStateException(
                        "cache: all attentions must hold the same places; got a pass that failed halfway; begin a new cache");
            }
        }
        long past = longest(starts);
        Context next = c.with(PASS, new Pass(this, starts)).with(Sequence.PAST, past);
        return even(starts) ? next : next.with(Sequence.ROW_PAST, Tensor.of(starts, starts.length));
    }

    /** Returns how many places the longest row has, rows in front included. */
    public long length() {
        return longest(lengths());
    }

    private long[] lengths() {
        return stores.isEmpty()
                ? new long[0]
                : stores.values().iterator().next().lengths.clone();
    }

    /**
     * Keeps the first places of each row and forgets the others, to go on differently or behind the end of each row's text.
     *
     * @param places how many of each row, rows in front included; at most what it has
     * @throws IllegalArgumentException if rows or places do not fit
     */
    public void keep(long... places) {
        long[] have = lengths();
        boolean fits = places.length == have.length;
        for (int row = 0; fits && row < places.length; row++) {
            fits = places[row] >= 0 && places[row] <= have[row];
        }
        if (!fits) {
            throw new IllegalArgumentException("cache: places to keep must be 0 to those that each row has; got "
                    + Arrays.toString(places) + " of " + Arrays.toString(have));
        }
        stores.values().forEach(store -> store.lengths = places.clone());
    }

    /**
     * Goes on with these rows, each with a copy of its places: to drop rows that have ended, or to branch.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public void select(int... rows) {
        stores.values().forEach(store -> store.select(rows));
    }

    // ---- in a pass

    /**
     * Puts the new keys and values of an attention behind its old ones and returns all.
     *
     * @param k {@code [B, T, G, d]}
     * @param v {@code [B, T, G, e]}
     */
    static Seen append(Layer host, Variable k, Variable v, Context c) {
        Pass pass = c.get(PASS).orElse(null);
        return pass == null
                ? new Seen(k.transpose(1, 2), v.transpose(1, 2), null)
                : pass.cache().append(host, k, v, pass.starts(), c.isReplay());
    }

    /** Returns the places of a pass's new rows, rows in front included, {@code [1, T]}, or {@code [B, T]} where rows differ. */
    static Tensor places(Context c, long length, long end) {
        Pass pass = c.get(PASS).orElse(null);
        long[] starts = pass == null || even(pass.starts()) ? new long[] {end - length} : pass.starts();
        long[] places = new long[Math.multiplyExact(starts.length, (int) length)];
        for (int i = 0; i < places.length; i++) {
            places[i] = starts[i / (int) length] + i % length;
        }
        return Tensor.of(places, starts.length, length);
    }

    private Seen append(Layer host, Variable k, Variable v, long[] begun, boolean replay) {
        int batch = (int) k.size(0);
        long[] starts = begun.length == 0 ? new long[batch] : begun;
        Store store = stores.computeIfAbsent(host, layer -> new Store(batch, k, v));
        if (starts.length != batch) {
            throw new IllegalStateException("cache: a pass must have the rows of the cache; got " + batch + " for "
                    + starts.length + "; a cache belongs to one choice of adapters");
        }
        if (!replay) {
            store.write(k.value(), v.value(), starts);
        }
        long end = longest(starts) + k.size(1);
        boolean trains = Grad.isEnabled() && (k.requiresGrad() || v.requiresGrad());
        if (trains && !even(starts)) {
            throw new IllegalStateException("cache: rows of unlike length take no gradients; got "
                    + Arrays.toString(starts) + " places; train on whole rows");
        }
        return new Seen(
                trains ? joined(store.keys, k, starts) : seen(store.keys, end),
                trains ? joined(store.values, v, starts) : seen(store.values, end),
                even(starts) ? null : visible(starts, (int) k.size(1), (int) end));
    }

    private static Variable seen(Tensor buffer, long end) {
        return Variable.constant(buffer.slice(2, 0, end));
    }

    /** The new ones keep their history; the old ones are copied, for the buffer will change. */
    private static Variable joined(Tensor buffer, Variable x, long[] starts) {
        Tensor old = buffer.slice(2, 0, longest(starts)).copy();
        return JoiningOps.concat(List.of(Variable.constant(old), x.transpose(1, 2)), 2);
    }

    /** Row by row, which places the new rows see: {@code [B, 1, T, S]}. */
    private static Tensor visible(long[] starts, int length, int end) {
        boolean[] sees = new boolean[Math.multiplyExact(Math.multiplyExact(starts.length, length), end)];
        for (int row = 0; row < starts.length; row++) {
            for (int t = 0; t < length; t++) {
                int at = (row * length + t) * end;
                Arrays.fill(sees, at, at + (int) starts[row] + t + 1, true);
            }
        }
        return Tensor.of(sees, starts.length, 1, length, end);
    }

    private static long longest(long[] lengths) {
        return LongStream.of(lengths).max().orElse(0);
    }

    private static boolean even(long[] lengths) {
        return LongStream.of(lengths).distinct().count() <= 1;
    }

    /** What one attention has put here: {@code [B, G, capacity, d]}, of which each row uses the first places. */
    private static final class Store {
        private Tensor keys;
        private Tensor values;
        private long[] lengths;

        private Store(int batch, Variable k, Variable v) {
            lengths = new long[batch];
            keys = empty(k.value(), 0);
            values = empty(v.value(), 0);
        }

        private static Tensor empty(Tensor like, long capacity) {
            return Tensor.zeros(like.dtype(), like.size(0), like.size(2), capacity, like.size(3));
        }

        private void write(Tensor k, Tensor v, long[] starts) {
            if (!Arrays.equals(starts, lengths)) {
                throw new IllegalStateException("cache: an attention runs once in a pass, and a cache belongs to one"
                        + " choice of adapters; got a second run");
            }
            long end = longest(starts) + k.size(1);
            keys = grown(keys, end);
            values = grown(values, end);
            put(k, keys, starts);
            put(v, values, starts);
            for (int row = 0; row < starts.length; row++) {
                lengths[row] += k.size(1);
            }
        }

        private static Tensor grown(Tensor buffer, long end) {
            long capacity = buffer.size(2);
            if (end <= capacity) {
                return buffer;
            }
            long more = Math.max(Math.max(LEAST, end), 2 * capacity);
            Tensor larger = Tensor.zeros(buffer.dtype(), buffer.size(0), buffer.size(1), more, buffer.size(3));
            larger.slice(2, 0, capacity).copyInPlace(buffer);
            return larger;
        }

        private static void put(Tensor rows, Tensor buffer, long[] starts) {
            Tensor perHead = rows.transpose(1, 2);
            long count = rows.size(1);
            if (even(starts)) {
                long at = longest(starts);
                buffer.slice(2, at, at + count).copyInPlace(perHead);
                return;
            }
            for (int row = 0; row < starts.length; row++) {
                buffer.select(0, row).slice(1, starts[row], starts[row] + count).copyInPlace(perHead.select(0, row));
            }
        }

        private void select(int[] rows) {
            Tensor index = Tensor.of(rows, rows.length).to(DType.I64);
            keys = Pool.keep(Indexing.indexSelect(keys, 0, index));
            values = Pool.keep(Indexing.indexSelect(values, 0, index));
            long[] before = lengths;
            lengths = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                lengths[i] = before[rows[i]];
            }
        }
    }

    @Override
    public String toString() {
        return "KeyValueCache(" + stores.size() + " attentions, " + Arrays.toString(lengths()) + " places)";
    }
}
