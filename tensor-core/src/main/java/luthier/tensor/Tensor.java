package luthier.tensor;

import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * An n-dimensional array of numbers: a type, a shape and a strided view of a heap array. It has no history; derivatives are
 * the business of the autograd module.
 *
 * <p>A tensor is immutable to its users. {@link #reshape reshape}, {@link #transpose transpose}, {@link #slice slice},
 * {@link #expand expand} and their kin return views that share storage and copy nothing where the layout allows it; every
 * other operation returns a new tensor. The only writers are the methods whose names end in {@code InPlace}, which belong to
 * optimizers and loaders: what they write is seen by every view of the storage, so {@link #copy} a tensor whose values must stay.
 * Immutable tensors may be shared between threads freely.
 *
 * <p>Always views: transpose, permute, expand, squeeze, unsqueeze, slice (of any step), select, and {@link Joining#split split},
 * {@link Movement#flip flip}, {@link Diagonals#diagonal diagonal}. Views where the layout allows it: reshape, flatten,
 * {@link Movement#tile tile}, {@link Movement#repeatInterleave(Tensor, int, long) repeatInterleave}.
 *
 * <p>Operations beyond everyone's daily bread are static methods of their family: {@link Elementwise}, {@link Reduction},
 * {@link Matmul}, {@link Softmax}, {@link Activation}, {@link Normalization}, {@link Indexing}, {@link Joining}, {@link Movement},
 * {@link Padding}, {@link Diagonals}, {@link Attention}; {@link Creation} and {@link Rng} make tensors.
 *
 * {@snippet :
 * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
 * x.add(Tensor.scalar(1f)).mul(x).sub(x).div(x); // F32[2, 2][1.0, 2.0, 3.0, 4.0]
 * x.matmul(x).sum().item(); // 54.0
 * x.transpose(0, 1).isContiguous(); // false
 * x.transpose(0, 1).contiguous().get(0, 1); // 3.0
 * x.dtype() + " " + x.shape() + " " + x.rank() + " " + x.size(-1) + " " + x.elementCount(); // F32 [2, 2] 2 2 4
 * x.toFloatArray()[3] + x.toDoubleArray()[3] + x.toLongArray()[3]; // 12.0
 * x.toBooleanArray()[0]; // true
 * Tensor.zeros(DType.F32, 2).add(Tensor.ones(DType.F32, 2)); // F32[2][1.0, 1.0]
 * Tensor.full(DType.I64, 7, Shape.of(2)); // I64[2][7, 7]
 * }
 */
public final class Tensor {
    private final DType dtype;
    private final Shape shape;
    private final int[] strides;
    private final int offset;
    private final Storage storage;

    /** A tensor that looks at an array of its own. */
    Tensor(DType dtype, Shape shape, int[] strides, int offset, Object array) {
        this(dtype, shape, strides, offset, new Storage(array));
        Pool.watch(storage, array);
    }

    private Tensor(DType dtype, Shape shape, int[] strides, int offset, Storage storage) {
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.storage = storage;
    }

    /** Returns another look at this tensor's storage. */
    Tensor view(Shape newShape, int[] newStrides, int newOffset) {
        return new Tensor(dtype, newShape, newStrides, newOffset, storage);
    }

    /** Returns a tensor whose elements are whatever they are, for a result that will write them all. */
    static Tensor blank(DType dtype, Shape shape, String operation) {
        return dtype == DType.F32
                ? over(Pool.floats(Layout.arrayLength(shape, operation)), shape)
                : zeros(dtype, shape);
    }

    /** Returns a contiguous F32 tensor over the first numbers of an array that may be longer, {@link Pool#floats}. */
    static Tensor over(float[] array, Shape shape) {
        return new Tensor(DType.F32, shape, Layout.rowMajor(shape), 0, array);
    }

    // ---- creation

    /** Returns an F32 tensor with a copy of the data in row-major order. Throws {@link ShapeException} if the count differs. */
    public static Tensor of(float[] data, long... shape) {
        return wrap(data.clone(), Shape.of(shape));
    }

    /** Returns an F64 tensor with a copy of the data in row-major order. Throws {@link ShapeException} if the count differs. */
    public static Tensor of(double[] data, long... shape) {
        return wrap(data.clone(), Shape.of(shape));
    }

    /** Returns an I64 tensor with a copy of the data in row-major order. Throws {@link ShapeException} if the count differs. */
    public static Tensor of(long[] data, long... shape) {
        return wrap(data.clone(), Shape.of(shape));
    }

    /** Returns an I32 tensor with a copy of the data in row-major order. Throws {@link ShapeException} if the count differs. */
    public static Tensor of(int[] data, long... shape) {
        return wrap(data.clone(), Shape.of(shape));
    }

    /** Returns a BOOL tensor with a copy of the data in row-major order. Throws {@link ShapeException} if the count differs. */
    public static Tensor of(boolean[] data, long... shape) {
        return wrap(Conversion.bytes(data), Shape.of(shape));
    }

    /** Returns an F32 tensor of rank 0. */
    public static Tensor scalar(float value) {
        return wrap(new float[] {value}, Shape.of());
    }

    /** Returns an F64 tensor of rank 0. */
    public static Tensor scalar(double value) {
        return wrap(new double[] {value}, Shape.of());
    }

    /** Returns a tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        return zeros(dtype, Shape.of(shape));
    }

    /** Returns a tensor of zeros. */
    public static Tensor zeros(DType dtype, Shape shape) {
        return wrap(dtype, allocate(dtype, shape, "zeros"), shape);
    }

    /** Returns a tensor of ones. */
    public static Tensor ones(DType dtype, long... shape) {
        return full(dtype, 1, Shape.of(shape));
    }

    /** Returns a tensor with every element set to {@code value}, rounded to the type. */
    public static Tensor full(DType dtype, double value, Shape shape) {
        Tensor result = zeros(dtype, shape);
        switch (result.storage.array()) {
            case float[] a -> Arrays.fill(a, (float) value);
            case double[] a -> Arrays.fill(a, value);
            case long[] a -> Arrays.fill(a, (long) value);
            case int[] a -> Arrays.fill(a, (int) value);
            default -> {
                return Conversion.convert(full(DType.F64, value, Shape.of()), dtype)
                        .expand(shape)
                        .copy();
            }
        }
        return result;
    }

    /**
     * Returns a contiguous tensor over the array itself, without a copy: the caller gives the array away and must not touch
     * it again. {@code float[]} is F32, {@code double[]} F64, {@code long[]} I64, {@code int[]} I32, {@code byte[]} BOOL.
     *
     * {@snippet :
     * Tensor.wrap(new double[] {1, 2}, Shape.of(2)); // F64[2][1.0, 2.0]
     * }
     *
     * @throws ShapeException if the array's length is not the shape's element count
     * @throws DTypeException if the array is of another kind
     */
    public static Tensor wrap(Object array, Shape shape) {
        DType dtype = switch (array) {
            case float[] a -> DType.F32;
            case double[] a -> DType.F64;
            case long[] a -> DType.I64;
            case int[] a -> DType.I32;
            case byte[] a -> DType.BOOL;
            default ->
                throw new DTypeException("wrap: the array must be float[], double[], long[], int[] or byte[]; got "
                        + array.getClass().getSimpleName());
        };
        return wrap(dtype, array, shape);
    }

    /**
     * Returns a contiguous tensor of a type over the array itself, without a copy: the caller gives the array away and must not
     * touch it again. BF16 and F16 take a {@code short[]} of their bits, I8, U8 and BOOL (0 or 1) a {@code byte[]}.
     *
     * @throws DTypeException if the array is not of the type's kind
     * @throws ShapeException if the array's length is not the shape's element count
     */
    public static Tensor wrap(DType dtype, Object array, Shape shape) {
        Class<?> kind = switch (dtype) {
            case F32 -> float[].class;
            case F64 -> double[].class;
            case I64 -> long[].class;
            case I32 -> int[].class;
            case BF16, F16 -> short[].class;
            case BOOL, I8, U8 -> byte[].class;
        };
        if (array.getClass() != kind) {
            throw new DTypeException("wrap: " + dtype + " is stored in a " + kind.getSimpleName() + "; got "
                    + array.getClass().getSimpleName());
        }
        int length = Array.getLength(array);
        if (shape.elementCount() != length) {
            throw new ShapeException("tensor: the data must fill the shape; got " + length + " values for " + shape
                    + " (" + shape.elementCount() + " elements)");
        }
        return new Tensor(dtype, shape, Layout.rowMajor(shape), 0, array);
    }

    /** Returns a new zeroed storage array, or throws a {@link ShapeException} where the heap array limit is exceeded. */
    static Object allocate(DType dtype, Shape shape, String operation) {
        int n = Layout.arrayLength(shape, operation);
        return switch (dtype) {
            case F32 -> new float[n];
            case F64 -> new double[n];
            case I64 -> new long[n];
            case I32 -> new int[n];
            case BF16, F16 -> new short[n];
            case BOOL, I8, U8 -> new byte[n];
        };
    }

    // ---- what it is

    /** Returns the element type. */
    public DType dtype() {
        return dtype;
    }

    /** Returns the shape. */
    public Shape shape() {
        return shape;
    }

    /** Returns the number of axes. */
    public int rank() {
        return shape.rank();
    }

    /** Returns the size of an axis; negative axes count from the end. */
    public long size(int axis) {
        return shape.size(axis);
    }

    /** Returns the number of elements. */
    public long elementCount() {
        return shape.elementCount();
    }

    /**
     * Returns how often this tensor's storage, shared with its views, was written in place.
     *
     * {@snippet :
     * Tensor x = Tensor.zeros(DType.F32, 2);
     * x.copyInPlace(Tensor.ones(DType.F32, 2));
     * x.reshape(2, 1).version(); // 1
     * }
     */
    public int version() {
        return storage.version();
    }

    /** Notes that the elements are about to be written in place. */
    void written() {
        storage.written();
    }

    /** Returns whether the elements lie in row-major order without gaps. */
    public boolean isContiguous() {
        return Layout.isRowMajor(shape, strides);
    }

    int[] strides() {
        return strides;
    }

    int offset() {
        return offset;
    }

    Object storage() {
        return storage.array();
    }

    /** The packed forms of matrices over this tensor's storage. */
    Packings packings() {
        return storage.packings();
    }

    /** Whether the memory went back to its pool. */
    boolean isReleased() {
        return storage.isReleased();
    }

    /** The F32 storage array; elements start at {@link #offset()}. */
    float[] floats() {
        return (float[]) storage.array();
    }

    /** The F64 storage array; elements start at {@link #offset()}. */
    double[] doubles() {
        return (double[]) storage.array();
    }

    /** The I64 storage array; elements start at {@link #offset()}. */
    long[] longs() {
        return (long[]) storage.array();
    }

    /** The BOOL storage array; elements start at {@link #offset()}. */
    byte[] bytes() {
        return (byte[]) storage.array();
    }

    // ---- values

    /**
     * Returns the only element as a {@code double}.
     *
     * @throws ShapeException if there is not exactly one element
     */
    public double item() {
        if (elementCount() != 1) {
            throw new ShapeException("item: the tensor must have exactly one element; got shape " + shape
                    + "; use get(index) or reduce it first");
        }
        return at(offset);
    }

    /**
     * Returns one element as a {@code double} (BOOL as 0 or 1).
     *
     * @throws ShapeException if the number of indices is not the rank or an index is out of range
     */
    public double get(long... index) {
        return at(Layout.position(this, index));
    }

    private double at(int position) {
        return switch (storage.array()) {
            case float[] a -> a[position];
            case double[] a -> a[position];
            case long[] a -> (double) a[position];
            case int[] a -> a[position];
            case short[] a -> Conversion.toFloat(dtype, a[position]);
            default -> Conversion.toInt(dtype, ((byte[]) storage.array())[position]);
        };
    }

    /** Returns the elements in row-major order, converted to {@code float}. */
    public float[] toFloatArray() {
        return (float[]) Layout.copyOut(to(DType.F32));
    }

    /** Returns the elements in row-major order, converted to {@code double}. */
    public double[] toDoubleArray() {
        return (double[]) Layout.copyOut(to(DType.F64));
    }

    /** Returns the elements in row-major order, converted to {@code long} (fractions are cut off). */
    public long[] toLongArray() {
        return (long[]) Layout.copyOut(to(DType.I64));
    }

    /** Returns the elements in row-major order as truth values (true where not zero). */
    public boolean[] toBooleanArray() {
        return Conversion.truths((byte[]) Layout.copyOut(to(DType.BOOL)));
    }

    /**
     * Returns a copy of the elements in row-major order as they are stored: the array that {@link #wrap(DType, Object, Shape)} takes.
     *
     * {@snippet :
     * ((short[]) Tensor.of(new float[] {1}, 1).to(DType.BF16).toArray())[0]; // 16256
     * }
     */
    public Object toArray() {
        return Layout.copyOut(this);
    }

    /**
     * Returns this tensor converted to another type; itself if the type is the same. To a narrower floating type numbers round
     * to nearest, ties to even; from floating types to integers fractions are cut off and numbers beyond the range become the nearest
     * end (NaN 0); from wider integers the low bits stay; to BOOL: true where not zero.
     *
     * {@snippet :
     * Tensor.of(new float[] {-1.7f, Float.NaN, 1e30f}, 3).to(DType.I32); // I32[3][-1, 0, 2147483647]
     * }
     */
    public Tensor to(DType target) {
        return target == dtype ? this : Conversion.convert(this, target);
    }

    /** Returns this tensor if it is contiguous, otherwise a contiguous copy, which a {@link Pool} may hold. */
    public Tensor contiguous() {
        if (isContiguous()) {
            return this;
        }
        Tensor copy = blank(dtype, shape, "contiguous");
        StridedCopy.copy(this, copy);
        return copy;
    }

    /**
     * Returns a contiguous copy with storage of its own.
     *
     * {@snippet :
     * Tensor.of(new long[] {1, 2, 3}, 3).slice(0, 1, 3).copy(); // I64[2][2, 3]
     * }
     */
    public Tensor copy() {
        return wrap(dtype, Layout.copyOut(this), shape);
    }

    /**
     * Overwrites this tensor's elements with those of {@code source}. For optimizers and loaders; every view of this storage
     * sees the change. The source may overlap this tensor: it is read before anything is written.
     *
     * {@snippet :
     * Tensor x = Tensor.zeros(DType.F32, 2);
     * x.copyInPlace(Tensor.of(new float[] {3, 4}, 2));
     * x; // F32[2][3.0, 4.0]
     * }
     *
     * @throws ShapeException if the shapes differ
     * @throws DTypeException if the types differ
     */
    public void copyInPlace(Tensor source) {
        Layout.overwrite(this, source);
    }

    /**
     * Returns whether type, shape and the bits of every element agree: 0.0 differs from -0.0; all NaN are
     * one, for Java does not say which bits an operation gives them.
     *
     * {@snippet :
     * Tensor.scalar(0f).bitEquals(Tensor.scalar(-0f)); // false
     * }
     */
    public boolean bitEquals(Tensor other) {
        return dtype == other.dtype && shape.equals(other.shape) && Layout.bitEquals(this, other);
    }

    // ---- views

    /**
     * Returns the same elements under another shape; one size may be -1 and is inferred. A view where the layout allows it,
     * otherwise a copy.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 2, 3, 4).reshape(-1, 4).shape(); // [6, 4]
     * }
     *
     * @throws ShapeException if the element counts differ
     */
    public Tensor reshape(long... sizes) {
        Shape target = Layout.inferShape(shape, sizes);
        if (target.equals(shape)) {
            return this;
        }
        int[] viewStrides = Layout.reshapeStrides(shape, strides, target);
        return viewStrides != null ? view(target, viewStrides, offset) : wrap(dtype, Layout.copyOut(this), target);
    }

    /**
     * Returns a view with two axes exchanged.
     *
     * {@snippet :
     * Tensor.of(new long[] {1, 2, 3, 4}, 2, 2).transpose(0, 1); // I64[2, 2][1, 3, 2, 4]
     * }
     *
     * @throws ShapeException if an axis does not exist
     */
    public Tensor transpose(int axisA, int axisB) {
        int a = shape.axis(axisA, "transpose");
        int b = shape.axis(axisB, "transpose");
        long[] sizes = shape.toArray();
        int[] newStrides = strides.clone();
        sizes[a] = shape.size(b);
        sizes[b] = shape.size(a);
        newStrides[a] = strides[b];
        newStrides[b] = strides[a];
        return view(Shape.trusted(sizes), newStrides, offset);
    }

    /**
     * Returns a view whose axis {@code i} is this tensor's axis {@code order[i]}.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 2, 3, 4).permute(2, 0, 1).shape(); // [4, 2, 3]
     * }
     *
     * @throws ShapeException if {@code order} is not a permutation of the axes
     */
    public Tensor permute(int... order) {
        return Layout.permute(this, order);
    }

    /**
     * Returns a view expanded to a larger shape: axes of size 1 repeat, new axes appear in front.
     *
     * {@snippet :
     * Tensor.of(new long[] {1, 2}, 2, 1).expand(Shape.of(2, 2)); // I64[2, 2][1, 1, 2, 2]
     * }
     *
     * @throws ShapeException if an axis neither agrees nor is 1
     */
    public Tensor expand(Shape target) {
        if (target.equals(shape)) {
            return this;
        }
        return Layout.expand(this, target);
    }

    /**
     * Returns a view without an axis of size 1.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 2, 1).squeeze(1); // F32[2][0.0, 0.0]
     * }
     *
     * @throws ShapeException if the axis does not exist or its size is not 1
     */
    public Tensor squeeze(int axis) {
        int a = shape.axis(axis, "squeeze");
        if (shape.size(a) != 1) {
            throw new ShapeException("squeeze: the axis must have size 1; got axis " + axis + " of " + shape);
        }
        return Layout.view(this, Layout.without(shape.toArray(), a), Layout.without(strides, a), a, 0);
    }

    /**
     * Returns a view without any axis of size 1.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 1, 2, 1).squeeze(); // F32[2][0.0, 0.0]
     * }
     */
    public Tensor squeeze() {
        Tensor result = this;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            result = shape.size(axis) == 1 ? result.squeeze(axis) : result;
        }
        return result;
    }

    /**
     * Returns the same elements with the axes {@code start} to {@code end}, both included, made one; a rank of 0 becomes 1. A view
     * where the layout allows it, otherwise a copy.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 2, 3, 4).flatten(1, -1).shape(); // [2, 12]
     * }
     *
     * @throws ShapeException if an axis does not exist or {@code end} lies before {@code start}
     */
    public Tensor flatten(int start, int end) {
        if (rank() == 0 && Math.max(start, end) <= 0 && Math.min(start, end) >= -1) {
            return reshape(1);
        }
        int first = shape.axis(start, "flatten");
        int last = shape.axis(end, "flatten");
        if (last < first) {
            throw new ShapeException("flatten: the last axis must not lie before the first; got " + start + " to " + end
                    + " for shape " + shape);
        }
        return reshape(Layout.flattened(shape, first, last));
    }

    /**
     * Returns a view with a new axis of size 1 at the given place.
     *
     * {@snippet :
     * Tensor.zeros(DType.F32, 2, 3).unsqueeze(-1).shape(); // [2, 3, 1]
     * }
     *
     * @throws ShapeException if the place is not in {@code [-rank-1, rank]}
     */
    public Tensor unsqueeze(int axis) {
        int a = axis < 0 ? axis + rank() + 1 : axis;
        if (a < 0 || a > rank()) {
            throw new ShapeException("unsqueeze: axis must be in [" + (-rank() - 1) + ", " + rank() + "] for shape "
                    + shape + "; got " + axis);
        }
        return view(Shape.trusted(Layout.with(shape.toArray(), a, 1)), Layout.with(strides, a, 0), offset);
    }

    /**
     * Returns a view of the elements {@code start, start + step, ...} before {@code stop} along an axis, as Python's
     * {@code [start:stop:step]}. Negative bounds count from the end, bounds outside the axis are cut to it. A negative step walks
     * backwards, and a stop that lies in front of the axis, such as {@code Long.MIN_VALUE}, lets it reach element 0.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new long[] {0, 1, 2, 3, 4}, 5);
     * x.slice(0, 1, 5, 2); // I64[2][1, 3]
     * x.slice(0, -1, Long.MIN_VALUE, -2); // I64[3][4, 2, 0]
     * }
     *
     * @throws ShapeException if {@code step} is 0 or the axis does not exist
     */
    public Tensor slice(int axis, long start, long stop, long step) {
        int a = shape.axis(axis, "slice");
        if (step == 0) {
            throw new ShapeException("slice: step must not be 0; got 0 for axis " + axis + " of " + shape);
        }
        return Layout.slice(this, a, start, stop, step);
    }

    /** Returns a view of the elements {@code start} to {@code stop - 1} along an axis. */
    public Tensor slice(int axis, long start, long stop) {
        return slice(axis, start, stop, 1);
    }

    /**
     * Returns a view with one index of an axis chosen and the axis dropped; negative indices count from the end.
     *
     * {@snippet :
     * Tensor.of(new long[] {1, 2, 3, 4}, 2, 2).select(1, -1); // I64[2][2, 4]
     * }
     *
     * @throws ShapeException if the axis or the index does not exist
     */
    public Tensor select(int axis, long index) {
        int a = shape.axis(axis, "select");
        long i = index < 0 ? index + shape.size(a) : index;
        if (i < 0 || i >= shape.size(a)) {
            throw new ShapeException("select: index must lie inside axis " + axis + " of " + shape + "; got " + index);
        }
        return Layout.view(this, Layout.without(shape.toArray(), a), Layout.without(strides, a), a, i);
    }

    // ---- daily bread

    /** Returns {@code this + other}, broadcast. */
    public Tensor add(Tensor other) {
        return Elementwise.add(this, other);
    }

    /** Returns {@code this - other}, broadcast. */
    public Tensor sub(Tensor other) {
        return Elementwise.sub(this, other);
    }

    /** Returns {@code this * other} element by element, broadcast. */
    public Tensor mul(Tensor other) {
        return Elementwise.mul(this, other);
    }

    /** Returns {@code this * factor}. */
    public Tensor mul(double factor) {
        return Elementwise.mul(this, factor);
    }

    /** Returns {@code this / other} element by element, broadcast. */
    public Tensor div(Tensor other) {
        return Elementwise.div(this, other);
    }

    /** Returns the matrix product, batch axes broadcast: {@code [.., m, k] x [.., k, n] -> [.., m, n]}. */
    public Tensor matmul(Tensor other) {
        return Matmul.matmul(this, other);
    }

    /** Returns the sum of all elements, of rank 0. */
    public Tensor sum() {
        return Reduction.sum(this);
    }

    /**
     * Returns type, shape and numbers in their shortest form: up to 64 in one line; of more the first and the last three of each axis, a row a
     * line. {@link TensorFormat} aligns and rounds.
     *
     * {@snippet :
     * Creation.arange(0, 100, 1); // I64[100][0, 1, 2, ..., 97, 98, 99]
     * }
     */
    @Override
    public String toString() {
        return TensorFormat.describe(this);
    }
}
