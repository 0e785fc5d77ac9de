package luthier.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Order along one axis, for F32, F64, I64, I32 and BOOL. NaN is larger than every number, -0 equals 0, and among equals the
 * lower index comes first, ascending or descending: every result is determined. Rows are independent of each other. All throw {@link
 * ShapeException} for an axis that does not exist and {@link DTypeException} for storage types. Rank 0 has the one axis 0.
 */
public final class Sorting {
    /** Up to here inserting is the fastest way to sort. */
    private static final int SHORT = 48;

    private Sorting() {}

    /** Sorted elements and their indices, I64, in the tensor they come from. */
    public record Sorted(Tensor values, Tensor indices) {}

    /**
     * Returns the elements along an axis from the smallest to the largest, or the other way round; stable. NaN comes last ascending
     * and first descending.
     *
     * {@snippet :
     * Sorting.sort(Tensor.of(new float[] {3, 1, 2}, 3), 0, true).values(); // F32[3][3.0, 2.0, 1.0]
     * }
     */
    public static Sorted sort(Tensor x, int axis, boolean descending) {
        return sort("sort", x, axis, descending);
    }

    /**
     * Returns the indices, I64, that sort the elements along an axis; the rules of {@link #sort}.
     *
     * {@snippet :
     * Sorting.argsort(Tensor.of(new float[] {3, 1, 2}, 3), 0, false); // I64[3][1, 2, 0]
     * }
     */
    public static Tensor argsort(Tensor x, int axis, boolean descending) {
        return sort("argsort", x, axis, descending).indices();
    }

    /**
     * Returns the k largest elements along an axis, largest first, or the k smallest, smallest first. NaN counts as largest; among
     * equals the lowest indices are taken.
     *
     * {@snippet :
     * Sorting.topk(Tensor.of(new float[] {3, 9, 9, 1}, 4), 2, 0, true).indices(); // I64[2][1, 2]
     * }
     *
     * @throws ShapeException if k is negative or larger than the axis
     */
    public static Sorted topk(Tensor x, long k, int axis, boolean largest) {
        Require.values("topk", x);
        long n = x.rank() == 0 ? 1 : x.size(Require.axis("topk", x, axis));
        if (k < 0 || k > n) {
            throw Require.broken(
                    "topk: k must be between 0 and the size of the axis; got k " + k + " for axis " + axis + " of "
                            + x.shape(),
                    x);
        }
        return ordered("topk", x, axis, k, largest);
    }

    /**
     * The different elements of a tensor.
     *
     * @param values every one once, ascending: {@code [u]}
     * @param inverse where each element of x is among them, I64, of the shape of x
     * @param counts how often each is there, I64: {@code [u]}
     */
    public record Unique(Tensor values, Tensor inverse, Tensor counts) {}

    /**
     * Returns the different elements of x, sorted; equal are those of one place in the order: all NaN are one, the last, and so are -0 and 0,
     * as which the first of x is returned.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new long[] {3, 1, 3}, 3);
     * Sorting.unique(x).values(); // I64[2][1, 3]
     * Sorting.unique(x).inverse(); // I64[3][1, 0, 1]
     * Sorting.unique(x).counts(); // I64[2][1, 2]
     * }
     */
    public static Unique unique(Tensor x) {
        Sorted sorted = sort("unique", x.reshape(x.elementCount()), 0, false);
        long[] order = sorted.indices().longs();
        Tensor values = sorted.values();
        long[] inverse = new long[order.length];
        long[] firsts = new long[order.length];
        long[] counts = new long[order.length];
        long[] keys = new long[order.length];
        SortKeys.ascending(values.storage(), values.offset(), keys, 0, keys.length);
        int last = -1;
        for (int i = 0; i < order.length; i++) {
            if (i == 0 || keys[i] != keys[i - 1]) {
                firsts[++last] = i;
            }
            counts[last]++;
            inverse[(int) order[i]] = last;
        }
        int n = last + 1;
        Tensor places = Tensor.wrap(Arrays.copyOf(firsts, n), Shape.of(n));
        return new Unique(
                Indexing.indexSelect(values, 0, places),
                Tensor.wrap(inverse, x.shape()),
                Tensor.wrap(Arrays.copyOf(counts, n), Shape.of(n)));
    }

    /**
     * Returns where values would be put into sorted rows to keep their order, I64: how many elements of the row are smaller, or not larger if
     * {@code right}. {@code sorted [n], values [..] -> [..]} or, row by row, {@code sorted [.., n], values [.., m] -> [.., m]}.
     *
     * {@snippet :
     * Tensor sorted = Tensor.of(new float[] {1, 3, 3, 5}, 4);
     * Tensor values = Tensor.of(new float[] {3, 0, 9}, 3);
     * Sorting.searchsorted(sorted, values, false); // I64[3][1, 0, 4]
     * Sorting.searchsorted(sorted, values, true); // I64[3][3, 0, 4]
     * }
     *
     * @throws ShapeException if the leading axes differ or a row is not in ascending order, which is looked at: n steps a row
     */
    public static Tensor searchsorted(Tensor sorted, Tensor values, boolean right) {
        Require.sameType("searchsorted", sorted, values);
        Require.values("searchsorted", sorted);
        boolean shared = sorted.rank() == 1;
        if (sorted.rank() == 0 || !shared && !sameLead(sorted.shape(), values.shape())) {
            throw ShapeRule.joined(-1)
                    .broken(
                            "searchsorted: sorted must be [n], or have the leading axes of values, [.., n] and [.., m];"
                                    + " got " + sorted.shape() + " and " + values.shape(),
                            "sorted, values",
                            sorted,
                            values);
        }
        Tensor wanted = values.contiguous();
        int n = (int) sorted.size(-1);
        int m = (int) (shared ? values.elementCount() : values.size(-1));
        long[] keys = ascendingKeys(sorted, n);
        long[] y = new long[(int) values.elementCount()];
        SortKeys.ascending(wanted.storage(), wanted.offset(), y, 0, y.length);
        Axes.parallel(y.length, 100, (start, end) -> {
            for (int i = start; i < end; i++) {
                y[i] = before(keys, i / m * n, n, y[i], right);
            }
        });
        return Tensor.wrap(y, values.shape());
    }

    private static boolean sameLead(Shape a, Shape b) {
        return a.rank() == b.rank()
                && Arrays.equals(Layout.without(a.toArray(), a.rank() - 1), Layout.without(b.toArray(), b.rank() - 1));
    }

    private static long[] ascendingKeys(Tensor sorted, int n) {
        Tensor rows = sorted.contiguous();
        long[] keys = new long[(int) rows.elementCount()];
        SortKeys.ascending(rows.storage(), rows.offset(), keys, 0, keys.length);
        for (int i = 0; i < keys.length; i++) {
            if (i % n != 0 && keys[i] < keys[i - 1]) {
                throw ShapeRule.ANY.broken(
                        "searchsorted: rows must be in ascending order; got a smaller element at place " + i % n
                                + " of row " + i / n + " of " + sorted.shape() + "; sort them first",
                        "sorted",
                        sorted);
            }
        }
        return keys;
    }

    /** Returns how many keys of a row are smaller than a key, or not larger. */
    private static int before(long[] row, int at, int n, long key, boolean right) {
        int low = 0;
        int high = n;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long other = row[at + middle];
            if (other < key || right && other == key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static Sorted sort(String name, Tensor x, int axis, boolean descending) {
        Require.values(name, x);
        return ordered(name, x, axis, x.rank() == 0 ? 1 : x.size(Require.axis(name, x, axis)), descending);
    }

    private static Sorted ordered(String name, Tensor x, int axis, long take, boolean descending) {
        if (x.rank() == 0) {
            Sorted one = ordered(name, x.unsqueeze(0), axis, take, descending);
            return take == 0
                    ? one
                    : new Sorted(one.values().squeeze(0), one.indices().squeeze(0));
        }
        int a = Require.axis(name, x, axis);
        Tensor rows = x.transpose(a, -1).contiguous();
        long[] sizes = rows.shape().toArray();
        sizes[sizes.length - 1] = take;
        Tensor indices = Tensor.zeros(DType.I64, Shape.of(sizes));
        // Without elements an axis may be longer than an array.
        int count = indices.elementCount() == 0 ? 0 : (int) (indices.elementCount() / take);
        int n = count == 0 ? 0 : (int) x.size(a);
        int k = count == 0 ? 0 : (int) take;
        boolean packed = SortKeys.fitInt(x.dtype());
        Axes.parallel(count, 30.0 * n + 20, (start, end) -> {
            long[] keys = new long[n];
            for (int row = start; row < end; row++) {
                SortKeys.ascending(rows.storage(), rows.offset() + row * n, keys, 0, n);
                for (int i = 0; descending && i < n; i++) {
                    keys[i] = ~keys[i];
                }
                if (packed) {
                    ofPacked(keys, k, indices.longs(), row * k);
                } else {
                    ofLongs(keys, k, indices.longs(), row * k);
                }
            }
        });
        Tensor values = Indexing.gather(rows, -1, indices);
        return new Sorted(
                values.transpose(a, -1).contiguous(), indices.transpose(a, -1).contiguous());
    }

    /** Keys of 32 bits: key and index in one number, so that ties are broken by the index. */
    private static void ofPacked(long[] keys, int k, long[] y, int yo) {
        int n = keys.length;
        for (int i = 0; i < n; i++) {
            keys[i] = keys[i] << 32 | i;
        }
        long[] best = keys;
        if (k < n / 8) {
            best = smallest(keys, k);
        }
        Arrays.sort(best);
        for (int i = 0; i < k; i++) {
            y[yo + i] = best[i] & 0xffffffffL;
        }
    }

    /** Returns the k smallest in a heap whose root is the largest of them. */
    private static long[] smallest(long[] keys, int k) {
        long[] heap = Arrays.copyOf(keys, k);
        for (int i = k / 2 - 1; i >= 0; i--) {
            sink(heap, i);
        }
        for (int i = k; i < keys.length; i++) {
            if (keys[i] < heap[0]) {
                heap[0] = keys[i];
                sink(heap, 0);
            }
        }
        return heap;
    }

    private static void sink(long[] heap, int from) {
        int at = from;
        long value = heap[at];
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= value) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }

    /** Keys of 64 bits: of few, the indices of the smallest alone are sorted. */
    private static void ofLongs(long[] keys, int k, long[] y, int yo) {
        int[] order = k < keys.length / 8
                ? ofSmallest(keys, k)
                : IntStream.range(0, keys.length).toArray();
        order = order.length < SHORT ? inserted(keys, order) : byDigits(keys, order);
        for (int i = 0; i < k; i++) {
            y[yo + i] = order[i];
        }
    }

    /** Returns the indices of the k smallest keys, the first ones of those equal to the largest of them, ascending. */
    private static int[] ofSmallest(long[] keys, int k) {
        int[] result = new int[k];
        if (k == 0) {
            return result;
        }
        long[] heap = smallest(keys, k);
        long most = heap[0];
        int equal = 0;
        for (long key : heap) {
            equal += key == most ? 1 : 0;
        }
        int found = 0;
        for (int i = 0; found < k; i++) {
            if (keys[i] < most || keys[i] == most && equal-- > 0) {
                result[found++] = i;
            }
        }
        return result;
    }

    private static int[] inserted(long[] keys, int[] order) {
        for (int i = 1; i < order.length; i++) {
            int index = order[i];
            int at = i;
            for (; at > 0 && keys[order[at - 1]] > keys[index]; at--) {
                order[at] = order[at - 1];
            }
            order[at] = index;
        }
        return order;
    }

    /** A stable radix sort from the lowest byte on. A byte that all keys share costs only its counting. */
    private static int[] byDigits(long[] keys, int[] order) {
        int n = order.length;
        int[][] counts = new int[Long.BYTES][256];
        for (int index : order) {
            long key = keys[index] ^ Long.MIN_VALUE;
            for (int digit = 0; digit < Long.BYTES; digit++) {
                counts[digit][(int) (key >>> 8 * digit) & 255]++;
            }
        }
        int[] from = order;
        int[] to = new int[n];
        for (int digit = 0; digit < Long.BYTES; digit++) {
            int shift = 8 * digit;
            int[] next = counts[digit];
            if (next[(int) ((keys[order[0]] ^ Long.MIN_VALUE) >>> shift) & 255] == n) {
                continue;
            }
            int total = 0;
            for (int value = 0; value < 256; value++) {
                total += next[value];
                next[value] = total - next[value];
            }
            for (int index : from) {
                to[next[(int) ((keys[index] ^ Long.MIN_VALUE) >>> shift) & 255]++] = index;
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }
}
