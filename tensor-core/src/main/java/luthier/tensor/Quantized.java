package luthier.tensor;

import luthier.tensor.kernel.InterleavedMatrix;
import luthier.tensor.kernel.StoredMatrix;

/**
 * A frozen matrix in eight or four bits a number: every block of the row-major flattened
 * numbers keeps its largest absolute value, {@code absmax}, and a code a number.
 *
 * <ul>
 *   <li>int8: {@code code = round(127 w / absmax)}, ties to even; {@code w' = code (absmax / 127)}. A block is a row (Dettmers et
 *       al. 2022, arXiv:2208.07339, eq. 2) or a fixed count of numbers.
 *   <li>nf4: the code of the number of a book of sixteen that is nearest to {@code w / absmax}, the lower one of two equally near;
 *       {@code w' = book[code] absmax}. The book holds quantiles of the normal distribution (Dettmers et al. 2023,
 *       arXiv:2305.14314, appendix E). {@link #nf4Double} quantises absmax too.
 * </ul>
 *
 * <p>A block of zeros gives zeros. NaN and infinities have no code. The last block may be short. Immutable, so safe to share.
 */
public final class Quantized implements FrozenMatrix {
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

    /** Maxima of a block of double quantisation. */
    private static final int SECOND_BLOCK = 256;

    private final DType codeType;
    private final Shape shape;
    private final Tensor absmax;
    private final StoredMatrix.Coded matrix;

    private final long bytes;

    private Quantized(DType codeType, Shape shape, float[] absmax, StoredMatrix.Coded matrix, long bytes) {
        this.codeType = codeType;
        this.shape = shape;
        this.absmax = Tensor.wrap(absmax, Shape.of(absmax.length));
        this.matrix = matrix;
        this.bytes = bytes;
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
        return nf4("nf4", w, block, false);
    }

    /**
     * Returns nf4 whose absmax is quantised too: minus their mean, in eight bits of the dynamic map in blocks of 256 ("double quantisation", Dettmers
     * et al. 2023, arXiv:2305.14314, section 3). Codes are those of {@link #nf4}; {@link #absmax} is what was restored.
     *
     * {@snippet :
     * Tensor w = Tensor.of(new float[] {1, -2, 0, 2}, 2, 2);
     * Quantized.nf4Double(w, 2).absmax(); // F32[2][2.0, 2.0]
     * Quantized.nf4Double(w, 64).bytes(); // 11
     * }
     *
     * @throws ShapeException if w is not a matrix
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if w holds NaN or an infinity, or {@code block} is not positive
     */
    public static Quantized nf4Double(Tensor w, int block) {
        return nf4("nf4Double", w, block, true);
    }

    private static Quantized nf4(String name, Tensor w, int block, boolean doubled) {
        check(name, w, block);
        float[] x = w.toFloatArray();
        float[] largest = absmax(name, x, block);
        byte[] codes = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            float scale = largest[i / block];
            codes[i] = (byte) nearest(scale == 0 ? 0 : x[i] / scale);
        }
        float[] kept = doubled ? restored(largest) : largest;
        long blocks = largest.length;
        long scaleBytes = doubled ? blocks + 4 * ((blocks + SECOND_BLOCK - 1) / SECOND_BLOCK) + 4 : 4 * blocks;
        long bytes = (x.length + 1) / 2 + scaleBytes;
        return new Quantized(DType.U8, w.shape(), kept, nibbles(codes, w.shape(), kept, block), bytes);
    }

    /** Returns the maxima as double quantisation restores them. */
    private static float[] restored(float[] maxima) {
        double sum = 0;
        for (float maximum : maxima) {
            sum += maximum;
        }
        float mean = (float) (sum / maxima.length);
        float[] result = new float[maxima.length];
        for (int i = 0; i < maxima.length; i++) {
            result[i] = maxima[i] - mean;
        }
        result = DynamicMap.rounded(result, SECOND_BLOCK);
        for (int i = 0; i < maxima.length; i++) {
            result[i] += mean;
        }
        return result;
    }

    /** Rows lie side by side if every block of {@link InterleavedMatrix#BLOCK} columns has one scale. */
    private static StoredMatrix.Coded nibbles(byte[] codes, Shape shape, float[] scales, int block) {
        int columns = (int) shape.size(1);
        int width = InterleavedMatrix.BLOCK;
        if (columns % width != 0 || block % width != 0) {
            return new StoredMatrix.Nibbles(pairs(codes), columns, NF4, scales, block);
        }
        InterleavedMatrix.FourBit matrix = InterleavedMatrix.FourBit.zeros((int) shape.size(0), columns, NF4);
        for (int at = 0; at < codes.length; at += width) {
            int scale = Float.floatToRawIntBits(scales[at / block]);
            matrix.set(at / columns, at % columns / width, scale, codes, at);
        }
        return matrix;
    }

    /** Returns two codes a byte, the first in the high four bits. */
    private static byte[] pairs(byte[] codes) {
        byte[] result = new byte[(codes.length + 1) / 2];
        for (int i = 0; i < codes.length; i++) {
            result[i / 2] |= (byte) (i % 2 == 0 ? codes[i] << 4 : codes[i]);
        }
        return result;
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
        long bytes = codes.length + 4L * largest.length;
        return new Quantized(DType.I8, w.shape(), largest, bytes(codes, w.shape(), scales, block), bytes);
    }

    /** Rows lie side by side if no block reaches over a row's end. */
    private static StoredMatrix.Coded bytes(byte[] codes, Shape shape, float[] scales, int block) {
        int columns = (int) shape.size(1);
        if (columns % block != 0) {
            return new StoredMatrix.Bytes(codes, columns, scales, block);
        }
        InterleavedMatrix.EightBit matrix = InterleavedMatrix.EightBit.zeros((int) shape.size(0), columns, block);
        for (int i = 0; i < scales.length; i++) {
            matrix.set(i * block / columns, i % (columns / block), scales[i], codes, i * block);
        }
        return matrix;
    }

    private static void check(String name, Tensor w, int block) {
        if (w.dtype() != DType.F32) {
            throw new DTypeException(name + ": the weight must be F32; got " + w.dtype() + "; convert with to()");
        }
        if (w.rank() != 2) {
            throw ShapeRule.ROWS.broken(
                    name + ": the weight must be [rows, columns]; got " + w.shape() + "; reshape it to a matrix",
                    "weight",
                    w);
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

    @Override
    public Shape shape() {
        return shape;
    }

    /** Returns the bytes that codes and absmax take. */
    @Override
    public long bytes() {
        return bytes;
    }

    private boolean isNf4() {
        return codeType == DType.U8;
    }

    /** Returns the codes in the matrix's shape: I8 of int8, U8 of nf4 (0 to 15). */
    public Tensor codes() {
        return Creation.wrap(codeType, codeArray(), shape);
    }

    private byte[] codeArray() {
        byte[] result = new byte[(int) shape.elementCount()];
        int columns = (int) shape.size(1);
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) matrix.code(i / columns, i % columns);
        }
        return result;
    }

    /** Returns the largest absolute value of every block, F32. */
    public Tensor absmax() {
        return absmax.copy();
    }

    /** Returns the codes as they are kept, flat: I8 of int8; U8 of nf4, two codes a byte, the first in the high four bits. */
    public Tensor packed() {
        byte[] bytes = isNf4() ? pairs(codeArray()) : codeArray();
        return Creation.wrap(codeType, bytes, Shape.of(bytes.length));
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
    @Override
    public Tensor dequantize() {
        return FrozenProduct.unpacked(shape, matrix);
    }

    StoredMatrix matrix() {
        return matrix;
    }

    @Override
    public String toString() {
        return "Quantized(" + (isNf4() ? "nf4" : "int8") + ", " + shape + ", " + bytes() + " bytes)";
    }
}
