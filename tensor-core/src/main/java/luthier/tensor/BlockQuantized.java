package luthier.tensor;

import luthier.tensor.kernel.BlockFormat;
import luthier.tensor.kernel.InterleavedMatrix;
import luthier.tensor.kernel.StoredMatrix;

/**
 * A frozen matrix in blocks of 32 or 256 numbers along its rows, as files of GGUF keep it. They are repacked once so that rows lie side by
 * side ({@link InterleavedMatrix}, docs/decisions/016), which is what generating text reads fastest; a matrix with a scale that is not finite stays as it
 * lies in the file.
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

    /**
     * The kinds of blocks. Scales d and least values m are in half precision; s and t are small whole numbers, one for every run of 16 or 32
     * numbers. Where every bit lies is told by ggml's ggml-quants.c, and here by {@link BlockFormat}.
     */
    public enum Type {
        /** {@code w' = (code - 8) d}, 18 bytes for 32: d, then 16 bytes of four-bit codes, the first 16 in the low halves. */
        Q4_0,
        /** {@code w' = code d + m}, 20 bytes for 32: d, m, then codes as in {@link #Q4_0}. */
        Q4_1,
        /** {@code w' = (code - 16) d}, 22 bytes for 32: d, fifth bits, then codes as in {@link #Q4_0}. */
        Q5_0,
        /** {@code w' = code d + m}, 24 bytes for 32: d, m, fifth bits, then codes as in {@link #Q4_0}. */
        Q5_1,
        /** {@code w' = code d}, 34 bytes for 32: d, then 32 signed bytes. */
        Q8_0,
        /** {@code w' = code (s d) - t m}, 84 bytes for 256: codes of two bits, s and t of four for every 16. Only read. */
        Q2_K,
        /** {@code w' = code (s d)}, 110 bytes for 256: codes -4 to 3, s -32 to 31 for every 16. Only read. */
        Q3_K,
        /** {@code w' = code (s d) - t m}, 144 bytes for 256: codes of four bits, s and t of six for every 32. Only read. */
        Q4_K,
        /** {@code w' = code (s d) - t m}, 176 bytes for 256: codes of five bits, s and t of six for every 32. Only read. */
        Q5_K,
        /** {@code w' = code (s d)}, 210 bytes for 256: codes -32 to 31, s of eight bits for every 16. Only read. */
        Q6_K;

        private final BlockFormat format = BlockFormat.valueOf(name());

        /** Returns the bytes of a block. */
        public int blockBytes() {
            return format.bytes();
        }

        /** Returns the numbers of a block, 32 or 256. */
        public int blockNumbers() {
            return format.numbers();
        }

        /** Returns whether {@link BlockQuantized#of} makes such blocks. */
        public boolean isMadeHere() {
            return format.numbers() == BLOCK;
        }
    }

    private final Type type;
    private final Shape shape;
    private final StoredMatrix matrix;

    private BlockQuantized(Type type, Shape shape, StoredMatrix matrix) {
        this.type = type;
        this.shape = shape;
        this.matrix = matrix;
    }

    /**
     * Returns the nearest matrix of blocks, by the formulas of ggml's reference: Q8_0: {@code d = absmax / 127, code = round(w / d)}; Q4_0: {@code
     * d = w_k / -8} for the first w_k of largest magnitude, {@code code = min(15, floor(w / d + 8.5))}; Q4_1: {@code d = (max - min) / 15, m = min, code
     * = min(15, floor((w - m) / d + 0.5))}; Q5_0 and Q5_1 as these with 16 for 8 and 31 for 15. Codes are chosen before d and m are rounded to half precision.
     *
     * @throws ShapeException if w is not a matrix or its columns are not a multiple of 32
     * @throws DTypeException if w is not F32
     * @throws IllegalArgumentException if a number is not finite or too large for half-precision scales, or the type is only read
     */
    public static BlockQuantized of(Type type, Tensor w) {
        if (w.dtype() != DType.F32) {
            throw new DTypeException(type + ": the weight must be F32; got " + w.dtype() + "; convert with to()");
        }
        if (!type.isMadeHere()) {
            throw new IllegalArgumentException(
                    type + ": is only read; got a weight " + w.shape() + "; use Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0");
        }
        byte[] blocks = new byte[length(type, w.shape())];
        float[] x = w.toFloatArray();
        byte[] codes = new byte[BLOCK];
        int perRow = (int) (w.size(1) / BLOCK);
        for (int block = 0; block < x.length / BLOCK; block++) {
            int scales = BlockCodes.choose(type, x, block * BLOCK, codes);
            float d = BlockCodes.d(scales);
            float m = BlockCodes.m(scales);
            if (!Float.isFinite(d) || !Float.isFinite(m)) {
                throw new IllegalArgumentException(type + ": scales must be finite half-precision numbers; got d " + d
                        + " and m " + m + " in row " + block / perRow + ", block " + block % perRow
                        + "; find where the weight went wrong before it is frozen");
            }
            BlockCodes.write(type, scales, codes, blocks, block * type.blockBytes());
        }
        return ofBlocks(type, w.shape(), blocks);
    }

    /**
     * Returns a matrix of blocks as they lie in a file, row after row. The array must not be written any more.
     *
     * {@snippet :
     * BlockQuantized w = BlockQuantized.of(BlockQuantized.Type.Q8_0, Tensor.ones(DType.F32, 1, 32));
     * BlockQuantized.ofBlocks(w.type(), w.shape(), w.blocks()).bytes(); // 34
     * }
     *
     * @throws ShapeException if the shape is not a matrix, its columns are not whole blocks or the bytes are more or fewer
     */
    public static BlockQuantized ofBlocks(Type type, Shape shape, byte[] blocks) {
        int length = length(type, shape);
        if (blocks.length != length) {
            throw new ShapeException(type + ": a matrix " + shape + " must have " + length + " bytes; got "
                    + blocks.length + "; give the blocks of this tensor alone");
        }
        StoredMatrix matrix = type.format.areFinite(blocks)
                ? interleaved(type, shape, blocks)
                : new StoredMatrix.Blocks(type.format, blocks, (int) shape.size(1));
        return new BlockQuantized(type, shape, matrix);
    }

    private static InterleavedMatrix interleaved(Type type, Shape shape, byte[] blocks) {
        return switch (type) {
            case Q4_0, Q4_1, Q8_0 -> BlockCodes.interleaved(type, shape, blocks);
            default -> InterleavedMatrix.Blocks.of(type.format, (int) shape.size(0), (int) shape.size(1), blocks);
        };
    }

    private static int length(Type type, Shape shape) {
        if (shape.rank() != 2 || shape.size(1) % type.blockNumbers() != 0) {
            throw new ShapeException(type + ": the weight must be [rows, columns] with columns a multiple of "
                    + type.blockNumbers() + "; got " + shape + "; keep such a weight in another type");
        }
        long length = shape.elementCount() / type.blockNumbers() * type.blockBytes();
        if (length > Integer.MAX_VALUE - 8) {
            throw new ShapeException(
                    type + ": the blocks must fit a Java array; got " + length + " bytes for " + shape);
        }
        return (int) length;
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
        return shape.elementCount() / type.blockNumbers() * type.blockBytes();
    }

    /** Returns the blocks as they lie in a file, row after row. */
    public byte[] blocks() {
        return switch (matrix) {
            case StoredMatrix.Blocks blocks -> blocks.data().clone();
            case InterleavedMatrix rows -> BlockCodes.blocks(type, rows);
            default -> throw new IllegalStateException(type + ": is never kept as " + matrix.getClass());
        };
    }

    @Override
    public Tensor dequantize() {
        return FrozenProduct.unpacked(shape, matrix);
    }

    StoredMatrix matrix() {
        return matrix;
    }

    @Override
    public String toString() {
        return "BlockQuantized(" + type + ", " + shape + ", " + bytes() + " bytes)";
    }
}
