package luthier.tensor;

import java.util.Arrays;
import java.util.function.IntConsumer;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.GemmDouble;
import luthier.tensor.kernel.PackedMatrix;
import luthier.tensor.kernel.PackedStored;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.StoredMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of F32 and F64 tensors, and of I64, exact. Operands are read through their strides, so a transposed view costs no copy. Every
 * element is one chain of fused multiply-adds in the order of k; see {@link Gemm}. Nothing is skipped, so 0 times infinity is NaN.
 *
 * <p>Beside an F32 the second operand may be BF16 or F16, or a {@link FrozenMatrix}: they are unpacked panel by panel, and the
 * result has the bits of the product with the unpacked matrix.
 *
 * <p>A second operand that comes back unchanged is kept in the order in which products read it. All these forms together take at most {@code
 * -Dluthier.packedBytes=N} bytes, by default a quarter of the heap; the collector may drop them.
 *
 * <p>All throw {@link ShapeException} if inner sizes differ and {@link DTypeException} if types differ or are not floating.
 */
public final class Matmul {
    /** Above this many multiply-adds a product is worth all threads to itself; smaller ones of a batch share them out. */
    private static final long LARGE = 1 << 21;
    /** Numbers from which on a matrix that comes back is worth keeping in packed form. */
    private static final int WORTH_PACKING = 1 << 12;
    /** Multiply-adds of the products of a batch that one task computes. */
    private static final long TASK = 1 << 16;

    private Matmul() {}

    /**
     * Returns A B: {@code [.., m, k] x [.., k, n] -> [.., m, n]}, leading axes broadcast. An operand of rank 1 is a row on the left, a
     * column on the right, and its axis does not appear in the result: {@code [k] x [k] -> []}, {@code [.., m, k] x [k] ->
     * [.., m]}, {@code [k] x [.., k, n] -> [.., n]}. An inner size of 0 gives zeros. Products of I64 are exact.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Matmul.matmul(a, a); // F32[2, 2][7.0, 10.0, 15.0, 22.0]
     * Matmul.matmul(a, Tensor.of(new float[] {1, 10}, 2)); // F32[2][21.0, 43.0]
     * }
     *
     * @throws ShapeException if a rank is 0, inner sizes differ or leading axes do not broadcast
     * @throws ArithmeticException if a sum of I64, or a part of one, leaves the range
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        switch (a.dtype()) {
            case F32, F64 -> check("matmul", a, b);
            case I64 -> Require.sameType("matmul", a, b);
            case I32, BOOL, BF16, F16, I8, U8 ->
                throw new DTypeException("matmul: needs F32, F64 or I64; got " + a.dtype() + "; convert with to()");
        }
        if (a.rank() == 0 || b.rank() == 0) {
            throw ShapeRule.MATMUL.broken(
                    "matmul: operands must have at least one axis; got " + a.shape() + " and " + b.shape()
                            + "; scale with Elementwise.mul",
                    "a, b",
                    a,
                    b);
        }
        if (a.rank() == 1) {
            Tensor y = matmul(a, b, a.unsqueeze(0), b.rank() == 1 ? b.unsqueeze(1) : b);
            Tensor row = y.squeeze(-2);
            return b.rank() == 1 ? row.squeeze(-1) : row;
        }
        return b.rank() == 1 ? matmul(a, b, a, b.unsqueeze(1)).squeeze(-1) : matmul(a, b, a, b);
    }

    /** Multiplies operands of two axes or more; errors name the operands as they were given. */
    private static Tensor matmul(Tensor givenA, Tensor givenB, Tensor a, Tensor b) {
        if (b.size(-2) != a.size(-1)) {
            throw ShapeRule.MATMUL.broken(
                    "matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got " + givenA.shape()
                            + " and " + givenB.shape() + " (" + a.size(-1) + " and " + b.size(-2) + ")"
                            + repair(givenA, givenB),
                    "a, b",
                    givenA,
                    givenB);
        }
        int m = side(a, -2);
        int k = side(a, -1);
        int n = side(b, -1);
        if (a.dtype() == DType.I64) {
            Shape lead = leads(a, b);
            return MatmulLong.multiply(a.expand(append(lead, m, k)), b.expand(append(lead, k, n)), append(lead, m, n));
        }
        if (b.rank() == 2 && a.rank() > 2 && a.isContiguous()) {
            // A batch of left operands that share the right one is a single tall product.
            long[] sizes = a.shape().toArray();
            sizes[sizes.length - 1] = n;
            return product(a.reshape(rows(sizes), k), b, null).reshape(sizes);
        }
        if (a.rank() == 2 && b.rank() == 2) {
            return product(a, b, null);
        }
        return batched(a, readable(b), m, n, k);
    }

    /** A size of a matrix; a view may be larger than any array. */
    private static int side(Tensor t, int axis) {
        return Shape.of(t.size(axis)).arrayLength("matmul");
    }

    static long rows(long[] sizes) {
        long result = 1;
        for (int i = 0; i < sizes.length - 1; i++) {
            result *= sizes[i];
        }
        return result;
    }

    /**
     * Returns X W^T: {@code x [.., in], weight [out, in] -> [.., out]}.
     *
     * {@snippet :
     * Tensor weight = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Matmul.linear(Tensor.of(new float[] {1, 10}, 2), weight); // F32[2][21.0, 43.0]
     * }
     *
     * @throws ShapeException if the weight is not a matrix or x does not end in its second size
     */
    public static Tensor linear(Tensor x, Tensor weight) {
        try {
            return linearWith(x, weight, null);
        } catch (ShapeException e) {
            throw e.of("linear", ShapeRule.LINEAR, "x, weight", x, weight);
        }
    }

    /**
     * Returns X W^T + b; the chain of every element starts from its bias. {@code bias [out]}.
     *
     * {@snippet :
     * Tensor weight = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Matmul.linear(Tensor.of(new float[] {1, 10}, 2), weight, Tensor.of(new float[] {1, -1}, 2)); // F32[2][22.0, 42.0]
     * }
     *
     * @throws ShapeException if shapes do not fit
     */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        try {
            return linearWith(x, weight, checkBias(x, weight.shape(), bias));
        } catch (ShapeException e) {
            throw e.of("linear", ShapeRule.LINEAR, "x, weight, bias", x, weight, bias);
        }
    }

    /**
     * Returns X W^T for a frozen weight W [out, in] however it is stored: the bits of {@code linear(x, weight.dequantize())}.
     *
     * {@snippet :
     * Quantized weight = Quantized.int8(Tensor.of(new float[] {127, -1}, 1, 2));
     * Matmul.linear(Tensor.of(new float[] {1, 10}, 2), weight); // F32[1][117.0]
     * }
     *
     * @throws ShapeException if x does not end in the weight's second size
     * @throws DTypeException if x is neither F32 nor F64
     */
    public static Tensor linear(Tensor x, FrozenMatrix weight) {
        return FrozenProduct.linear(x, weight, null);
    }

    /**
     * Returns X W^T + b for a frozen weight W [out, in]: the bits of {@code linear(x, weight.dequantize(), bias)}.
     *
     * @throws ShapeException if shapes do not fit
     * @throws DTypeException if x is neither F32 nor F64 or the bias has another type
     */
    public static Tensor linear(Tensor x, FrozenMatrix weight, Tensor bias) {
        return FrozenProduct.linear(x, weight, bias);
    }

    /**
     * Returns X W for a frozen weight W [in, out] however it is stored: the bits of {@code matmul(x, weight.dequantize())}. {@code x [.., in] -> [..,
     * out]}.
     *
     * {@snippet :
     * Quantized weight = Quantized.int8(Tensor.of(new float[] {127, -1}, 2, 1));
     * Matmul.matmul(Tensor.of(new float[] {1, 10}, 2), weight); // F32[1][117.0]
     * }
     *
     * @throws ShapeException if x does not end in the weight's first size
     * @throws DTypeException if x is neither F32 nor F64
     */
    public static Tensor matmul(Tensor x, FrozenMatrix weight) {
        return FrozenProduct.matmul(x, weight);
    }

    static Tensor checkBias(Tensor x, Shape weight, Tensor bias) {
        Require.sameType("linear", x, bias);
        if (bias.rank() != 1 || weight.rank() != 2 || bias.size(0) != weight.size(0)) {
            throw new ShapeException("linear: the bias must be [out] for a weight [out, in]; got bias " + bias.shape()
                    + " and weight " + weight);
        }
        return bias.contiguous();
    }

    static Tensor linearWith(Tensor x, Tensor weight, @Nullable Tensor bias) {
        check("linear", x, weight);
        Shape shape = linearShape(x, weight.shape());
        Tensor flat = x.contiguous().reshape(rows(shape.toArray()), weight.size(1));
        return product(flat, weight.transpose(0, 1), bias).reshape(shape.toArray());
    }

    static Shape linearShape(Tensor x, Shape weight) {
        if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
            boolean turned = weight.rank() == 2 && x.rank() > 0 && x.size(-1) == weight.size(0);
            throw new ShapeException("linear: x must be [.., in] and weight [out, in]; got x " + x.shape()
                    + " and weight " + weight + (turned ? "; transpose the weight" : ""));
        }
        long[] sizes = x.shape().toArray();
        sizes[sizes.length - 1] = weight.size(0);
        return Shape.of(sizes);
    }

    private static void check(String name, Tensor a, Tensor b) {
        Require.floating(name, a);
        if (!isHalf(b) || a.dtype() != DType.F32) {
            Require.sameType(name, a, b);
        }
    }

    private static boolean isHalf(Tensor t) {
        return t.dtype() == DType.BF16 || t.dtype() == DType.F16;
    }

    private static String repair(Tensor a, Tensor b) {
        if (b.rank() > 1 && a.size(-1) == b.size(-1)) {
            return "; transpose the second";
        }
        return a.rank() > 1 && a.size(-2) == b.size(b.rank() > 1 ? -2 : -1) ? "; transpose the first" : "";
    }

    static Gemm.Target target(float[] c, int co, int n, @Nullable Tensor bias) {
        return bias == null
                ? Gemm.Target.of(c, co, n, false)
                : Gemm.Target.withBias(c, co, n, bias.floats(), bias.offset());
    }

    private static Tensor product(Tensor a, Tensor b, @Nullable Tensor bias) {
        int m = (int) a.size(0);
        int n = (int) b.size(1);
        int k = (int) a.size(1);
        Shape shape = Shape.of(m, n);
        if (a.dtype() == DType.F64) {
            double[] c = new double[shape.arrayLength("matmul")];
            for (int i = 0; bias != null && i < m; i++) {
                System.arraycopy(bias.doubles(), bias.offset(), c, i * n, n);
            }
            GemmDouble.multiply(m, n, k, doubles(a, 0), doubles(b, 0), c, 0);
            return Tensor.wrap(c, shape);
        }
        float[] c = Pool.floats(shape.arrayLength("matmul"));
        Gemm.Target target = target(c, 0, n, bias);
        if (isHalf(b)) {
            halfProduct(m, a, readable(b), target);
            return Creation.over(c, shape);
        }
        Packings.View view = view(b);
        PackedMatrix packed = isWorthPacking(view)
                ? b.packings()
                        .of(
                                view,
                                b.version(),
                                bytes(view, DType.F32),
                                PackedMatrix.class,
                                () -> Gemm.pack(k, n, matrix(b, 0)))
                : null;
        if (packed == null) {
            Gemm.multiply(m, n, k, matrix(a, 0), matrix(b, 0), target);
        } else {
            Gemm.multiply(m, matrix(a, 0), packed, target);
        }
        return Creation.over(c, shape);
    }

    /** Computes a product whose second operand is BF16 or F16: a BF16 one that comes back for single rows is packed. */
    private static void halfProduct(int m, Tensor a, Tensor b, Gemm.Target c) {
        boolean transposed = b.strides()[1] != 1;
        Packings.View view = view(b);
        int k = view.k();
        int n = view.n();
        StoredMatrix matrix = stored(b, 0, transposed);
        PackedStored packed = m == 1 && matrix instanceof StoredMatrix.Brain brain && isWorthPacking(view)
                ? b.packings()
                        .of(
                                view,
                                b.version(),
                                bytes(view, DType.BF16),
                                PackedStored.class,
                                () -> Gemm.pack(k, n, brain, transposed))
                : null;
        if (packed == null) {
            Gemm.multiply(m, n, k, matrix(a, 0), matrix, transposed, c);
        } else {
            Gemm.multiply(matrix(a, 0), packed, c);
        }
    }

    private static Packings.View view(Tensor b) {
        return new Packings.View(b.offset(), b.strides()[0], b.strides()[1], (int) b.size(0), (int) b.size(1));
    }

    private static long bytes(Packings.View b, DType type) {
        return (long) b.k() * b.n() * type.bytes();
    }

    private static boolean isWorthPacking(Packings.View b) {
        return b.n() > 1 && (long) b.n() * b.k() >= WORTH_PACKING;
    }

    private static void multiply(int m, int n, int k, Tensor a, int ao, Tensor b, int bo, Gemm.Target c) {
        if (isHalf(b)) {
            boolean transposed = b.strides()[b.rank() - 1] != 1;
            Gemm.multiply(m, n, k, matrix(a, ao), stored(b, bo, transposed), transposed, c);
        } else {
            Gemm.multiply(m, n, k, matrix(a, ao), matrix(b, bo), c);
        }
    }

    /** Returns the tensor, copied if it is of a storage type and neither its rows nor its columns are contiguous. */
    private static Tensor readable(Tensor t) {
        if (!isHalf(t) || t.rank() < 2) {
            return t;
        }
        int[] strides = t.strides();
        return strides[t.rank() - 1] == 1 || strides[t.rank() - 2] == 1 ? t : t.contiguous();
    }

    private static StoredMatrix stored(Tensor t, int distance, boolean transposed) {
        int step = t.strides()[t.rank() - (transposed ? 1 : 2)];
        short[] data = (short[]) t.storage();
        int at = t.offset() + distance;
        return t.dtype() == DType.BF16 ? new StoredMatrix.Brain(data, at, step) : new StoredMatrix.Half(data, at, step);
    }

    /** The view of the matrix at a distance from a tensor's first; its last two axes are rows and columns. */
    static Matrix matrix(Tensor t, int distance) {
        int rank = t.rank();
        return new Matrix(t.floats(), t.offset() + distance, t.strides()[rank - 2], t.strides()[rank - 1]);
    }

    private static GemmDouble.Matrix doubles(Tensor t, int distance) {
        int rank = t.rank();
        return new GemmDouble.Matrix(t.doubles(), t.offset() + distance, t.strides()[rank - 2], t.strides()[rank - 1]);
    }

    private static Tensor batched(Tensor a, Tensor b, int m, int n, int k) {
        Shape lead = leads(a, b);
        Tensor left = a.expand(append(lead, m, k));
        Tensor right = b.expand(append(lead, k, n));
        Shape shape = append(lead, m, n);
        int batch = lead.arrayLength("matmul");
        int length = shape.arrayLength("matmul");
        int[] leftAt = distances(left, batch);
        int[] rightAt = distances(right, batch);
        long each = (long) m * n * k;
        if (a.dtype() == DType.F64) {
            double[] c = new double[length];
            forEach(
                    batch,
                    each,
                    i -> GemmDouble.multiply(
                            m, n, k, doubles(left, leftAt[i]), doubles(right, rightAt[i]), c, i * m * n));
            return Tensor.wrap(c, shape);
        }
        float[] c = Pool.floats(length);
        forEach(batch, each, i -> multiply(m, n, k, left, leftAt[i], right, rightAt[i], target(c, i * m * n, n, null)));
        return Creation.over(c, shape);
    }

    /** Runs the products of a batch: large ones one after the other on all threads, small ones side by side. */
    private static void forEach(int batch, long each, IntConsumer product) {
        if (each < LARGE) {
            sideBySide(batch, each, product);
            return;
        }
        for (int i = 0; i < batch; i++) {
            product.accept(i);
        }
    }

    /** Runs independent pieces of work of {@code each} multiply-adds, as many a task as make claiming it worth while. */
    static void sideBySide(int count, long each, IntConsumer work) {
        int group = count * each < LARGE ? count : (int) Math.max(1, TASK / Math.max(1, each));
        Parallel.run(Math.ceilDiv(count, Math.max(group, 1)), task -> {
            int end = Math.min(count, (task + 1) * group);
            for (int i = task * group; i < end; i++) {
                work.accept(i);
            }
        });
    }

    private static Shape leads(Tensor a, Tensor b) {
        try {
            return lead(a).broadcast(lead(b), "matmul");
        } catch (ShapeException e) {
            throw e.of("matmul", ShapeRule.MATMUL, "a, b", a, b);
        }
    }

    private static Shape lead(Tensor t) {
        return Shape.of(Arrays.copyOf(t.shape().toArray(), t.rank() - 2));
    }

    private static Shape append(Shape lead, int rows, int columns) {
        long[] sizes = Arrays.copyOf(lead.toArray(), lead.rank() + 2);
        sizes[lead.rank()] = rows;
        sizes[lead.rank() + 1] = columns;
        return Shape.of(sizes);
    }

    /** How far every matrix of a batch lies from the first. */
    private static int[] distances(Tensor t, int batch) {
        int[] result = new int[batch];
        for (int i = 0; i < batch; i++) {
            int rest = i;
            for (int axis = t.rank() - 3; axis >= 0; axis--) {
                int size = (int) t.size(axis);
                result[i] += rest % size * t.strides()[axis];
                rest /= size;
            }
        }
        return result;
    }
}
