package luthier.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Other looks at a tensor's storage: the methods of {@link Tensor} of the same names, which say what each does. */
final class Views {
    private Views() {}

    static Tensor reshape(Tensor x, long... sizes) {
        Shape target = inferShape(x, sizes);
        if (target.equals(x.shape())) {
            return x;
        }
        int[] viewStrides = reshapeStrides(x.shape(), x.strides(), target);
        return viewStrides != null
                ? x.view(target, viewStrides, x.offset())
                : Tensor.wrap(x.dtype(), Layout.copyOut(x), target);
    }

    /** Resolves one -1 in {@code sizes} and checks the element count. */
    private static Shape inferShape(Tensor x, long... sizes) {
        long[] result = sizes.clone();
        long n = x.elementCount();
        int unknown = -1;
        long known = 1;
        boolean fits = true;
        for (int i = 0; i < result.length; i++) {
            if (result[i] == -1 && unknown < 0) {
                unknown = i;
            } else {
                fits &= result[i] >= 0 && (result[i] == 0 || known <= Long.MAX_VALUE / result[i]);
                known *= result[i];
            }
        }
        if (unknown >= 0) {
            fits &= known > 0;
            result[unknown] = fits ? n / known : 0;
            known *= result[unknown];
        }
        if (!fits || known != n) {
            String line = "reshape: element counts must agree; got " + x.shape() + " (" + n + ") to "
                    + Arrays.toString(sizes) + (unknown >= 0 ? "; -1 cannot be inferred" : "");
            throw new ShapeException(line, ShapeRule.ANY, Operand.of("x", new Tensor[] {x}), Repairs.reshape(n, sizes));
        }
        return Shape.trusted(result);
    }

    /** Returns strides that read {@code shape} as {@code target} without a copy, or null if there are none. */
    private static int @Nullable [] reshapeStrides(Shape shape, int[] strides, Shape target) {
        if (Layout.isRowMajor(shape, strides)) {
            return Layout.rowMajor(target);
        }
        int[] result = new int[target.rank()];
        int from = shape.rank() - 1;
        int to = target.rank() - 1;
        while (to >= 0 || from >= 0) {
            while (from >= 0 && shape.size(from) == 1) {
                from--;
            }
            while (to >= 0 && target.size(to) == 1) {
                to--;
            }
            if (from < 0 || to < 0) {
                break;
            }
            // One group of adjacent axes on either side that hold the same elements.
            long have = shape.size(from);
            long want = target.size(to);
            long stride = strides[from];
            result[to] = (int) stride;
            while (have != want) {
                if (have < want) {
                    from--;
                    if (strides[from] != stride * shape.size(from + 1)) {
                        return null;
                    }
                    stride = strides[from];
                    have *= shape.size(from);
                } else {
                    int inner = result[to];
                    long innerSize = target.size(to);
                    to--;
                    result[to] = (int) (inner * innerSize);
                    want *= target.size(to);
                }
            }
            from--;
            to--;
        }
        return result;
    }

    static Tensor transpose(Tensor x, int axisA, int axisB) {
        if (x.shape().isAxisOfNumber(axisA) && x.shape().isAxisOfNumber(axisB)) {
            return x;
        }
        int[] both = Require.axes("transpose", x, axisA, axisB);
        int a = both[0];
        int b = both[1];
        long[] sizes = x.shape().toArray();
        int[] newStrides = x.strides().clone();
        sizes[a] = x.size(b);
        sizes[b] = x.size(a);
        newStrides[a] = x.strides()[b];
        newStrides[b] = x.strides()[a];
        return x.view(Shape.trusted(sizes), newStrides, x.offset());
    }

    /** A view whose axis i is axis order[i]. */
    static Tensor permute(Tensor t, int[] order) {
        Shape shape = t.shape();
        long[] sizes = new long[shape.rank()];
        int[] strides = new int[shape.rank()];
        boolean[] seen = new boolean[shape.rank()];
        if (order.length != shape.rank()) {
            throw Require.broken(
                    "permute: one entry per axis is needed; got " + Arrays.toString(order) + " for shape " + shape, t);
        }
        int[] from = Require.axes("permute", t, order);
        for (int i = 0; i < order.length; i++) {
            int axis = from[i];
            if (seen[axis]) {
                throw Require.broken("permute: every axis must appear once; got " + Arrays.toString(order), t);
            }
            seen[axis] = true;
            sizes[i] = shape.size(axis);
            strides[i] = t.strides()[axis];
        }
        return t.view(Shape.trusted(sizes), strides, t.offset());
    }

    /** A view in which axes of size 1 repeat and new axes lie in front. */
    static Tensor expand(Tensor t, Shape target) {
        try {
            if (target.rank() < t.rank()
                    || !t.shape().broadcast(target, "expand").equals(target)) {
                throw new ShapeException("expand: only axes of size 1 can grow; got " + t.shape() + " to " + target);
            }
        } catch (ShapeException e) {
            throw e.of("expand", ShapeRule.expanded(target), "x", t);
        }
        int[] strides = new int[target.rank()];
        int lead = target.rank() - t.rank();
        for (int i = lead; i < strides.length; i++) {
            strides[i] = t.size(i - lead) == 1 ? 0 : t.strides()[i - lead];
        }
        return t.view(target, strides, t.offset());
    }

    static Tensor squeeze(Tensor x, int axis) {
        if (x.shape().isAxisOfNumber(axis)) {
            return x;
        }
        int a = Require.axis("squeeze", x, axis);
        if (x.size(a) != 1) {
            throw Require.broken("squeeze: the axis must have size 1; got axis " + axis + " of " + x.shape(), x);
        }
        return view(x, Layout.without(x.shape().toArray(), a), Layout.without(x.strides(), a), a, 0);
    }

    static Tensor squeeze(Tensor x) {
        Tensor result = x;
        for (int axis = x.rank() - 1; axis >= 0; axis--) {
            result = x.size(axis) == 1 ? result.squeeze(axis) : result;
        }
        return result;
    }

    static Tensor unsqueeze(Tensor x, int axis) {
        int a = axis < 0 ? axis + x.rank() + 1 : axis;
        if (a < 0 || a > x.rank()) {
            throw Require.broken(
                    "unsqueeze: axis must be in [" + (-x.rank() - 1) + ", " + x.rank() + "] for shape " + x.shape()
                            + "; got " + axis,
                    x);
        }
        return x.view(
                Shape.trusted(Layout.with(x.shape().toArray(), a, 1)), Layout.with(x.strides(), a, 0), x.offset());
    }

    static Tensor flatten(Tensor x, int start, int end) {
        if (x.rank() == 0 && Math.max(start, end) <= 0 && Math.min(start, end) >= -1) {
            return x.reshape(1);
        }
        int[] ends = Require.axes("flatten", x, start, end);
        int first = ends[0];
        int last = ends[1];
        if (last < first) {
            throw Require.broken(
                    "flatten: the last axis must not lie before the first; got " + start + " to " + end + " for shape "
                            + x.shape(),
                    x);
        }
        return x.reshape(flattened(x.shape(), first, last));
    }

    /** Returns the sizes with the axes first to last made one. */
    private static long[] flattened(Shape shape, int first, int last) {
        long[] sizes = new long[shape.rank() - (last - first)];
        Arrays.fill(sizes, 1);
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes[axis <= first ? axis : Math.max(first, axis - (last - first))] *= shape.size(axis);
        }
        return sizes;
    }

    /** Returns {@code t[start:stop:step]} along an axis, by the rules of {@link Tensor#slice}. */
    static Tensor slice(Tensor t, int axis, long start, long stop, long step) {
        int a = Require.axis("slice", t, axis);
        if (step == 0) {
            throw Require.broken("slice: step must not be 0; got 0 for axis " + axis + " of " + t.shape(), t);
        }
        long n = t.size(a);
        long first = step > 0 ? 0 : -1;
        long last = step > 0 ? n : n - 1;
        long from = Math.clamp(start < 0 ? start + n : start, first, last);
        long to = Math.clamp(stop < 0 ? stop + n : stop, first, last);
        long count = Math.max(Math.ceilDiv(to - from, step), 0);
        long[] sizes = t.shape().toArray();
        sizes[a] = count;
        int[] strides = t.strides().clone();
        if (count > 1) {
            strides[a] = Math.toIntExact(strides[a] * step);
        }
        return view(t, sizes, strides, a, count == 0 ? 0 : from);
    }

    static Tensor select(Tensor x, int axis, long index) {
        int a = Require.axis("select", x, axis);
        long i = index < 0 ? index + x.size(a) : index;
        if (i < 0 || i >= x.size(a)) {
            throw Require.broken(
                    "select: index must lie inside axis " + axis + " of " + x.shape() + "; got " + index, x);
        }
        return view(x, Layout.without(x.shape().toArray(), a), Layout.without(x.strides(), a), a, i);
    }

    /** A view that begins at an index of an axis; an empty one begins where the tensor does. */
    private static Tensor view(Tensor t, long[] sizes, int[] strides, int axis, long index) {
        Shape target = Shape.trusted(sizes);
        int start = target.elementCount() == 0 ? t.offset() : t.offset() + Math.toIntExact(index * t.strides()[axis]);
        return t.view(target, strides, start);
    }
}
