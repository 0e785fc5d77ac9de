package luthier.tensor;

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
 * x.transpose(0, 1).copy().bitEquals(x.permute(1, 0)); // true
 * x.reshape(-1).unsqueeze(0).expand(Shape.of(3, 4)).flatten(0, -1).shape(); // [12]
 * x.select(1, -1); // F32[2][2.0, 4.0]
 * x.reshape(4, 1).squeeze(1).bitEquals(x.reshape(1, 4, 1).squeeze()); // true
 * x.version() + ((float[]) x.toArray())[1]; // 2.0
 * Tensor.wrap(new double[] {1, 2}, Shape.of(2)); // F64[2][1.0, 2.0]
 * x.dtype() + " " + x.shape() + " " + x.rank() + " " + x.size(-1) + " " + x.elementCount(); // F32 [2, 2] 2 2 4
 * x.toFloatArray()[3] + x.toDoubleArray()[3] + x.toLongArray()[3] + " " + x.toBooleanArray()[0]; // 12.0 true
 * Tensor.zeros(DType.F32, 2).add(Tensor.ones(DType.F32, 2)); // F32[2][1.0, 1.0]
 * Tensor.full(DType.I64, 7, Shape.of(2)); // I64[2][7, 7]
 * x.sub(x.max(1).unsqueeze(1)).exp().log().neg().abs().square(); // F32[2, 2][1.0, 0.0, 1.0, 0.0]
 * x.sub(2).div(2).pow(2).add(x.sqrt().mul(x.sqrt())).mean(); // F32[][2.875]
 * x.relu().add(x.tanh().mul(0)).add(x.sigmoid().mul(0)).add(x.gelu().mul(0)).softmax(-1).argmax(1); // I64[2][1, 1]
 * x.variance(0); // F32[2][2.0, 2.0]
 * x.min(0).less(2.5); // BOOL[2][true, true]
 * x.greater(2).sum(0) + " " + x.equal(3).sum(1); // I64[2][1, 1] I64[2][0, 1]
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

    /** Returns an I64 tensor of rank 0. */
    public static Tensor scalar(long value) {
        return wrap(new long[] {value}, Shape.of());
    }

    /** Returns a tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        return zeros(dtype, Shape.of(shape));
    }

    /** Returns a tensor of zeros. */
    public static Tensor zeros(DType dtype, Shape shape) {
        return wrap(dtype, Creation.allocate(dtype, shape, "zeros"), shape);
    }

    /** Returns a tensor of ones. */
    public static Tensor ones(DType dtype, long... shape) {
        return full(dtype, 1, Shape.of(shape));
    }

    /**
     * Returns a tensor with every element set to {@code value}, rounded to the type if that is a floating one.
     *
     * @throws DTypeException if an integer type does not hold the value, or it is 2^53 or more, where doubles are no longer exact
     */
    public static Tensor full(DType dtype, double value, Shape shape) {
        return Creation.full(dtype, value, shape);
    }

    /** The same for a whole number, exact in I64. */
    public static Tensor full(DType dtype, long value, Shape shape) {
        return Creation.full(dtype, value, shape);
    }

    /**
     * Returns a contiguous tensor over the array itself, without a copy: the caller gives the array away and must not touch
     * it again. {@code float[]} is F32, {@code double[]} F64, {@code long[]} I64, {@code int[]} I32, {@code byte[]} BOOL.
     *
     * @throws ShapeException if the array's length is not the shape's element count
     * @throws DTypeException if the array is of another kind
     */
    public static Tensor wrap(Object array, Shape shape) {
        return Creation.wrap(Creation.kind(array), array, shape);
    }

    /**
     * Returns a contiguous tensor of a type over the array itself, without a copy: the caller gives the array away and must not
     * touch it again. BF16 and F16 take a {@code short[]} of their bits, I8, U8 and BOOL (0 or 1) a {@code byte[]}.
     *
     * @throws DTypeException if the array is not of the type's kind
     * @throws ShapeException if the array's length is not the shape's element count
     */
    public static Tensor wrap(DType dtype, Object array, Shape shape) {
        return Creation.wrap(dtype, array, shape);
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

    /** Returns how often this tensor's storage, shared with its views, was written in place. */
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

    // The storage array; elements start at the offset.

    float[] floats() {
        return (float[]) storage.array();
    }

    double[] doubles() {
        return (double[]) storage.array();
    }

    long[] longs() {
        return (long[]) storage.array();
    }

    byte[] bytes() {
        return (byte[]) storage.array();
    }

    // ---- values

    /**
     * Returns the only element as a {@code double} (BOOL as 0 or 1).
     *
     * @throws ShapeException if there is not exactly one element
     * @throws ArithmeticException if it is an I64 that no double equals; {@link #longItem} returns it
     */
    public double item() {
        return Layout.at("item", this, Layout.only("item", this));
    }

    /**
     * Returns the only element of a tensor of integers or BOOL exactly.
     *
     * {@snippet :
     * Tensor.scalar(9007199254740993L).longItem(); // 9007199254740993
     * }
     *
     * @throws ShapeException if there is not exactly one element
     * @throws DTypeException if the type is a floating one
     */
    public long longItem() {
        Layout.only("longItem", this);
        return Layout.whole(this, "longItem");
    }

    /**
     * Returns one element as a {@code double} (BOOL as 0 or 1).
     *
     * @throws ShapeException if the number of indices is not the rank or an index is out of range
     * @throws ArithmeticException if it is an I64 that no double equals
     */
    public double get(long... index) {
        return Layout.at("get", this, Layout.position(this, index));
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

    /** Returns a copy of the elements in row-major order as they are stored: the array that {@link #wrap(DType, Object, Shape)} takes. */
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
        return isContiguous() ? this : StridedCopy.contiguous(this);
    }

    /** Returns a contiguous copy with storage of its own. */
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
     */
    public boolean bitEquals(Tensor other) {
        return dtype == other.dtype && shape.equals(other.shape) && Layout.bitEquals(this, other);
    }

    // ---- views

    /**
     * Returns the same elements under another shape; one size may be -1 and is inferred. A view where the layout allows it,
     * otherwise a copy.
     *
     * @throws ShapeException if the element counts differ
     */
    public Tensor reshape(long... sizes) {
        return Views.reshape(this, sizes);
    }

    /** Returns a view with two axes exchanged. Throws {@link ShapeException} if an axis does not exist. */
    public Tensor transpose(int axisA, int axisB) {
        return Views.transpose(this, axisA, axisB);
    }

    /** Returns a view whose axis i is axis {@code order[i]} of this. Throws {@link ShapeException} if that is no permutation of the axes. */
    public Tensor permute(int... order) {
        return Views.permute(this, order);
    }

    /** Returns a view in which axes of size 1 repeat and new ones appear in front. Throws {@link ShapeException} if another axis differs. */
    public Tensor expand(Shape target) {
        return target.equals(shape) ? this : Views.expand(this, target);
    }

    /** Returns a view without an axis of size 1. Throws {@link ShapeException} if the axis does not exist or is of another size. */
    public Tensor squeeze(int axis) {
        return Views.squeeze(this, axis);
    }

    /** Returns a view without any axis of size 1. */
    public Tensor squeeze() {
        return Views.squeeze(this);
    }

    /**
     * Returns the same elements with the axes {@code start} to {@code end}, both included, made one; a rank of 0 becomes 1. A view
     * where the layout allows it, otherwise a copy.
     *
     * @throws ShapeException if an axis does not exist or {@code end} lies before {@code start}
     */
    public Tensor flatten(int start, int end) {
        return Views.flatten(this, start, end);
    }

    /** Returns a view with a new axis of size 1. Throws {@link ShapeException} if its place is not in {@code [-rank-1, rank]}. */
    public Tensor unsqueeze(int axis) {
        return Views.unsqueeze(this, axis);
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
        return Views.slice(this, axis, start, stop, step);
    }

    /** Returns a view of the elements {@code start} to {@code stop - 1} along an axis. */
    public Tensor slice(int axis, long start, long stop) {
        return slice(axis, start, stop, 1);
    }

    /** Returns a view of one index of an axis, which goes; a negative one counts from the end. Throws {@link ShapeException} if there is none. */
    public Tensor select(int axis, long index) {
        return Views.select(this, axis, index);
    }

    // ---- daily bread: one line of its family each

    /** Returns {@code this + other} element by element, broadcast. */
    public Tensor add(Tensor other) {
        return Elementwise.add(this, other);
    }

    /** Returns {@code this + number}, the number rounded to this type. */
    public Tensor add(double number) {
        return Elementwise.add(this, number);
    }

    /** Returns {@code this - other} element by element, broadcast. */
    public Tensor sub(Tensor other) {
        return Elementwise.sub(this, other);
    }

    /** Returns {@code this - number}, the number rounded to this type. */
    public Tensor sub(double number) {
        return Elementwise.sub(this, number);
    }

    /** Returns {@code this * other} element by element, broadcast. */
    public Tensor mul(Tensor other) {
        return Elementwise.mul(this, other);
    }

    /** Returns {@code this * number}, the number rounded to this type. */
    public Tensor mul(double number) {
        return Elementwise.mul(this, number);
    }

    /** Returns {@code this / other} element by element, broadcast. */
    public Tensor div(Tensor other) {
        return Elementwise.div(this, other);
    }

    /** Returns {@code this / number}, the number rounded to this type. */
    public Tensor div(double number) {
        return Elementwise.div(this, number);
    }

    /** Returns {@code -this}. */
    public Tensor neg() {
        return Elementwise.neg(this);
    }

    /** Returns every element to the power of a number; see {@link Elementwise#pow(Tensor, double)}. */
    public Tensor pow(double exponent) {
        return Elementwise.pow(this, exponent);
    }

    /** Returns every element times itself. */
    public Tensor square() {
        return Elementwise.square(this);
    }

    /** Returns the square roots; NaN for negative numbers. */
    public Tensor sqrt() {
        return Elementwise.sqrt(this);
    }

    /** Returns the absolute values. */
    public Tensor abs() {
        return Selection.abs(this);
    }

    /** Returns e to the power of every element. */
    public Tensor exp() {
        return Elementary.exp(this);
    }

    /** Returns the natural logarithms. */
    public Tensor log() {
        return Elementary.log(this);
    }

    /** Returns the hyperbolic tangents. */
    public Tensor tanh() {
        return Elementary.tanh(this);
    }

    /** Returns {@code 1 / (1 + e^-this)}. */
    public Tensor sigmoid() {
        return Activation.sigmoid(this);
    }

    /** Returns {@code max(this, 0)}. */
    public Tensor relu() {
        return Activation.relu(this);
    }

    /** Returns {@code this * Phi(this)}, Phi the normal distribution; see {@link Activation#gelu}. */
    public Tensor gelu() {
        return Activation.gelu(this);
    }

    /** Returns {@code e^this} divided by its sum along an axis. */
    public Tensor softmax(int axis) {
        return Softmax.softmax(this, axis);
    }

    /** Returns the matrix product, batch axes broadcast: {@code [.., m, k] x [.., k, n] -> [.., m, n]}. */
    public Tensor matmul(Tensor other) {
        return Matmul.matmul(this, other);
    }

    /** Returns the sums over the given axes, which go; without any, the sum of all elements, of rank 0. */
    public Tensor sum(int... axes) {
        return Reduction.sum(this, axes);
    }

    /** Returns the means over the given axes, which go; without any, of all elements. */
    public Tensor mean(int... axes) {
        return Reduction.mean(this, axes);
    }

    /** Returns the variances, divided by n - 1, over the given axes, which go; without any, of all elements. */
    public Tensor variance(int... axes) {
        return Reduction.variance(this, axes, 1, false);
    }

    /** Returns the largest elements over the given axes, which go; without any, of all. NaN if there is one. */
    public Tensor max(int... axes) {
        return Reduction.max(this, axes);
    }

    /** Returns the smallest elements over the given axes, which go; without any, of all. NaN if there is one. */
    public Tensor min(int... axes) {
        return Reduction.min(this, axes);
    }

    /** Returns the index, I64, of the largest element along an axis, the first of equals. */
    public Tensor argmax(int axis) {
        return Reduction.argmax(this, axis, false);
    }

    /** Returns where (BOOL) an element equals a number. */
    public Tensor equal(double number) {
        return Comparison.equal(this, number);
    }

    /** Returns where (BOOL) an element is less than a number. */
    public Tensor less(double number) {
        return Comparison.less(this, number);
    }

    /** Returns where (BOOL) an element is greater than a number. */
    public Tensor greater(double number) {
        return Comparison.greater(this, number);
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
