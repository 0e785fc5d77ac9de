package luthier.tensor;

import luthier.tensor.kernel.StoredMatrix;

/**
 * A frozen matrix in eight or four bits a number, for {@link Matmul#linear(Tensor, Quantized)}: every block of the row-major flattened
 * numbers keeps its largest absolute value, {@code absmax}, and a code a number.
 *
 * <ul>
 *   <li>int8: {@code code = round(127 w / absmax)}, ties to even; {@code w' = code (absmax / 127)}. A block is a row (Dettmers et
 *       al. 2022, arXiv:2208.07339, eq. 2) or a fixed count of numbers.
 *   <li>nf4: the code of the number of a book of sixteen that is nearest to {@code w / absmax}, the lower one of two equally near;
 *       {@code w' = book[code] absmax}. The book holds quantiles of the normal distribution (Dettmers et al. 2023,
 *       arXiv:2305.14314, appendix E). <b>Differences</b>: absmax stays F32, there is no double quantisation.
 * </ul>
 *
 * <p>A block of zeros gives zeros. NaN and infinities have no code. The last block may be short. Immutable, so safe to share.
 */
public final class Quantized {
    private static final float[] NF4 = {
        -1f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1f
    };

    private final Shape shape;
    private final Tensor codes;
    private final Tensor absmax;
    private final StoredMatrix matrix;
    private final Packings packings = new Packings();

    private Quantized(Shape shape, Tensor codes, Tensor absmax, StoredMatrix matrix) {
        this.shape = shape;
        this.codes = codes;
        this.absmax = absmax;
        this.matrix = matrix;
    }

    /**
     * Returns {@code w [rows, columns]} as bytes with an absmax a row.
     *
     * {@snippet :
     * Quantized.int8(Tensor.of(new float[] {1, -2, 0.5f, 4}, 2, 2)).codes(); // I8[2, 2][64, -127, 16, 127]
     * }
     *
     * @throws ShapeException if w is not a matrix
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if w holds NaN or an infinity
     */
    public static Quantized int8(Tensor w) {
        check("int8", w, 1);
        return bytes("int8", w, (int) Math.max(1, w.size(1)));
    }

    /**
     * Returns {@code w [rows, columns]} as bytes with an absmax for every {@code block} numbers of the flattened matrix.
     *
     * {@snippet :
     * Quantized.int8Blocks(Tensor.of(new float[] {1, -2, 0.5f, 4}, 1, 4), 2).absmax(); // F32[2][2.0, 4.0]
     * }
     *
     * @throws ShapeException if w is not a matrix
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if w holds NaN or an infinity, or {@code block} is not positive
     */
    public static Quantized int8Blocks(Tensor w, int block) {
        check("int8Blocks", w, block);
        return bytes("int8Blocks", w, block);
    }

    /**
     * Returns {@code w [rows, columns]} in four bits a number with an absmax for every {@code block} numbers of the flattened matrix,
     * 64 in the paper.
     *
     * {@snippet :
     * Quantized.nf4(Tensor.of(new float[] {1, -2, 0, 2}, 2, 2), 64).codes(); // U8[2, 2][12, 0, 7, 15]
     * }
     *
     * @throws ShapeException if w is not a matrix
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if w holds NaN or an infinity, or {@code block} is not positive
     */
    public static Quantized nf4(Tensor w, int block) {
        check("nf4", w, block);
        float[] x = w.toFloatArray();
        float[] largest = absmax("nf4", x, block);
        byte[] packed = new byte[(x.length + 1) / 2];
        for (int i = 0; i < x.length; i++) {
            float scale = largest[i / block];
            int code = nearest(scale == 0 ? 0 : x[i] / scale);
            packed[i / 2] |= (byte) (i % 2 == 0 ? code << 4 : code);
        }
        StoredMatrix matrix = new StoredMatrix.Nibbles(packed, (int) w.size(1), NF4, largest, block);
        Shape packedShape = Shape.of(packed.length);
        return new Quantized(
                w.shape(),
                Tensor.wrap(DType.U8, packed, packedShape),
                Tensor.wrap(largest, Shape.of(largest.length)),
                matrix);
    }

    private static Quantized bytes(String name, Tensor w, int block) {
        float[] x = w.toFloatArray();
        float[] largest = absmax(name, x, block);
        byte[] codes = new byte[x.length];
        float[] scales = new float[largest.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = largest[i] / 127;
        }
        for (int i = 0; i < x.length; i++) {
            float scale = largest[i / block];
            codes[i] = scale == 0 ? 0 : (byte) Math.rint(127.0 * x[i] / scale);
        }
        StoredMatrix matrix = new StoredMatrix.Bytes(codes, (int) w.size(1), scales, block);
        return new Quantized(
                w.shape(),
                Tensor.wrap(DType.I8, codes, w.shape()),
                Tensor.wrap(largest, Shape.of(largest.length)),
                matrix);
    }

    private static void check(String name, Tensor w, int block) {
        if (w.dtype() != DType.F32) {
            throw new DTypeException(name + ": the weight must be F32; got " + w.dtype() + "; convert with to()");
        }
        if (w.rank() != 2) {
            throw new ShapeException(
                    name + ": the weight must be [rows, columns]; got " + w.shape() + "; reshape it to a matrix");
        }
        if (block < 1) {
            throw new IllegalArgumentException(name + ": the block must be positive; got " + block + "; use 64");
        }
    }

    private static float[] absmax(String name, float[] x, int block) {
        float[] largest = new float[(int) (((long) x.length + block - 1) / block)];
        for (int i = 0; i < x.length; i++) {
            if (!Float.isFinite(x[i])) {
                throw new IllegalArgumentException(name + ": numbers must be finite; got " + x[i] + " at flat index "
                        + i + "; find where the weight went wrong before it is frozen");
            }
            largest[i / block] = Math.max(largest[i / block], Math.abs(x[i]));
        }
        return largest;
    }

    private static int nearest(float x) {
        int best = 0;
        for (int code = 1; code < NF4.length; code++) {
            if (Math.abs((double) x - NF4[code]) < Math.abs((double) x - NF4[best])) {
                best = code;
            }
        }
        return best;
    }

    /** Returns the shape of the matrix. */
    public Shape shape() {
        return shape;
    }

    /** Returns the bytes that codes and absmax take. */
    public long bytes() {
        return codes.elementCount() + 4 * absmax.elementCount();
    }

    /** Returns the codes in the matrix's shape: I8 of int8, U8 of nf4 (0 to 15). */
    public Tensor codes() {
        if (!(matrix instanceof StoredMatrix.Nibbles)) {
            return codes.copy();
        }
        byte[] result = new byte[(int) shape.elementCount()];
        for (int i = 0; i < result.length; i++) {
            int pair = codes.bytes()[i / 2];
            result[i] = (byte) (i % 2 == 0 ? pair >> 4 & 15 : pair & 15);
        }
        return Tensor.wrap(DType.U8, result, shape);
    }

    /** Returns the largest absolute value of every block, F32. */
    public Tensor absmax() {
        return absmax.copy();
    }

    /** Returns the codes as they are kept, flat: I8 of int8; U8 of nf4, two codes a byte, the first in the high four bits. */
    public Tensor packed() {
        return codes.copy().reshape(codes.elementCount());
    }

    /**
     * Returns the sixteen numbers of nf4, F32.
     *
     * {@snippet :
     * Quantized.nf4Codebook().shape(); // [16]
     * }
     */
    public static Tensor nf4Codebook() {
        return Tensor.of(NF4, NF4.length);
    }

    /**
     * Returns the matrix as F32.
     *
     * {@snippet :
     * Quantized.nf4(Tensor.of(new float[] {1, -2, 0, 2}, 2, 2), 64).dequantize(); // F32[2, 2][0.88141966, -2.0, 0.0, 2.0]
     * }
     */
    public Tensor dequantize() {
        int rows = (int) shape.size(0);
        int columns = (int) shape.size(1);
        float[] result = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            matrix.unpack(i, 0, columns, result, i * columns);
        }
        return Tensor.wrap(result, shape);
    }

    StoredMatrix matrix() {
        return matrix;
    }

    /** The forms in which products have read it. */
    Packings packings() {
        return packings;
    }

    @Override
    public String toString() {
        String kind = matrix instanceof StoredMatrix.Nibbles ? "nf4" : "int8";
        return "Quantized(" + kind + ", " + shape + ", " + bytes() + " bytes)";
    }
}
