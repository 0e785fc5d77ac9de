package luthier.tensor.kernel;

import static luthier.tensor.kernel.InterleavedMatrix.ROWS;
import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.INTS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import luthier.tensor.kernel.InterleavedMatrix.Blocks;

/**
 * {@link Interleaved} for {@link InterleavedMatrix.Blocks}: pieces of 32 columns are unpacked, a vector of rows at a time, by shifts of whole words, and then multiplied or handed
 * out. The bits of {@link BlockFormat#unpack}: every product is exact, so a multiply-add rounds as its two steps do.
 */
final class InterleavedBlocksSimd {
    /** Columns that are unpacked at a time. */
    private static final int PIECE = 32;

    private InterleavedBlocksSimd() {}

    static void multiply(Blocks w, int number, float[] x, int xo, float[] y, int yo) {
        float[] numbers = new float[PIECE * ROWS];
        float[] scales = new float[2 * WIDTH];
        int size = w.format().numbers();
        for (int p = 0; p < w.columns(); p += PIECE) {
            int from = w.at(number * ROWS, p / size);
            for (int lane = 0; lane < ROWS; lane += WIDTH) {
                unpack(w.format(), w.data(), from + lane, p % size / PIECE, scales, numbers, lane, ROWS);
            }
            for (int lane = 0; lane < ROWS; lane += 4 * WIDTH) {
                advance(x, xo + p, numbers, lane, y, yo + lane);
            }
        }
    }

    private static void advance(float[] x, int xo, float[] numbers, int lane, float[] y, int at) {
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int j = 0; j < PIECE; j++) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[xo + j]);
            int from = j * ROWS + lane;
            y0 = v.fma(FloatVector.fromArray(FLOATS, numbers, from), y0);
            y1 = v.fma(FloatVector.fromArray(FLOATS, numbers, from + WIDTH), y1);
            y2 = v.fma(FloatVector.fromArray(FLOATS, numbers, from + 2 * WIDTH), y2);
            y3 = v.fma(FloatVector.fromArray(FLOATS, numbers, from + 3 * WIDTH), y3);
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }

    /** Unpacks a vector of rows: {@code to[at + j step + i] = w[row + i, column + j]}. */
    static void columns(Blocks w, int row, int column, int columns, float[] to, int at, int step) {
        int size = w.format().numbers();
        float[] scales = new float[2 * WIDTH];
        float[] part = new float[0];
        for (int p = column / PIECE * PIECE; p < column + columns; p += PIECE) {
            int from = w.at(row, p / size);
            int piece = p % size / PIECE;
            if (p >= column && p + PIECE <= column + columns) {
                unpack(w.format(), w.data(), from, piece, scales, to, at + (p - column) * step, step);
                continue;
            }
            part = part.length == 0 ? new float[PIECE * WIDTH] : part;
            unpack(w.format(), w.data(), from, piece, scales, part, 0, WIDTH);
            for (int j = Math.max(p, column); j < Math.min(p + PIECE, column + columns); j++) {
                System.arraycopy(part, (j - p) * WIDTH, to, at + (j - column) * step, WIDTH);
            }
        }
    }

    private static void unpack(
            BlockFormat format, int[] w, int at, int piece, float[] scales, float[] to, int o, int step) {
        switch (format) {
            case Q5_0 -> five0(w, at, to, o, step);
            case Q5_1 -> five1(w, at, to, o, step);
            case Q2_K -> {
                scales2(w, at, 2 * piece, scales);
                two(w, at, piece, 0, scales, to, o, step);
                scales2(w, at, 2 * piece + 1, scales);
                two(w, at, piece, 4, scales, to, o, step);
            }
            case Q3_K -> {
                scales3(w, at, 2 * piece, scales);
                three(w, at, piece, 0, scales, to, o, step);
                scales3(w, at, 2 * piece + 1, scales);
                three(w, at, piece, 4, scales, to, o, step);
            }
            case Q4_K -> {
                scales4(w, at, piece, scales);
                four(w, at, piece, scales, to, o, step);
            }
            case Q5_K -> {
                scales4(w, at, piece, scales);
                five(w, at, piece, scales, to, o, step);
            }
            case Q6_K -> {
                scales6(w, at, 2 * piece, scales);
                six(w, at, piece, 0, scales, to, o, step);
                scales6(w, at, 2 * piece + 1, scales);
                six(w, at, piece, 4, scales, to, o, step);
            }
            case Q4_0, Q4_1, Q8_0 -> throw new IllegalStateException(format + " has an order of its own");
        }
    }

    // ---- words

    private static IntVector word(int[] w, int at, int number) {
        return IntVector.fromArray(INTS, w, at + number * ROWS);
    }

    /** Returns some bits of a word, those at a place. */
    private static IntVector bits(IntVector word, int shift, int mask) {
        return word.lanewise(VectorOperators.LSHR, shift).and(mask);
    }

    private static FloatVector number(IntVector code) {
        return (FloatVector) code.convert(VectorOperators.I2F, 0);
    }

    /** Writes the numbers of four columns, whose codes are the bytes of words: {@code (code - middle) scale}. */
    private static void put(IntVector codes, float middle, FloatVector scale, float[] to, int o, int step) {
        number(codes.and(255)).sub(middle).mul(scale).intoArray(to, o);
        number(bits(codes, 8, 255)).sub(middle).mul(scale).intoArray(to, o + step);
        number(bits(codes, 16, 255)).sub(middle).mul(scale).intoArray(to, o + 2 * step);
        number(codes.lanewise(VectorOperators.LSHR, 24)).sub(middle).mul(scale).intoArray(to, o + 3 * step);
    }

    /** Writes the numbers of four columns: {@code code scale - least}. */
    private static void put(IntVector codes, FloatVector scale, FloatVector least, float[] to, int o, int step) {
        number(codes.and(255)).mul(scale).sub(least).intoArray(to, o);
        number(bits(codes, 8, 255)).mul(scale).sub(least).intoArray(to, o + step);
        number(bits(codes, 16, 255)).mul(scale).sub(least).intoArray(to, o + 2 * step);
        number(codes.lanewise(VectorOperators.LSHR, 24)).mul(scale).sub(least).intoArray(to, o + 3 * step);
    }

    private static FloatVector scale(float[] scales) {
        return FloatVector.fromArray(FLOATS, scales, 0);
    }

    private static FloatVector least(float[] scales) {
        return FloatVector.fromArray(FLOATS, scales, WIDTH);
    }

    // ---- scales: methods of their own, for with the codes they exceed what the compiler inlines (0.98 ns a number
    // instead of 0.1)

    private static void scales2(int[] w, int at, int run, float[] to) {
        IntVector both = bits(word(w, at, run / 4), run % 4 * 8, 255);
        IntVector halves = word(w, at, 20);
        number(both.and(15)).mul(InterleavedSimd.low(halves)).intoArray(to, 0);
        number(bits(both, 4, 15)).mul(InterleavedSimd.half(halves)).intoArray(to, WIDTH);
    }

    private static void scales3(int[] w, int at, int run, float[] to) {
        IntVector low = bits(word(w, at, 24 + run % 8 / 4), run % 4 * 8 + run / 8 * 4, 15);
        IntVector high = bits(word(w, at, 26), run % 4 * 8 + run / 4 * 2, 3);
        IntVector signed = high.lanewise(VectorOperators.LSHL, 4).or(low).sub(32);
        number(signed).mul(InterleavedSimd.low(word(w, at, 27))).intoArray(to, 0);
    }

    private static void scales4(int[] w, int at, int run, float[] to) {
        IntVector halves = word(w, at, 0);
        IntVector s = bits(word(w, at, 1), run % 4 * 8, 255);
        IntVector t = bits(word(w, at, 2), run % 4 * 8, 255);
        if (run >= 4) {
            IntVector both = bits(word(w, at, 3), run % 4 * 8, 255);
            s = bits(s, 6, 3).lanewise(VectorOperators.LSHL, 4).or(both.and(15));
            t = bits(t, 6, 3).lanewise(VectorOperators.LSHL, 4).or(bits(both, 4, 15));
        }
        number(s.and(63)).mul(InterleavedSimd.low(halves)).intoArray(to, 0);
        number(t.and(63)).mul(InterleavedSimd.half(halves)).intoArray(to, WIDTH);
    }

    private static void scales6(int[] w, int at, int run, float[] to) {
        IntVector signed = word(w, at, 48 + run / 4)
                .lanewise(VectorOperators.LSHL, 24 - run % 4 * 8)
                .lanewise(VectorOperators.ASHR, 24);
        number(signed).mul(InterleavedSimd.low(word(w, at, 52))).intoArray(to, 0);
    }

    // ---- blocks of 32

    private static void five0(int[] w, int at, float[] to, int o, int step) {
        FloatVector d = InterleavedSimd.low(word(w, at, 0));
        IntVector fifth = word(w, at, 1);
        for (int j = 0; j < PIECE; j++) {
            IntVector low = bits(word(w, at, 2 + j % 16 / 4), j % 4 * 8 + j / 16 * 4, 15);
            IntVector code = bits(fifth, j, 1).lanewise(VectorOperators.LSHL, 4).or(low);
            number(code).sub(16).mul(d).intoArray(to, o + j * step);
        }
    }

    private static void five1(int[] w, int at, float[] to, int o, int step) {
        FloatVector d = InterleavedSimd.low(word(w, at, 0));
        FloatVector m = InterleavedSimd.half(word(w, at, 0));
        IntVector fifth = word(w, at, 1);
        for (int j = 0; j < PIECE; j++) {
            IntVector low = bits(word(w, at, 2 + j % 16 / 4), j % 4 * 8 + j / 16 * 4, 15);
            IntVector code = bits(fifth, j, 1).lanewise(VectorOperators.LSHL, 4).or(low);
            number(code).mul(d).add(m).intoArray(to, o + j * step);
        }
    }

    // ---- blocks of 256: words of four codes, of a piece or of half of one

    private static void two(int[] w, int at, int piece, int first, float[] scales, float[] to, int o, int step) {
        FloatVector scale = scale(scales);
        FloatVector least = least(scales);
        int codes = 4 + piece / 4 * 8;
        for (int j = first; j < first + 4; j++) {
            put(bits(word(w, at, codes + j), piece % 4 * 2, 0x03030303), scale, least, to, o + 4 * j * step, step);
        }
    }

    private static void three(int[] w, int at, int piece, int first, float[] scales, float[] to, int o, int step) {
        FloatVector scale = scale(scales);
        int codes = 8 + piece / 4 * 8;
        for (int j = first; j < first + 4; j++) {
            IntVector low = bits(word(w, at, codes + j), piece % 4 * 2, 0x03030303);
            IntVector third = bits(word(w, at, j), piece, 0x01010101).lanewise(VectorOperators.LSHL, 2);
            put(low.or(third), 4, scale, to, o + 4 * j * step, step);
        }
    }

    private static void four(int[] w, int at, int piece, float[] scales, float[] to, int o, int step) {
        FloatVector scale = scale(scales);
        FloatVector least = least(scales);
        int codes = 4 + piece / 2 * 8;
        for (int j = 0; j < PIECE / 4; j++) {
            put(bits(word(w, at, codes + j), piece % 2 * 4, 0x0F0F0F0F), scale, least, to, o + 4 * j * step, step);
        }
    }

    private static void five(int[] w, int at, int piece, float[] scales, float[] to, int o, int step) {
        FloatVector scale = scale(scales);
        FloatVector least = least(scales);
        int codes = 12 + piece / 2 * 8;
        for (int j = 0; j < PIECE / 4; j++) {
            IntVector low = bits(word(w, at, codes + j), piece % 2 * 4, 0x0F0F0F0F);
            IntVector fifth = bits(word(w, at, 4 + j), piece, 0x01010101).lanewise(VectorOperators.LSHL, 4);
            put(low.or(fifth), scale, least, to, o + 4 * j * step, step);
        }
    }

    private static void six(int[] w, int at, int piece, int first, float[] scales, float[] to, int o, int step) {
        FloatVector scale = scale(scales);
        int low = piece / 4 * 16 + piece % 2 * 8;
        int high = 32 + piece / 4 * 8;
        for (int j = first; j < first + 4; j++) {
            IntVector lower = bits(word(w, at, low + j), piece % 4 / 2 * 4, 0x0F0F0F0F);
            IntVector upper =
                    bits(word(w, at, high + j), piece % 4 * 2, 0x03030303).lanewise(VectorOperators.LSHL, 4);
            put(lower.or(upper), 32, scale, to, o + 4 * j * step, step);
        }
    }
}
