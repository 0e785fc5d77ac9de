package luthier.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory that is used again. Inside {@link #scope} the results of operations take their F32 arrays from the pool, and when the scope
 * ends all of them go back at once; so a repeated computation costs no fresh memory, which a JVM would have to clear and collect.
 * Nothing goes back earlier, so a scope needs room for all its results at once. Numbers do not depend on it.
 *
 * <p>What must outlive the scope is copied inside it ({@link Tensor#copy}); tensors that {@link Tensor#zeros}, {@link Tensor#of} and
 * their kin make are never pooled, nor are small ones. A pooled array can never be seen through a live tensor: a tensor that is looked
 * at after its scope has ended throws an {@link IllegalStateException} that says so.
 *
 * <p>A pool serves one thread at a time. It keeps at most a given number of bytes; what is over goes to the collector.
 *
 * {@snippet :
 * Pool pool = new Pool();
 * Tensor x = Tensor.ones(DType.F32, 100, 100);
 * double total = pool.scope(() -> x.add(x).sum().item()); // 20000.0
 * }
 */
public final class Pool {
    /** Below this many numbers an array is cheaper to make than to look up. */
    private static final int LEAST = 1 << 12;

    private static final ScopedValue<Pool> CURRENT = ScopedValue.newInstance();

    private final long mostBytes;
    private final Map<Integer, ArrayDeque<float[]>> idle = new HashMap<>();
    private final IdentityHashMap<float[], List<Storage>> taken = new IdentityHashMap<>();
    private long idleBytes;
    private boolean open;

    /** Creates a pool that keeps at most a quarter of the heap. */
    public Pool() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Creates a pool that keeps at most so many bytes. */
    public Pool(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Runs {@code body} with this pool and takes back what it took, whatever happens.
     *
     * @throws IllegalStateException if the pool is in use, here or on another thread
     */
    public <T> T scope(Supplier<T> body) {
        synchronized (this) {
            if (open) {
                throw new IllegalStateException(
                        "pool: a pool serves one scope at a time; got a second one; use a pool of its own");
            }
            open = true;
        }
        try {
            return ScopedValue.where(CURRENT, this).call(body::get);
        } finally {
            takeBack();
            synchronized (this) {
                open = false;
            }
        }
    }

    /** Returns the bytes of the arrays that wait for their next use. */
    public long idleBytes() {
        return idleBytes;
    }

    /**
     * Returns an array of at least n numbers, whatever they are, for a result that will write them all: from the pool of the running
     * scope if there is one, otherwise new.
     */
    static float[] floats(int n) {
        Pool pool = n < LEAST ? null : current();
        return pool == null ? new float[n] : pool.take(n);
    }

    private static @Nullable Pool current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** Notes that a tensor looks at an array; called for every new storage. */
    static void watch(Storage storage, Object array) {
        if (array instanceof float[] numbers && numbers.length >= LEAST) {
            Pool pool = current();
            List<Storage> lookers = pool == null ? null : pool.taken.get(numbers);
            if (lookers != null) {
                lookers.add(storage);
            }
        }
    }

    private float[] take(int n) {
        int length = rounded(n);
        ArrayDeque<float[]> fitting = idle.get(length);
        float[] array = fitting == null ? null : fitting.poll();
        if (array == null) {
            array = new float[length];
        } else {
            idleBytes -= 4L * length;
        }
        taken.put(array, new ArrayList<>(1));
        return array;
    }

    /** Rounds up to three leading bits, so that a few lengths serve all and at most a fifth is wasted. */
    private static int rounded(int n) {
        int step = Integer.highestOneBit(n) >> 2;
        long length = ((long) n + step - 1) / step * step;
        return (int) Math.min(length, Layout.MAX_ARRAY);
    }

    private void takeBack() {
        taken.forEach((array, lookers) -> {
            lookers.forEach(Storage::release);
            long bytes = 4L * array.length;
            if (idleBytes + bytes <= mostBytes) {
                idle.computeIfAbsent(array.length, length -> new ArrayDeque<>()).push(array);
                idleBytes += bytes;
            }
        });
        taken.clear();
    }
}
