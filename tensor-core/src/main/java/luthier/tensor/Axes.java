package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Parallel;

/**
 * How a reduction walks its operand: as {@code [outer, length, inner]}, contiguous, reduced over the middle. One axis, or
 * neighbours, of a contiguous tensor are walked where they lie; other sets of axes are gathered at the end by a copy.
 */
final class Axes {
    /** Nanoseconds that a task should last at least, so that handing it out is worth it. */
    private static final double TASK_NANOS = 20_000;

    private final Tensor from;
    private final Shape result;
    private final long[] counts;

    private Axes(Tensor from, Shape result, long[] counts) {
        this.from = from;
        this.result = result;
        this.counts = counts;
    }

    /** Resolves axes; none at all means all of them. Throws {@link ShapeException} for one that is missing or named twice. */
    static Axes of(String name, Tensor x, boolean keepDims, int... axes) {
        return of(name, x, keepDims, false, axes);
    }

    /** The same with inner size 1, by a copy if need be: every result is made from neighbours. */
    static Axes rows(String name, Tensor x, boolean keepDims, int... axes) {
        return of(name, x, keepDims, true, axes);
    }

    private static Axes of(String name, Tensor x, boolean keepDims, boolean asRows, int... axes) {
        boolean[] reduced = reduced(name, x, axes);
        Shape result = result(x.shape(), reduced, keepDims);
        result.arrayLength(name);
        int first = 0;
        while (first < reduced.length && !reduced[first]) {
            first++;
        }
        int end = first;
        while (end < reduced.length && reduced[end]) {
            end++;
        }
        int next = end;
        while (next < reduced.length && !reduced[next]) {
            next++;
        }
        if (next == reduced.length && (!asRows || end == reduced.length)) {
            long[] counts = {count(x, 0, first), count(x, first, end), count(x, end, reduced.length)};
            return new Axes(x.contiguous(), result, counts);
        }
        return gathered(x, reduced, result);
    }

    private static Axes gathered(Tensor x, boolean[] reduced, Shape result) {
        int[] order = new int[reduced.length];
        int at = 0;
        for (int axis = 0; axis < order.length; axis++) {
            if (!reduced[axis]) {
                order[at++] = axis;
            }
        }
        int kept = at;
        for (int axis = 0; axis < order.length; axis++) {
            if (reduced[axis]) {
                order[at++] = axis;
            }
        }
        Tensor moved = x.permute(order).contiguous();
        return new Axes(moved, result, new long[] {count(moved, 0, kept), count(moved, kept, order.length), 1});
    }

    /** Returns which axes are reduced; that of a number, {@link Shape#isAxisOfNumber}, is taken and leaves no trace. */
    static boolean[] reduced(String name, Tensor x, int... axes) {
        boolean[] reduced = new boolean[x.rank()];
        if (axes.length == 0) {
            Arrays.fill(reduced, true);
        }
        boolean named = false;
        for (int axis : x.rank() == 0 ? axes : Require.axes(name, x, axes)) {
            int a = x.shape().isAxisOfNumber(axis) ? -1 : Require.axis(name, x, axis);
            if (a < 0 ? named : reduced[a]) {
                throw Require.broken(name + ": every axis may be named once; got " + Arrays.toString(axes), x);
            }
            named = true;
            if (a >= 0) {
                reduced[a] = true;
            }
        }
        return reduced;
    }

    private static Shape result(Shape shape, boolean[] reduced, boolean keepDims) {
        long[] sizes = new long[shape.rank()];
        int count = 0;
        for (int axis = 0; axis < reduced.length; axis++) {
            if (!reduced[axis]) {
                sizes[count++] = shape.size(axis);
            } else if (keepDims) {
                sizes[count++] = 1;
            }
        }
        return Shape.of(Arrays.copyOf(sizes, count));
    }

    private static long count(Tensor x, int first, int end) {
        long count = 1;
        for (int axis = first; axis < end; axis++) {
            count = Math.multiplyExact(count, x.size(axis));
        }
        return count;
    }

    /** Throws if there is nothing to reduce and something to return. */
    Axes requireSome(String name, Tensor x) {
        if (length() == 0 && result.elementCount() > 0) {
            throw Require.broken(name + ": the axes must not be empty; got " + x.shape(), x);
        }
        return this;
    }

    /** The operand, contiguous. */
    Tensor from() {
        return from;
    }

    /** The shape to return. */
    Shape result() {
        return result;
    }

    /** How many results there are. */
    int count() {
        return (int) result.elementCount();
    }

    int outer() {
        return (int) counts[0];
    }

    /** How many elements make one result. */
    int length() {
        return (int) counts[1];
    }

    int inner() {
        return (int) counts[2];
    }

    /** A piece of some work: {@code [start, end)}. */
    interface Range {
        void run(int start, int end);
    }

    /** Runs {@code [0, count)} in pieces, on all threads if it is worth it; items must be independent of each other. */
    static void parallel(int count, double nanosEach, Range body) {
        if (count * nanosEach < Parallel.MIN_PARALLEL_NANOS) {
            body.run(0, count);
            return;
        }
        int each = (int) Math.clamp(TASK_NANOS / nanosEach, 1, count);
        Parallel.run((count + each - 1) / each, task -> {
            int start = task * each;
            body.run(start, Math.min(count - start, each) + start);
        });
    }
}
