package luthier.tensor;

import luthier.tensor.kernel.InterleavedMatrix;

/** The blocks of {@link BlockQuantized}: from numbers to codes, and from and to the bytes of files. Scales are d in the low and m in the high half of an int. */
final class BlockCodes {
    private static final int BLOCK = InterleavedMatrix.BLOCK;

    private BlockCodes() {}

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
        float d = switch (type) {
            case Q4_0 -> largest / -8;
            case Q4_1 -> (most - least) / 15;
            case Q8_0 -> Math.abs(largest) / 127;
        };
        float inverse = d == 0 ? 0 : 1 / d;
        for (int i = 0; i < BLOCK; i++) {
            float w = x[at + i];
            codes[i] = (byte)
                    switch (type) {
                        case Q4_0 -> Math.min(15, (int) (w * inverse + 8.5f));
                        case Q4_1 -> Math.min(15, (int) ((w - least) * inverse + 0.5f));
                        case Q8_0 -> Math.round(Math.abs(w * inverse)) * (int) Math.signum(w * inverse);
                    };
        }
        return scales(
                type, Float.floatToFloat16(d), type == BlockQuantized.Type.Q4_1 ? Float.floatToFloat16(least) : 0);
    }

    /** Returns d and m together; that of Q4_0 is -8 d, exactly. */
    private static int scales(BlockQuantized.Type type, short d, short m) {
        short least = type == BlockQuantized.Type.Q4_0 ? Float.floatToFloat16(-8 * Float.float16ToFloat(d)) : m;
        return d & 0xFFFF | least << 16;
    }

    /** Reads the codes of a block and returns its scales. */
    static int read(BlockQuantized.Type type, byte[] from, int at, byte[] codes) {
        int first = at + first(type);
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = type == BlockQuantized.Type.Q8_0
                    ? from[first + i]
                    : (byte) (from[first + i % (BLOCK / 2)] >> i / (BLOCK / 2) * 4 & 15);
        }
        return scales(type, half(from, at), type == BlockQuantized.Type.Q4_1 ? half(from, at + Short.BYTES) : 0);
    }

    /** Writes a block of a matrix. */
    static void write(BlockQuantized.Type type, InterleavedMatrix matrix, int row, int block, byte[] to, int at) {
        int scales = switch (matrix) {
            case InterleavedMatrix.FourBit four -> four.scales(row, block);
            case InterleavedMatrix.EightBit eight -> Float.floatToFloat16(eight.scale(row, block));
        };
        to[at] = (byte) scales;
        to[at + 1] = (byte) (scales >> 8);
        if (type == BlockQuantized.Type.Q4_1) {
            to[at + 2] = (byte) (scales >> 16);
            to[at + 3] = (byte) (scales >> 24);
        }
        int first = at + first(type);
        for (int i = 0; i < BLOCK; i++) {
            int code = matrix.code(row, block * BLOCK + i);
            if (type == BlockQuantized.Type.Q8_0) {
                to[first + i] = (byte) code;
            } else {
                to[first + i % (BLOCK / 2)] |= (byte) (code << i / (BLOCK / 2) * 4);
            }
        }
    }

    /** Where codes begin in a block. */
    private static int first(BlockQuantized.Type type) {
        return type == BlockQuantized.Type.Q4_1 ? 2 * Short.BYTES : Short.BYTES;
    }

    private static short half(byte[] from, int at) {
        return (short) (from[at] & 0xFF | from[at + 1] << 8);
    }
}
