package luthier.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory that is used again. Inside {@link #scope} the results of operations take their F32 arrays from the pool, and when the scope
 * ends all of them go back; so a repeated computation costs no fresh memory, which a JVM would have to clear, move and collect.
 * Numbers do not depend on it.
 *
 * <p>A {@link #section} of a scope gives back at its end what it took, except for what its results hold and what was left to the scope inside
 * it ({@link #hold}). So does a backward pass
 * inside a scope: gradients go back as soon as the rules that read them have run.
 *
 * <p>What must outlive the scope is copied inside it ({@link Tensor#copy}) or taken out of the pool ({@link #keep}); tensors that {@link
 * Tensor#zeros}, {@link Tensor#of} and their kin make are never pooled, nor are small ones. A pooled array can never be seen
 * through a live tensor: a tensor that is looked at after its memory went back throws an {@link IllegalStateException} that says so.
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

    /** An array on its way: who looks at it, and how many results of sections hold it; 0 if it is the scope's. */
    private static final class Loan {
        private final float[] array;
        private final List<Storage> lookers = new ArrayList<>(1);
        private int holds;
        /** Whether it stays to the scope's end, whatever sections end. */
        private boolean lasting;

        private boolean back;

        Loan(float[] array) {
            this.array = array;
        }

        long bytes() {
            return 4L * array.length;
        }
    }

    private final long mostBytes;
    private final TreeMap<Integer, ArrayDeque<float[]>> idle = new TreeMap<>();
    private final IdentityHashMap<float[], Loan> lent = new IdentityHashMap<>();
    /** The loans in the order they were taken; some may be back. */
    private final List<Loan> order = new ArrayList<>();

    private long idleBytes;
    private long lentBytes;
    private long mostLentBytes;
    private boolean open;
    /** The pool whose scope this one's runs in. */
    private @Nullable Pool outer;

    /** Creates a pool that keeps at most a quarter of the heap. */
    public Pool() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Creates a pool that keeps at most so many bytes, those lent included. */
    public Pool(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Returns the pool of the running scope of this thread.
     *
     * {@snippet :
     * Pool.current().isPresent(); // false
     * }
     */
    public static Optional<Pool> current() {
        return Optional.ofNullable(running());
    }

    private static @Nullable Pool running() {
        return CURRENT.isBound() ? CURRENT.get() : null;
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
        outer = running();
        try {
            return ScopedValue.where(CURRENT, this).call(body::get);
        } finally {
            order.forEach(this::takeBack);
            order.clear();
            outer = null;
            synchronized (this) {
                open = false;
            }
        }
    }

    /**
     * Runs a part of a scope and takes back at once what it took, except for the arrays behind the tensors it keeps. These stay until
     * {@link #release} was called for each of them, or until the section or scope around this one ends. What else must outlive it, and
     * is not the section's result to name, says so inside: {@link #hold} until the scope ends, {@link #keep} for good. If the body
     * fails, the section or scope around it takes everything back.
     */
    public <T> T section(Supplier<T> body, Function<T, ? extends Iterable<Tensor>> kept) {
        int mark = order.size();
        T result = body.get();
        List<Loan> taken = order.subList(mark, order.size());
        taken.forEach(loan -> loan.holds = loan.lasting ? 0 : -1);
        for (Tensor tensor : kept.apply(result)) {
            Loan loan = loan(tensor);
            if (loan != null && loan.holds != 0) {
                loan.holds = Math.max(loan.holds, 0) + 1;
            }
        }
        taken.removeIf(loan -> {
            if (loan.holds < 0) {
                takeBack(loan);
            }
            return loan.back;
        });
        return result;
    }

    /**
     * Says that one of the holds that {@link #section} gave a tensor is over; with the last its array goes back, and a later look
     * through any tensor over it is an error. Does nothing for all other tensors.
     */
    public void release(Tensor tensor) {
        Loan loan = loan(tensor);
        if (loan != null && loan.holds > 0 && --loan.holds == 0) {
            takeBack(loan);
        }
    }

    /**
     * Leaves the array behind a tensor to its pool's scope: it outlives all sections, as a cache of keys or a tapped value must that a layer makes on
     * the way, and goes back when the scope ends. Returns the tensor; does nothing outside of a scope.
     *
     * {@snippet :
     * Pool pool = new Pool();
     * Tensor x = Tensor.ones(DType.F32, 100, 100);
     * List<Tensor> cache = new ArrayList<>();
     * double total = pool.scope(() -> {
     *     pool.section(() -> cache.add(Pool.hold(x.add(x))), done -> List.of());
     *     return cache.getFirst().sum().item();
     * });
     * total; // 20000.0
     * }
     */
    public static Tensor hold(Tensor tensor) {
        Pool pool = lender(tensor);
        Loan loan = pool == null ? null : pool.loan(tensor);
        if (loan != null) {
            loan.lasting = true;
            loan.holds = 0;
        }
        return tensor;
    }

    /**
     * Takes the array behind a tensor out of its pool for good, so that it outlives sections and the scope; the collector will have it.
     * Returns the tensor.
     *
     * {@snippet :
     * Tensor x = Tensor.ones(DType.F32, 100, 100);
     * Tensor kept = new Pool().scope(() -> Pool.keep(x.add(x)));
     * kept.sum(); // F32[][20000.0]
     * }
     */
    public static Tensor keep(Tensor tensor) {
        Pool pool = lender(tensor);
        Loan loan = pool == null ? null : pool.loan(tensor);
        if (pool != null && loan != null) {
            pool.lent.remove(loan.array);
            pool.lentBytes -= loan.bytes();
            loan.back = true;
        }
        return tensor;
    }

    /** Returns the pool of the running scopes that lent the array behind a tensor, the innermost first. */
    private static @Nullable Pool lender(Tensor tensor) {
        Pool pool = running();
        while (pool != null && pool.loan(tensor) == null) {
            pool = pool.outer;
        }
        return pool;
    }

    /** Returns the bytes of the arrays that wait for their next use. */
    public long idleBytes() {
        return idleBytes;
    }

    /** Returns the bytes of the arrays in use. */
    public long lentBytes() {
        return lentBytes;
    }

    /** Returns the most bytes that were in use at a time since the pool was made. */
    public long mostLentBytes() {
        return mostLentBytes;
    }

    /**
     * Returns an array of at least n numbers, whatever they are, for a result that will write them all: from the pool of the running
     * scope if there is one, otherwise new.
     */
    static float[] floats(int n) {
        Pool pool = n < LEAST ? null : running();
        return pool == null ? new float[n] : pool.take(n);
    }

    /** Notes that a tensor looks at an array; called for every new storage. */
    static void watch(Storage storage, Object array) {
        if (array instanceof float[] numbers && numbers.length >= LEAST) {
            Pool pool = running();
            Loan loan = pool == null ? null : pool.lent.get(numbers);
            if (loan != null) {
                loan.lookers.add(storage);
            }
        }
    }

    private @Nullable Loan loan(Tensor tensor) {
        return tensor.isReleased() || !(tensor.storage() instanceof float[] array) ? null : lent.get(array);
    }

    private float[] take(int n) {
        float[] array = fitting(n);
        if (array == null) {
            int length = rounded(n);
            makeRoom(4L * length);
            array = new float[length];
        }
        Loan loan = new Loan(array);
        lent.put(array, loan);
        order.add(loan);
        lentBytes += loan.bytes();
        mostLentBytes = Math.max(mostLentBytes, lentBytes);
        return array;
    }

    /** Returns the shortest idle array of at least n numbers, if not more than a third of it would lie idle. */
    private float @Nullable [] fitting(int n) {
        Map.Entry<Integer, ArrayDeque<float[]>> entry = idle.ceilingEntry(n);
        return entry == null || entry.getKey() - entry.getKey() / 3 > n ? null : poll(entry);
    }

    private float[] poll(Map.Entry<Integer, ArrayDeque<float[]>> entry) {
        float[] array = entry.getValue().pop();
        if (entry.getValue().isEmpty()) {
            idle.remove(entry.getKey());
        }
        idleBytes -= 4L * array.length;
        return array;
    }

    /** Drops the shortest idle arrays, since long ones serve more, until there is room for so many bytes. */
    private void makeRoom(long bytes) {
        while (!idle.isEmpty() && idleBytes + lentBytes + bytes > mostBytes) {
            poll(idle.firstEntry());
        }
    }

    /** Rounds up to three leading bits, so that a few lengths serve all and at most a fifth is wasted. */
    private static int rounded(int n) {
        int step = Integer.highestOneBit(n) >> 2;
        long length = ((long) n + step - 1) / step * step;
        return (int) Math.min(length, Layout.MAX_ARRAY);
    }

    private void takeBack(Loan loan) {
        if (loan.back) {
            return;
        }
        loan.back = true;
        loan.lookers.forEach(Storage::release);
        lent.remove(loan.array);
        lentBytes -= loan.bytes();
        if (idleBytes + lentBytes + loan.bytes() <= mostBytes) {
            idle.computeIfAbsent(loan.array.length, length -> new ArrayDeque<>())
                    .push(loan.array);
            idleBytes += loan.bytes();
        }
    }
}
