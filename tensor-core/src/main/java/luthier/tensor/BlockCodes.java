package luthier.tensor;

import luthier.tensor.kernel.InterleavedMatrix;
import luthier.tensor.kernel.InterleavedMatrix.EightBit;
import luthier.tensor.kernel.InterleavedMatrix.FourBit;
import luthier.tensor.kernel.StoredMatrix;

/**
 * The blocks of 32 numbers of {@link BlockQuantized}: from numbers to codes, from and to the bytes of files, and into rows side by side. Scales
 * are d in the low and m in the high half of an int.
 */
final class BlockCodes {
    private static final int BLOCK = InterleavedMatrix.BLOCK;
    private static final int HALF = BLOCK / 2;
    /** The numbers that the codes of Q4_0 stand for, before their scale. */
    private static final float[] CENTRED = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};

    private BlockCodes() {}

    static float d(int scales) {
        return Float.float16ToFloat((short) scales);
    }

    static float m(int scales) {
        return Float.float16ToFloat((short) (scales >> 16));
    }

    /** Writes the codes of the numbers from a place on and returns their scales. */
    static int choose(BlockQuantized.Type type, float[] x, int at, byte[] codes) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        float largest = 0;
        for (int i = at; i < at + BLOCK; i++) {
            if (!Float.isFinite(x[i])) {
                throw new IllegalArgumentException(type + ": numbers must be finite; got " + x[i] + " at flat index "
                        + i + "; find where the weight went wrong before it is frozen");
            }
            least = Math.min(least, x[i]);
            most = Math.max(most, x[i]);
            largest = Math.abs(x[i]) > Math.abs(largest) ? x[i] : largest;
        }
        int codesMost = fifthBits(type) ? 31 : 15;
        float middle = (codesMost + 1) / 2f;
        float d = switch (type) {
            case Q4_0, Q5_0 -> largest == 0 ? 0 : largest / -middle;
            case Q4_1, Q5_1 -> (most - least) / codesMost;
            default -> Math.abs(largest) / 127;
        };
        float inverse = d == 0 ? 0 : 1 / d;
        for (int i = 0; i < BLOCK; i++) {
            float w = x[at + i];
            codes[i] = (byte)
                    switch (type) {
                        case Q4_0, Q5_0 -> Math.min(codesMost, (int) (w * inverse + (middle + 0.5f)));
                        case Q4_1, Q5_1 -> Math.min(codesMost, (int) ((w - least) * inverse + 0.5f));
                        default -> Math.round(Math.abs(w * inverse)) * (int) Math.signum(w * inverse);
                    };
        }
        return Float.floatToFloat16(d) & 0xFFFF | (hasLeast(type) ? Float.floatToFloat16(least) << 16 : 0);
    }

    private static boolean hasLeast(BlockQuantized.Type type) {
        return type == BlockQuantized.Type.Q4_1 || type == BlockQuantized.Type.Q5_1;
    }

    private static boolean fifthBits(BlockQuantized.Type type) {
        return type == BlockQuantized.Type.Q5_0 || type == BlockQuantized.Type.Q5_1;
    }

    // ---- bytes of files

    /** Writes a block. */
    static void write(BlockQuantized.Type type, int scales, byte[] codes, byte[] to, int at) {
        int place = at;
        for (int shift = 0; shift < (hasLeast(type) ? 32 : 16); shift += 8) {
            to[place++] = (byte) (scales >> shift);
        }
        if (type == BlockQuantized.Type.Q8_0) {
            System.arraycopy(codes, 0, to, place, BLOCK);
            return;
        }
        if (fifthBits(type)) {
            for (int i = 0; i < BLOCK; i++) {
                to[place + i / 8] |= (byte) (codes[i] >> 4 << i % 8);
            }
            place += BLOCK / 8;
        }
        for (int i = 0; i < HALF; i++) {
            to[place + i] = (byte) (codes[i] & 15 | codes[HALF + i] << 4);
        }
    }

    /** Returns d and m of a block. */
    private static int scales(BlockQuantized.Type type, byte[] from, int at) {
        return half(from, at) & 0xFFFF | (hasLeast(type) ? half(from, at + Short.BYTES) << 16 : 0);
    }

    private static short half(byte[] from, int at) {
        return (short) (from[at] & 0xFF | from[at + 1] << 8);
    }

    // ---- rows side by side

    /** Returns blocks of Q4_0, Q4_1 or Q8_0 with rows side by side. */
    static InterleavedMatrix interleaved(BlockQuantized.Type type, Shape shape, byte[] blocks) {
        int rows = (int) shape.size(0);
        int columns = (int) shape.size(1);
        return switch (type) {
            case Q8_0 -> fill(EightBit.zeros(rows, columns, BLOCK), blocks);
            case Q4_0 -> fill(type, FourBit.zeros(rows, columns, CENTRED), blocks);
            default -> fill(type, FourBit.zeros(rows, columns, null), blocks);
        };
    }

    private static EightBit fill(EightBit matrix, byte[] blocks) {
        int at = 0;
        for (int row = 0; row < matrix.rows(); row++) {
            for (int block = 0; block < matrix.columns() / BLOCK; block++) {
                matrix.set(row, block, d(half(blocks, at)), blocks, at + Short.BYTES);
                at += BlockQuantized.Type.Q8_0.blockBytes();
            }
        }
        return matrix;
    }

    private static FourBit fill(BlockQuantized.Type type, FourBit matrix, byte[] blocks) {
        byte[] codes = new byte[BLOCK];
        int at = 0;
        for (int row = 0; row < matrix.rows(); row++) {
            for (int block = 0; block < matrix.columns() / BLOCK; block++) {
                int scales = scales(type, blocks, at);
                int first = at + type.blockBytes() - HALF;
                for (int i = 0; i < HALF; i++) {
                    codes[i] = (byte) (blocks[first + i] & 15);
                    codes[HALF + i] = (byte) (blocks[first + i] >> 4 & 15);
                }
                matrix.set(
                        row,
                        block,
                        type == BlockQuantized.Type.Q4_0 ? Float.floatToRawIntBits(d(scales)) : scales,
                        codes,
                        0);
                at += type.blockBytes();
            }
        }
        return matrix;
    }

    /** Returns the blocks of a matrix as they lie in a file. */
    static byte[] blocks(BlockQuantized.Type type, InterleavedMatrix matrix) {
        int perRow = matrix.columns() / type.blockNumbers();
        byte[] result = new byte[matrix.rows() * perRow * type.blockBytes()];
        byte[] codes = new byte[BLOCK];
        for (int at = 0; at < matrix.rows() * perRow; at++) {
            int row = at / perRow;
            int block = at % perRow;
            if (matrix instanceof InterleavedMatrix.Blocks blocks) {
                blocks.block(row, block, result, at * type.blockBytes());
                continue;
            }
            for (int i = 0; i < BLOCK; i++) {
                codes[i] = (byte) ((StoredMatrix.Coded) matrix).code(row, block * BLOCK + i);
            }
            write(type, scales(type, matrix, row, block), codes, result, at * type.blockBytes());
        }
        return result;
    }

    private static int scales(BlockQuantized.Type type, InterleavedMatrix matrix, int row, int block) {
        return switch (matrix) {
            case FourBit four
            when type == BlockQuantized.Type.Q4_0 ->
                Float.floatToFloat16(Float.intBitsToFloat(four.scales(row, block)));
            case FourBit four -> four.scales(row, block);
            case EightBit eight -> Float.floatToFloat16(eight.scale(row, block));
            case InterleavedMatrix.Blocks blocks ->
                throw new IllegalStateException(blocks.format() + " keeps its bytes");
        };
    }
}
