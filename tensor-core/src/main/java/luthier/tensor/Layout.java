package luthier.tensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Where elements lie: strides of shapes and views. A stride is a distance in elements; it is negative in reversed views. */
final class Layout {
    /** The largest array a JVM is sure to allocate. */
    static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private Layout() {}

    static int arrayLength(Shape shape, String operation) {
        return shape.arrayLength(operation);
    }

    /** Returns the sum of two sizes, or throws in the name of an operation. */
    static long plus(String operation, long a, long b) {
        long sum = a + b;
        if (sum < 0) {
            throw new ShapeException(operation + ": a size must fit a long; got " + a + " + " + b);
        }
        return sum;
    }

    /** Returns the product of two sizes, or throws in the name of an operation. */
    static long times(String operation, long a, long b) {
        if (Math.multiplyHigh(a, b) != 0 || a * b < 0) {
            throw new ShapeException(operation + ": a size must fit a long; got " + a + " times " + b);
        }
        return a * b;
    }

    static int[] rowMajor(Shape shape) {
        int[] strides = new int[shape.rank()];
        long next = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = (int) Math.min(next, Integer.MAX_VALUE);
            next *= Math.max(shape.size(i), 1);
        }
        return strides;
    }

    static boolean isRowMajor(Shape shape, int[] strides) {
        long next = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            long size = shape.size(i);
            if (size == 0) {
                return true;
            }
            if (size != 1 && strides[i] != next) {
                return shape.elementCount() == 0;
            }
            next *= size;
        }
        return true;
    }

    /** Resolves one -1 in {@code sizes} and checks the element count. */
    static Shape inferShape(Shape from, long... sizes) {
        long[] result = sizes.clone();
        long n = from.elementCount();
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
            throw new ShapeException("reshape: element counts must agree; got " + from + " (" + n + ") to "
                    + Arrays.toString(sizes) + (unknown >= 0 ? "; -1 cannot be inferred" : ""));
        }
        return Shape.trusted(result);
    }

    /** Returns strides that read {@code shape} as {@code target} without a copy, or null if there are none. */
    static int @Nullable [] reshapeStrides(Shape shape, int[] strides, Shape target) {
        if (isRowMajor(shape, strides)) {
            return rowMajor(target);
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

    static long[] without(long[] sizes, int axis) {
        long[] result = new long[sizes.length - 1];
        System.arraycopy(sizes, 0, result, 0, axis);
        System.arraycopy(sizes, axis + 1, result, axis, result.length - axis);
        return result;
    }

    static int[] without(int[] strides, int axis) {
        int[] result = new int[strides.length - 1];
        System.arraycopy(strides, 0, result, 0, axis);
        System.arraycopy(strides, axis + 1, result, axis, result.length - axis);
        return result;
    }

    static long[] with(long[] sizes, int axis, long size) {
        long[] result = new long[sizes.length + 1];
        System.arraycopy(sizes, 0, result, 0, axis);
        result[axis] = size;
        System.arraycopy(sizes, axis, result, axis + 1, sizes.length - axis);
        return result;
    }

    static int[] with(int[] strides, int axis, int stride) {
        int[] result = new int[strides.length + 1];
        System.arraycopy(strides, 0, result, 0, axis);
        result[axis] = stride;
        System.arraycopy(strides, axis, result, axis + 1, strides.length - axis);
        return result;
    }

    /** Returns {@code t[start:stop:step]} along an axis, by the rules of {@link Tensor#slice}. */
    static Tensor slice(Tensor t, int axis, long start, long stop, long step) {
        long n = t.size(axis);
        long first = step > 0 ? 0 : -1;
        long last = step > 0 ? n : n - 1;
        long from = Math.clamp(start < 0 ? start + n : start, first, last);
        long to = Math.clamp(stop < 0 ? stop + n : stop, first, last);
        long count = Math.max(Math.ceilDiv(to - from, step), 0);
        long[] sizes = t.shape().toArray();
        sizes[axis] = count;
        int[] strides = t.strides().clone();
        if (count > 1) {
            strides[axis] = Math.toIntExact(strides[axis] * step);
        }
        return view(t, sizes, strides, axis, count == 0 ? 0 : from);
    }

    /** A view that begins at an index of an axis; an empty one begins where the tensor does. */
    static Tensor view(Tensor t, long[] sizes, int[] strides, int axis, long index) {
        Shape target = Shape.trusted(sizes);
        int start = target.elementCount() == 0 ? t.offset() : t.offset() + Math.toIntExact(index * t.strides()[axis]);
        return t.view(target, strides, start);
    }

    /** A view whose axis i is axis order[i]. */
    static Tensor permute(Tensor t, int[] order) {
        Shape shape = t.shape();
        long[] sizes = new long[shape.rank()];
        int[] strides = new int[shape.rank()];
        boolean[] seen = new boolean[shape.rank()];
        if (order.length != shape.rank()) {
            throw new ShapeException(
                    "permute: one entry per axis is needed; got " + Arrays.toString(order) + " for shape " + shape);
        }
        for (int i = 0; i < order.length; i++) {
            int axis = shape.axis(order[i], "permute");
            if (seen[axis]) {
                throw new ShapeException("permute: every axis must appear once; got " + Arrays.toString(order));
            }
            seen[axis] = true;
            sizes[i] = shape.size(axis);
            strides[i] = t.strides()[axis];
        }
        return t.view(Shape.trusted(sizes), strides, t.offset());
    }

    /** A view in which axes of size 1 repeat and new axes lie in front. */
    static Tensor expand(Tensor t, Shape target) {
        if (target.rank() < t.rank() || !t.shape().broadcast(target, "expand").equals(target)) {
            throw new ShapeException("expand: only axes of size 1 can grow; got " + t.shape() + " to " + target);
        }
        int[] strides = new int[target.rank()];
        int lead = target.rank() - t.rank();
        for (int i = lead; i < strides.length; i++) {
            strides[i] = t.size(i - lead) == 1 ? 0 : t.strides()[i - lead];
        }
        return t.view(target, strides, t.offset());
    }

    /** The place of an element in the storage. */
    static int position(Tensor t, long[] index) {
        Shape shape = t.shape();
        if (index.length != shape.rank()) {
            throw new ShapeException(
                    "get: one index per axis is needed; got " + Arrays.toString(index) + " for shape " + shape);
        }
        int position = t.offset();
        for (int axis = 0; axis < index.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape.size(axis)) {
                throw new ShapeException("get: indices must lie inside the shape; got " + Arrays.toString(index)
                        + " for shape " + shape);
            }
            position += (int) index[axis] * t.strides()[axis];
        }
        return position;
    }

    /** Returns the sizes with the axes first to last made one. */
    static long[] flattened(Shape shape, int first, int last) {
        long[] sizes = new long[shape.rank() - (last - first)];
        Arrays.fill(sizes, 1);
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes[axis <= first ? axis : Math.max(first, axis - (last - first))] *= shape.size(axis);
        }
        return sizes;
    }

    /** Writes the source's elements over those of a tensor of its shape and type. */
    @SuppressWarnings("ReferenceEquality") // Whether two tensors view one array is the question.
    static void overwrite(Tensor t, Tensor source) {
        if (!t.shape().equals(source.shape())) {
            throw new ShapeException("copyInPlace: shapes must agree; got " + t.shape() + " and " + source.shape());
        }
        if (t.dtype() != source.dtype()) {
            throw new DTypeException("copyInPlace: types must agree; got " + t.dtype() + " and " + source.dtype()
                    + "; convert with to()");
        }
        if (!t.isContiguous() && repeats(t)) {
            throw new ShapeException(
                    "copyInPlace: the target must not be a view that shows an element twice, such as an expanded one; got "
                            + t.shape()
                            + "; copy() it first");
        }
        // Two views of one storage may overlap: elements are read before any is written.
        Tensor from = t.storage() == source.storage() ? source.copy() : source;
        t.written();
        StridedCopy.copy(from, t);
    }

    /** Returns a new array with the elements in row-major order. */
    static Object copyOut(Tensor t) {
        Tensor result =
                new Tensor(t.dtype(), t.shape(), rowMajor(t.shape()), 0, Tensor.allocate(t.dtype(), t.shape(), "copy"));
        StridedCopy.copy(t, result);
        return result.storage();
    }

    /**
     * Returns whether writing one element of the tensor may write another: the step of some axis does not lead beyond all that
     * axes of smaller steps reach, as in expanded views and overlapping windows.
     */
    private static boolean repeats(Tensor t) {
        int[] axes = IntStream.range(0, t.rank())
                .filter(axis -> t.size(axis) > 1)
                .boxed()
                .sorted(Comparator.comparingLong(axis -> Math.abs((long) t.strides()[axis])))
                .mapToInt(axis -> axis)
                .toArray();
        long reach = 0;
        for (int axis : axes) {
            long step = Math.abs((long) t.strides()[axis]);
            if (step <= reach) {
                return true;
            }
            reach += (t.size(axis) - 1) * step;
        }
        return false;
    }

    static boolean bitEquals(Tensor a, Tensor b) {
        Tensor x = a.contiguous();
        Tensor y = b.contiguous();
        int n = (int) x.elementCount();
        int xo = x.offset();
        int yo = y.offset();
        return switch (x.storage()) {
            case float[] s -> {
                float[] t = y.floats();
                for (int i = 0; i < n; i++) {
                    if (Float.floatToIntBits(s[xo + i]) != Float.floatToIntBits(t[yo + i])) {
                        yield false;
                    }
                }
                yield true;
            }
            case double[] s -> {
                double[] t = y.doubles();
                for (int i = 0; i < n; i++) {
                    if (Double.doubleToLongBits(s[xo + i]) != Double.doubleToLongBits(t[yo + i])) {
                        yield false;
                    }
                }
                yield true;
            }
            case long[] s -> Arrays.equals(s, xo, xo + n, y.longs(), yo, yo + n);
            case int[] s -> Arrays.equals(s, xo, xo + n, (int[]) y.storage(), yo, yo + n);
            case short[] s -> Arrays.equals(s, xo, xo + n, (short[]) y.storage(), yo, yo + n);
            default -> Arrays.equals((byte[]) x.storage(), xo, xo + n, y.bytes(), yo, yo + n);
        };
    }

    static String describe(Tensor t) {
        String head = t.dtype() + t.shape().toString();
        if (t.elementCount() > 64) {
            return head;
        }
        return head
                + switch (t.dtype()) {
                    case F32, BF16, F16 -> Arrays.toString(t.toFloatArray());
                    case F64 -> Arrays.toString(t.toDoubleArray());
                    case I64, I32, I8, U8 -> Arrays.toString(t.toLongArray());
                    case BOOL -> Arrays.toString(t.toBooleanArray());
                };
    }
}
