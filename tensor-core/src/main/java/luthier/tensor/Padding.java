package luthier.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * Wider tensors: numbers put in front of an axis and behind it. Widths come in pairs (before, after), the last axis' pair
 * first, then the last but one's and so on; axes without a pair stay. A negative width cuts that many elements off before
 * anything is added. For every type.
 */
public final class Padding {
    private Padding() {}

    /**
     * Returns x with a constant around it.
     *
     * {@snippet :
     * Padding.constant(Tensor.of(new long[] {1, 2}, 2), 9, 1, 2); // I64[5][9, 1, 2, 9, 9]
     * }
     *
     * @throws ShapeException if widths do not come in pairs, are more than the axes, or cut off more than there is
     */
    public static Tensor constant(Tensor x, double value, long... widths) {
        Tensor middle = cropped("constant", x, widths);
        long[] sizes = middle.shape().toArray();
        for (int i = 0; i < widths.length; i++) {
            int axis = sizes.length - 1 - i / 2;
            sizes[axis] = Layout.plus("constant", sizes[axis], Math.max(0, widths[i]));
        }
        if (middle.shape().equals(Shape.of(sizes))) {
            return middle;
        }
        Shape.of(sizes).arrayLength("constant");
        Tensor result = Creation.full("constant", x.dtype(), value, Shape.of(sizes));
        Tensor place = result;
        for (int i = 0; i < widths.length; i += 2) {
            int axis = sizes.length - 1 - i / 2;
            long before = Math.max(0, widths[i]);
            place = place.slice(axis, before, before + middle.size(axis));
        }
        StridedCopy.copy(middle, place);
        return result;
    }

    /**
     * Returns x mirrored at its ends, the end itself not repeated: before {@code x[0]} comes {@code x[1]}.
     *
     * {@snippet :
     * Padding.reflect(Tensor.of(new long[] {1, 2, 3}, 3), 2, 1); // I64[6][3, 2, 1, 2, 3, 2]
     * }
     *
     * @throws ShapeException if widths do not fit the axes (see the class), or one is not smaller than its axis
     */
    public static Tensor reflect(Tensor x, long... widths) {
        return each("reflect", x, widths, (t, axis, before, after) -> {
            long n = t.size(axis);
            if (Math.max(before, after) >= n) {
                throw Require.broken(
                        "reflect: widths must be smaller than the axis; got " + before + " and " + after + " for axis "
                                + axis + " of " + t.shape(),
                        t);
            }
            Tensor head = Movement.flip(t.slice(axis, 1, before + 1), axis);
            Tensor tail = Movement.flip(t.slice(axis, n - 1 - after, n - 1), axis);
            return Joining.concat(List.of(head, t, tail), axis);
        });
    }

    /**
     * Returns x with its first and last elements repeated outwards.
     *
     * {@snippet :
     * Padding.edge(Tensor.of(new long[] {1, 2, 3}, 3), 2, 1); // I64[6][1, 1, 1, 2, 3, 3]
     * }
     *
     * @throws ShapeException if widths do not fit the axes (see the class), or the axis is empty
     */
    public static Tensor edge(Tensor x, long... widths) {
        return each("edge", x, widths, (t, axis, before, after) -> {
            long n = t.size(axis);
            if (n == 0) {
                throw Require.broken("edge: an empty axis has no edge; got axis " + axis + " of " + t.shape(), t);
            }
            Tensor head = repeated(t.slice(axis, 0, 1), axis, before);
            Tensor tail = repeated(t.slice(axis, n - 1, n), axis, after);
            return Joining.concat(List.of(head, t, tail), axis);
        });
    }

    private static Tensor repeated(Tensor one, int axis, long count) {
        long[] sizes = one.shape().toArray();
        sizes[axis] = count;
        return one.expand(Shape.of(sizes));
    }

    /**
     * Returns x continued as if its ends met: before {@code x[0]} comes the last element.
     *
     * {@snippet :
     * Padding.circular(Tensor.of(new long[] {1, 2, 3}, 3), 2, 1); // I64[6][2, 3, 1, 2, 3, 1]
     * }
     *
     * @throws ShapeException if widths do not fit the axes (see the class), or one is larger than its axis
     */
    public static Tensor circular(Tensor x, long... widths) {
        return each("circular", x, widths, (t, axis, before, after) -> {
            long n = t.size(axis);
            if (Math.max(before, after) > n) {
                throw Require.broken(
                        "circular: widths must not be larger than the axis; got " + before + " and " + after
                                + " for axis " + axis + " of " + t.shape(),
                        t);
            }
            return Joining.concat(List.of(t.slice(axis, n - before, n), t, t.slice(axis, 0, after)), axis);
        });
    }

    private interface Ends {
        Tensor pad(Tensor t, int axis, long before, long after);
    }

    private static Tensor each(String name, Tensor x, long[] widths, Ends ends) {
        Tensor result = cropped(name, x, widths);
        for (int i = 0; i < widths.length; i += 2) {
            long before = Math.max(0, widths[i]);
            long after = Math.max(0, widths[i + 1]);
            long[] sizes = result.shape().toArray();
            int axis = x.rank() - 1 - i / 2;
            sizes[axis] = Layout.plus(name, sizes[axis], Layout.plus(name, before, after));
            Shape.of(sizes).arrayLength(name);
            if (before > 0 || after > 0) {
                result = ends.pad(result, axis, before, after);
            }
        }
        return result;
    }

    /** Returns x without what negative widths cut off. */
    private static Tensor cropped(String name, Tensor x, long[] widths) {
        if (widths.length % 2 != 0 || widths.length > 2 * x.rank()) {
            throw Require.broken(
                    name + ": widths must be pairs (before, after), at most one pair an axis; got "
                            + Arrays.toString(widths) + " for shape " + x.shape(),
                    x);
        }
        Tensor result = x;
        for (int i = 0; i < widths.length; i += 2) {
            int axis = x.rank() - 1 - i / 2;
            long n = x.size(axis);
            long first = Math.max(0, -Math.max(widths[i], -n - 1));
            long last = n - Math.max(0, -Math.max(widths[i + 1], -n - 1));
            if (first > last) {
                throw Require.broken(
                        name + ": negative widths must not cut off more than there is; got " + widths[i] + " and "
                                + widths[i + 1] + " for axis " + axis + " of " + x.shape(),
                        x);
            }
            result = result.slice(axis, first, last);
        }
        return result;
    }
}
