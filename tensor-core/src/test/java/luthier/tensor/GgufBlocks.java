package luthier.tensor;

import java.util.Random;

/** Matrices of blocks, written bit by bit as ggml's ggml-quants.c reads them: for types that are only read here. */
final class GgufBlocks {
    private final Random random;
    private final byte[] block;
    private final double[] numbers = new double[256];

    private GgufBlocks(BlockQuantized.Type type, Random random) {
        this.random = random;
        block = new byte[type.blockBytes()];
    }

    /** Returns a matrix with random codes and scales. */
    static BlockQuantized random(BlockQuantized.Type type, int rows, int columns, long seed) {
        Random random = new Random(seed);
        byte[] all = new byte[rows * columns / 256 * type.blockBytes()];
        for (int at = 0; at < all.length; at += type.blockBytes()) {
            GgufBlocks one = one(type, random);
            System.arraycopy(one.block, 0, all, at, one.block.length);
        }
        return BlockQuantized.ofBlocks(type, Shape.of(rows, columns), all);
    }

    /** Returns a block with random codes and scales, and what its numbers must be. */
    static GgufBlocks one(BlockQuantized.Type type, Random random) {
        GgufBlocks one = new GgufBlocks(type, random);
        switch (type) {
            case Q2_K -> one.q2();
            case Q3_K -> one.q3();
            case Q4_K -> one.q4();
            case Q5_K -> one.q5();
            case Q6_K -> one.q6();
            default -> throw new IllegalArgumentException(type + " is made by BlockQuantized.of");
        }
        return one;
    }

    byte[] block() {
        return block;
    }

    /** Returns a number, before it is rounded to F32. */
    double number(int index) {
        return numbers[index];
    }

    private float half(int at) {
        short bits = Float.floatToFloat16((random.nextFloat() - 0.3f) / 16);
        block[at] = (byte) bits;
        block[at + 1] = (byte) (bits >> 8);
        return Float.float16ToFloat(bits);
    }

    private void put(int at, int bits, int shift) {
        block[at] |= (byte) (bits << shift);
    }

    private void q2() {
        float d = half(80);
        float m = half(82);
        int[] scales = new int[16];
        for (int i = 0; i < 16; i++) {
            scales[i] = random.nextInt(256);
            put(i, scales[i], 0);
        }
        for (int i = 0; i < 256; i++) {
            int code = random.nextInt(4);
            put(16 + i / 128 * 32 + i % 32, code, i % 128 / 32 * 2);
            numbers[i] = (double) code * (scales[i / 16] & 15) * d - (double) (scales[i / 16] >> 4) * m;
        }
    }

    private void q3() {
        float d = half(108);
        int[] scales = new int[16];
        for (int i = 0; i < 16; i++) {
            scales[i] = random.nextInt(64);
            put(96 + i % 8, scales[i] & 15, i / 8 * 4);
            put(104 + i % 4, scales[i] >> 4, i / 4 * 2);
        }
        for (int i = 0; i < 256; i++) {
            int code = random.nextInt(8);
            put(32 + i / 128 * 32 + i % 32, code & 3, i % 128 / 32 * 2);
            put(i % 32, code >> 2, i / 32);
            numbers[i] = (double) (code - 4) * (scales[i / 16] - 32) * d;
        }
    }

    /** Writes s and t of eight runs. */
    private void six(int at, int[] s, int[] t) {
        for (int i = 0; i < 8; i++) {
            s[i] = random.nextInt(64);
            t[i] = random.nextInt(64);
            if (i < 4) {
                put(at + i, s[i], 0);
                put(at + 4 + i, t[i], 0);
            } else {
                put(at + 4 + i, s[i] & 15, 0);
                put(at + 4 + i, t[i] & 15, 4);
                put(at + i - 4, s[i] >> 4, 6);
                put(at + i, t[i] >> 4, 6);
            }
        }
    }

    private void q4() {
        float d = half(0);
        float m = half(2);
        int[] s = new int[8];
        int[] t = new int[8];
        six(4, s, t);
        for (int i = 0; i < 256; i++) {
            int code = random.nextInt(16);
            put(16 + i / 64 * 32 + i % 32, code, i % 64 / 32 * 4);
            numbers[i] = (double) code * s[i / 32] * d - (double) t[i / 32] * m;
        }
    }

    private void q5() {
        float d = half(0);
        float m = half(2);
        int[] s = new int[8];
        int[] t = new int[8];
        six(4, s, t);
        for (int i = 0; i < 256; i++) {
            int code = random.nextInt(32);
            put(48 + i / 64 * 32 + i % 32, code & 15, i % 64 / 32 * 4);
            put(16 + i % 32, code >> 4, i / 32);
            numbers[i] = (double) code * s[i / 32] * d - (double) t[i / 32] * m;
        }
    }

    private void q6() {
        float d = half(208);
        int[] s = new int[16];
        for (int i = 0; i < 16; i++) {
            s[i] = random.nextInt(-128, 128);
            put(192 + i, s[i], 0);
        }
        for (int i = 0; i < 256; i++) {
            int code = random.nextInt(64);
            put(i / 128 * 64 + i % 64, code & 15, i % 128 / 64 * 4);
            put(128 + i / 128 * 32 + i % 32, code >> 4, i % 128 / 32 * 2);
            numbers[i] = (double) (code - 32) * s[i / 16] * d;
        }
    }
}
