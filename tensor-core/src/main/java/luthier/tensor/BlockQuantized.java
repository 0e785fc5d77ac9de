package luthier.tensor;

import luthier.tensor.kernel.InterleavedMatrix;

/**
 * A frozen matrix in blocks of 32 numbers along its rows, as files of GGUF keep it: a block has a scale d, perhaps a least value m, both in half
 * precision, and a code a number. In memory rows lie side by side ({@link InterleavedMatrix}, docs/decisions/016), repacked once.
 *
 * <p>A single row of x, a batch, and the product with {@link #dequantize()} agree bit for bit. Immutable, so safe to share.
 *
 * {@snippet :
 * BlockQuantized w = BlockQuantized.of(BlockQuantized.Type.Q4_1, Tensor.ones(DType.F32, 2, 32));
 * Matmul.linear(Tensor.ones(DType.F32, 32), w); // F32[2][32.0, 32.0]
 * }
 */
public final class BlockQuantized implements FrozenMatrix {
    private static final int BLOCK = InterleavedMatrix.BLOCK;

    /** The kinds of blocks. */
    public enum Type {
        /** {@code w' = (code - 8) d}, 18 bytes: d, then 16 bytes of four-bit codes, the first 16 in the low halves. */
        Q4_0(18),
        /** {@code w' = code d + m}, 20 bytes: d, m, then codes as in {@link #Q4_0}. */
        Q4_1(20),
        /** {@code w' = code d}, 34 bytes: d, then 32 signed bytes. */
        Q8_0(34);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** Returns the bytes of a block of 32 numbers. */
        public int blockBytes() {
            return bytes;
        }

        /** Returns whether codes have four bits. */
        boolean isFourBit() {
            return this != Q8_0;
        }
    }

    private final Type type;
    private final Shape shape;
    private final InterleavedMatrix matrix;

    private BlockQuantized(Type type, Shape shape, InterleavedMatrix matrix) {
        this.type = type;
        this.shape = shape;
        this.matrix = matrix;
    }

    /**
     * Returns the nearest matrix of blocks, by the formulas of ggml's reference: Q8_0: {@code d = absmax / 127, code = round(w / d)}; Q4_0: {@code
     * d = w_k / -8} for the first w_k of largest magnitude, {@code code = min(15, floor(w / d + 8.5))}; Q4_1: {@code d = (max - min) / 15, m = min, code
     * = min(15, floor((w - m) / d + 0.5))}. Codes are chosen before d and m are rounded to half precision.
     *
     * @throws ShapeException if w is not a matrix or its columns are not a multiple of 32
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if a number is not finite or too large for half-precision scales
     */
    public static BlockQuantized of(Type type, Tensor w) {
        if (w.dtype() != DType.F32) {
            throw new DTypeException(type + ": the weight must be F32; got " + w.dtype() + "; convert with to()");
        }
        float[] x = w.toFloatArray();
        byte[] codes = new byte[BLOCK];
        BlockQuantized result = zeros(type, w.shape());
        int perRow = (int) (w.size(1) / BLOCK);
        for (int block = 0; block < x.length / BLOCK; block++) {
            int at = block * BLOCK;
            int scales = BlockCodes.choose(type, x, at, codes);
            result.set(block / perRow, block % perRow, scales, codes);
        }
        return result;
    }

    /**
     * Returns a matrix of blocks as they lie in a file, row after row.
     *
     * {@snippet :
     * BlockQuantized w = BlockQuantized.of(BlockQuantized.Type.Q8_0, Tensor.ones(DType.F32, 1, 32));
     * BlockQuantized.ofBlocks(w.type(), w.shape(), w.blocks()).bytes(); // 34
     * }
     *
     * @throws ShapeException if the shape is not a matrix, its columns are not a multiple of 32 or the bytes are more or fewer
     * @throws IllegalArgumentException if a scale is not finite
     */
    public static BlockQuantized ofBlocks(Type type, Shape shape, byte[] blocks) {
        BlockQuantized result = zeros(type, shape);
        if (blocks.length != result.bytes()) {
            throw new ShapeException(type + ": a matrix " + shape + " must have " + result.bytes() + " bytes; got "
                    + blocks.length + "; give the blocks of this tensor alone");
        }
        byte[] codes = new byte[BLOCK];
        int perRow = (int) (shape.size(1) / BLOCK);
        for (int block = 0; block < blocks.length / type.bytes; block++) {
            int at = block * type.bytes;
            int scales = BlockCodes.read(type, blocks, at, codes);
            result.set(block / perRow, block % perRow, scales, codes);
        }
        return result;
    }

    private static BlockQuantized zeros(Type type, Shape shape) {
        if (shape.rank() != 2 || shape.size(1) % BLOCK != 0) {
            throw new ShapeException(type + ": the weight must be [rows, columns] with columns a multiple of 32; got "
                    + shape + "; keep such a weight in another type");
        }
        int rows = (int) shape.size(0);
        int columns = (int) shape.size(1);
        InterleavedMatrix matrix = type.isFourBit()
                ? InterleavedMatrix.FourBit.zeros(rows, columns, null)
                : InterleavedMatrix.EightBit.zeros(rows, columns, BLOCK);
        return new BlockQuantized(type, shape, matrix);
    }

    private void set(int row, int block, int scales, byte[] codes) {
        float d = Float.float16ToFloat((short) scales);
        float m = Float.float16ToFloat((short) (scales >> 16));
        if (!Float.isFinite(d) || !Float.isFinite(m)) {
            throw new IllegalArgumentException(type + ": scales must be finite half-precision numbers; got d " + d
                    + " and m " + m + " in row " + row + ", block " + block
                    + "; find where the weight went wrong before it is frozen");
        }
        switch (matrix) {
            case InterleavedMatrix.FourBit four -> four.set(row, block, scales, codes, 0);
            case InterleavedMatrix.EightBit eight -> eight.set(row, block, d, codes, 0);
        }
    }

    /** Returns the kind of its blocks. */
    public Type type() {
        return type;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public long bytes() {
        return shape.elementCount() / BLOCK * type.bytes;
    }

    /** Returns the blocks as they lie in a file, row after row. */
    public byte[] blocks() {
        byte[] result = new byte[Math.toIntExact(bytes())];
        int at = 0;
        for (int row = 0; row < matrix.rows(); row++) {
            for (int block = 0; block < matrix.columns() / BLOCK; block++) {
                BlockCodes.write(type, matrix, row, block, result, at);
                at += type.bytes;
            }
        }
        return result;
    }

    @Override
    public Tensor dequantize() {
        return FrozenProduct.unpacked(shape, matrix);
    }

    InterleavedMatrix matrix() {
        return matrix;
    }

    @Override
    public String toString() {
        return "BlockQuantized(" + type + ", " + shape + ", " + bytes() + " bytes)";
    }
}
