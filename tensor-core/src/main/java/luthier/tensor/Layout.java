package luthier.tensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Where elements lie: strides of shapes and views. A stride is a distance in elements; it is negative in reversed views. */
final class Layout {
    /** The largest array a JVM is sure to allocate. */
    static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private Layout() {}

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

    /** Returns the place of the only element in the storage. */
    static int only(String operation, Tensor t) {
        if (t.elementCount() != 1) {
            throw Require.broken(
                    operation + ": the tensor must have exactly one element; got shape " + t.shape()
                            + "; use get(index) or reduce it first",
                    t);
        }
        return t.offset();
    }

    /** Returns the number at a place in the storage. */
    static double at(String operation, Tensor t, int position) {
        return switch (t.storage()) {
            case float[] a -> a[position];
            case double[] a -> a[position];
            case long[] a -> Conversion.exact(operation, a[position]);
            case int[] a -> a[position];
            case short[] a -> Conversion.toFloat(t.dtype(), a[position]);
            default -> Conversion.toInt(t.dtype(), t.bytes()[position]);
        };
    }

    /** Returns the place of an element in the storage. */
    static int position(Tensor t, long[] index) {
        Shape shape = t.shape();
        if (index.length != shape.rank()) {
            throw Require.broken(
                    "get: one index per axis is needed; got " + Arrays.toString(index) + " for shape " + shape, t);
        }
        int position = t.offset();
        for (int axis = 0; axis < index.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape.size(axis)) {
                throw ShapeRule.overrun(axis)
                        .broken(
                                "get: indices must lie inside the shape; got " + Arrays.toString(index) + " for shape "
                                        + shape,
                                "x",
                                t);
            }
            position += (int) index[axis] * t.strides()[axis];
        }
        return position;
    }

    /** Writes the source's elements over those of a tensor of its shape and type. */
    @SuppressWarnings("ReferenceEquality") // Whether two tensors view one array is the question.
    static void overwrite(Tensor t, Tensor source) {
        if (!t.shape().equals(source.shape())) {
            throw ShapeRule.SAME.broken(
                    "copyInPlace: shapes must agree; got " + t.shape() + " and " + source.shape(),
                    "x, source",
                    t,
                    source);
        }
        if (t.dtype() != source.dtype()) {
            throw new DTypeException("copyInPlace: types must agree; got " + t.dtype() + " and " + source.dtype()
                    + "; convert with to()");
        }
        if (!t.isContiguous() && repeats(t)) {
            throw Require.broken(
                    "copyInPlace: the target must not be a view that shows an element twice, such as an expanded one; got "
                            + t.shape()
                            + "; copy() it first",
                    t);
        }
        // Two views of one storage may overlap: elements are read before any is written.
        Tensor from = t.storage() == source.storage() ? source.copy() : source;
        t.written();
        StridedCopy.copy(from, t);
    }

    /** Returns a new array with the elements in row-major order. */
    static Object copyOut(Tensor t) {
        Tensor result = new Tensor(
                t.dtype(), t.shape(), rowMajor(t.shape()), 0, Creation.allocate(t.dtype(), t.shape(), "copy"));
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

    /** Returns the first element of a tensor of integers or BOOL. */
    static long whole(Tensor t, String operation) {
        if (t.dtype().isFloating() || t.storage() instanceof short[]) {
            throw new DTypeException(operation + ": needs integers or BOOL; got " + t.dtype() + "; use item()");
        }
        Tensor wide = t.to(DType.I64);
        return wide.longs()[wide.offset()];
    }
}
