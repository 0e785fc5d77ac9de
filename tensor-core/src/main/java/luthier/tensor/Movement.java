package luthier.tensor;

import java.util.Arrays;
import java.util.List;

/** Moving elements about: flip, roll, moveAxis, tile, repeatInterleave. For every type, since nothing is computed. */
public final class Movement {
    private Movement() {}

    /**
     * Returns a view with the order along the given axes reversed; no axes means all.
     *
     * {@snippet :
     * Movement.flip(Tensor.of(new long[] {1, 2, 3}, 3), 0); // I64[3][3, 2, 1]
     * }
     *
     * @throws ShapeException if an axis does not exist or is given twice
     */
    public static Tensor flip(Tensor x, int... axes) {
        boolean[] chosen = Axes.reduced("flip", x, axes);
        Tensor result = x;
        for (int axis = 0; axis < chosen.length; axis++) {
            result = chosen[axis] ? result.slice(axis, -1, Long.MIN_VALUE, -1) : result;
        }
        return result;
    }

    /**
     * Returns the elements moved on by {@code shift} places along an axis, those that leave at one end entering at the other:
     * {@code y[(i + shift) mod n] = x[i]}.
     *
     * {@snippet :
     * Movement.roll(Tensor.of(new long[] {1, 2, 3}, 3), 0, 1); // I64[3][3, 1, 2]
     * }
     *
     * @throws ShapeException if the axis does not exist
     */
    public static Tensor roll(Tensor x, int axis, long shift) {
        if (x.shape().isAxisOfNumber(axis)) {
            return x;
        }
        int a = Require.axis("roll", x, axis);
        long n = x.size(a);
        long moved = n == 0 ? 0 : Math.floorMod(shift, n);
        if (moved == 0) {
            return x;
        }
        return Joining.concat(List.of(x.slice(a, n - moved, n), x.slice(a, 0, n - moved)), a);
    }

    /**
     * Returns the elements moved on along several axes, {@code shifts[i]} places along {@code axes[i]}.
     *
     * @throws ShapeException if an axis does not exist or the counts of axes and shifts differ
     */
    public static Tensor roll(Tensor x, int[] axes, long[] shifts) {
        if (axes.length != shifts.length) {
            throw new ShapeException("roll: one shift per axis is needed; got axes " + Arrays.toString(axes)
                    + " and shifts " + Arrays.toString(shifts));
        }
        Tensor result = x;
        for (int i = 0; i < axes.length; i++) {
            result = roll(result, axes[i], shifts[i]);
        }
        return result;
    }

    /** Returns the elements moved on in row-major order over all axes, the shape unchanged. */
    public static Tensor roll(Tensor x, long shift) {
        return roll(x.reshape(x.elementCount()), 0, shift).reshape(x.shape().toArray());
    }

    /**
     * Returns a view with one axis moved to another place, the others keeping their order.
     *
     * {@snippet :
     * Movement.moveAxis(Tensor.zeros(DType.F32, 2, 3, 4), 0, -1).shape(); // [3, 4, 2]
     * }
     *
     * @throws ShapeException if an axis does not exist
     */
    public static Tensor moveAxis(Tensor x, int from, int to) {
        if (x.shape().isAxisOfNumber(from) && x.shape().isAxisOfNumber(to)) {
            return x;
        }
        int[] along = Require.axes("moveAxis", x, from, to);
        int source = along[0];
        int target = along[1];
        int[] order = new int[x.rank()];
        int next = 0;
        for (int i = 0; i < order.length; i++) {
            next += next == source ? 1 : 0;
            order[i] = i == target ? source : next++;
        }
        return x.permute(order);
    }

    /**
     * Returns the whole tensor repeated, {@code repeats[i]} times along axis i; with fewer repeats than axes they count from the
     * last axis, with more the tensor gets new axes in front.
     *
     * {@snippet :
     * Movement.tile(Tensor.of(new long[] {1, 2}, 2), 2); // I64[4][1, 2, 1, 2]
     * }
     *
     * @throws ShapeException if a count is negative
     */
    public static Tensor tile(Tensor x, long... repeats) {
        int rank = Math.max(x.rank(), repeats.length);
        long[] paired = new long[2 * rank];
        long[] expanded = new long[2 * rank];
        long[] result = new long[rank];
        for (int i = 0; i < rank; i++) {
            int axis = i - (rank - x.rank());
            int repeat = i - (rank - repeats.length);
            long size = axis < 0 ? 1 : x.size(axis);
            long count = repeat < 0 ? 1 : requireCount("tile", repeats[repeat]);
            paired[2 * i] = 1;
            paired[2 * i + 1] = size;
            expanded[2 * i] = count;
            expanded[2 * i + 1] = size;
            result[i] = Layout.times("tile", size, count);
        }
        return x.contiguous().reshape(paired).expand(Shape.of(expanded)).reshape(result);
    }

    private static long requireCount(String name, long count) {
        if (count < 0) {
            throw new ShapeException(name + ": counts must not be negative; got " + count);
        }
        return count;
    }

    /**
     * Returns every index of an axis repeated {@code count} times in a row.
     *
     * {@snippet :
     * Movement.repeatInterleave(Tensor.of(new long[] {1, 2}, 2), 0, 2); // I64[4][1, 1, 2, 2]
     * }
     *
     * @throws ShapeException if the count is negative or the axis does not exist
     */
    public static Tensor repeatInterleave(Tensor x, int axis, long count) {
        int a = Require.axis("repeatInterleave", x, axis);
        requireCount("repeatInterleave", count);
        long[] sizes = x.shape().toArray();
        sizes[a] = Layout.times("repeatInterleave", sizes[a], count);
        if (Shape.of(sizes).arrayLength("repeatInterleave") == 0) {
            return Tensor.zeros(x.dtype(), sizes);
        }
        long[] index = new long[(int) sizes[a]];
        Arrays.setAll(index, i -> i / count);
        return Indexing.indexSelect(x, a, Tensor.wrap(index, Shape.of(index.length)));
    }

    /**
     * Returns index i of an axis repeated {@code counts[i]} times in a row.
     *
     * {@snippet :
     * Movement.repeatInterleave(Tensor.of(new long[] {7, 8}, 2), 0, Tensor.of(new long[] {1, 2}, 2)); // I64[3][7, 8, 8]
     * }
     *
     * @throws ShapeException if there is not one count for every index, or one is negative
     * @throws DTypeException if the counts are not I64
     */
    public static Tensor repeatInterleave(Tensor x, int axis, Tensor counts) {
        int a = Require.axis("repeatInterleave", x, axis);
        if (counts.dtype() != DType.I64) {
            throw new DTypeException(
                    "repeatInterleave: counts must be I64; got " + counts.dtype() + "; convert with to()");
        }
        if (counts.rank() != 1 || counts.size(0) != x.size(a)) {
            throw ShapeRule.ANY.broken(
                    "repeatInterleave: needs one count for each index of axis " + axis + " of " + x.shape()
                            + "; got counts of shape " + counts.shape(),
                    "x, counts",
                    x,
                    counts);
        }
        long total = 0;
        long[] times = counts.toLongArray();
        for (long count : times) {
            total = Layout.plus("repeatInterleave", total, requireCount("repeatInterleave", count));
        }
        long[] index = new long[Shape.of(total).arrayLength("repeatInterleave")];
        int next = 0;
        for (int i = 0; i < times.length; i++) {
            Arrays.fill(index, next, next + (int) times[i], i);
            next += (int) times[i];
        }
        return Indexing.indexSelect(x, a, Tensor.wrap(index, Shape.of(index.length)));
    }
}
