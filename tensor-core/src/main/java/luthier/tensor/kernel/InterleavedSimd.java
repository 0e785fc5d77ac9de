package luthier.tensor.kernel;

import static luthier.tensor.kernel.InterleavedMatrix.BLOCK;
import static luthier.tensor.kernel.InterleavedMatrix.ROWS;
import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.INTS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import luthier.tensor.kernel.InterleavedMatrix.Blocks;
import luthier.tensor.kernel.InterleavedMatrix.EightBit;
import luthier.tensor.kernel.InterleavedMatrix.FourBit;

/**
 * {@link Interleaved}, a vector of rows at a time. Four vectors' chains run side by side: they hide a multiply-add's latency, and six
 * with their scales would not fit the registers. Narrower vectors walk over a superblock several times.
 */
final class InterleavedSimd {
    /** Rows whose chains run side by side. */
    private static final int STRIP = 4 * WIDTH;
    /** The sign of a half-precision number that stands three bits below a float's, and where its other bits then lie. */
    private static final int HALF = 0x8FFFE000;
    /** What the exponents of a float and a half-precision number differ by. */
    private static final float REBIAS = 0x1p112f;

    private InterleavedSimd() {}

    static void multiply(InterleavedMatrix w, int number, float[] x, int xo, float[] y, int yo) {
        if (w instanceof EightBit && !UnpackingSimd.HAS_BYTES
                || w instanceof FourBit f && f.codebook() != null && WIDTH < 8) {
            InterleavedScalar.multiply(w, number, x, xo, y, yo);
            return;
        }
        if (w instanceof Blocks blocks) {
            InterleavedBlocksSimd.multiply(blocks, number, x, xo, y, yo);
            return;
        }
        for (int lane = 0; lane < ROWS; lane += STRIP) {
            switch (w) {
                case Blocks blocks -> throw new IllegalStateException(blocks.format() + " is multiplied elsewhere");
                case FourBit four -> {
                    int from = four.at(number * ROWS, 0) + lane;
                    float[] codebook = four.codebook();
                    if (codebook == null) {
                        affine(four.columns() / BLOCK, x, xo, four.data(), from, y, yo + lane);
                    } else {
                        coded(four.columns() / BLOCK, x, xo, four.data(), from, codebook, y, yo + lane);
                    }
                }
                case EightBit eight -> {
                    int from = number * ROWS * eight.columns();
                    int runs = eight.columns() / eight.run();
                    int scales = number * ROWS * runs + lane;
                    bytes(runs, eight.run(), x, xo, eight.codes(), from + lane, eight.scales(), scales, y, yo + lane);
                }
            }
        }
    }

    static FloatVector half(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 3)
                .and(HALF)
                .reinterpretAsFloats()
                .mul(REBIAS);
    }

    static FloatVector low(IntVector scales) {
        return half(scales.lanewise(VectorOperators.LSHL, 16));
    }

    private static FloatVector code(IntVector word, int shift) {
        return (FloatVector) word.lanewise(VectorOperators.LSHR, shift).and(15).convert(VectorOperators.I2F, 0);
    }

    /** Scales are unpacked by a method of their own: with the codes they exceed what the compiler inlines (13 ns a block instead of 0.8). */
    private static void affine(int blocks, float[] x, int xo, int[] w, int from, float[] y, int at) {
        float[] scales = new float[2 * STRIP];
        for (int block = 0; block < blocks; block++) {
            int place = from + block * FourBit.STEP;
            scales(w, place, scales);
            affine(x, xo + block * BLOCK, w, place + ROWS, scales, y, at);
        }
    }

    /** Writes the d of a strip of rows and then their m. */
    private static void scales(int[] w, int from, float[] to) {
        for (int lane = 0; lane < STRIP; lane += WIDTH) {
            IntVector scales = IntVector.fromArray(INTS, w, from + lane);
            low(scales).intoArray(to, lane);
            half(scales).intoArray(to, STRIP + lane);
        }
    }

    private static void affine(float[] x, int xo, int[] w, int from, float[] scales, float[] y, int at) {
        FloatVector d0 = FloatVector.fromArray(FLOATS, scales, 0);
        FloatVector d1 = FloatVector.fromArray(FLOATS, scales, WIDTH);
        FloatVector d2 = FloatVector.fromArray(FLOATS, scales, 2 * WIDTH);
        FloatVector d3 = FloatVector.fromArray(FLOATS, scales, 3 * WIDTH);
        FloatVector m0 = FloatVector.fromArray(FLOATS, scales, STRIP);
        FloatVector m1 = FloatVector.fromArray(FLOATS, scales, STRIP + WIDTH);
        FloatVector m2 = FloatVector.fromArray(FLOATS, scales, STRIP + 2 * WIDTH);
        FloatVector m3 = FloatVector.fromArray(FLOATS, scales, STRIP + 3 * WIDTH);
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int j = 0; j < BLOCK / 8; j++) {
            int words = from + j * ROWS;
            IntVector v0 = IntVector.fromArray(INTS, w, words);
            IntVector v1 = IntVector.fromArray(INTS, w, words + WIDTH);
            IntVector v2 = IntVector.fromArray(INTS, w, words + 2 * WIDTH);
            IntVector v3 = IntVector.fromArray(INTS, w, words + 3 * WIDTH);
            for (int i = 0; i < 8; i++) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[xo + 8 * j + i]);
                y0 = v.fma(code(v0, 4 * i).fma(d0, m0), y0);
                y1 = v.fma(code(v1, 4 * i).fma(d1, m1), y1);
                y2 = v.fma(code(v2, 4 * i).fma(d2, m2), y2);
                y3 = v.fma(code(v3, 4 * i).fma(d3, m3), y3);
            }
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }

    private static void coded(int blocks, float[] x, int xo, int[] w, int from, float[] codebook, float[] y, int at) {
        FloatVector low = FloatVector.fromArray(FLOATS, codebook, 0);
        FloatVector high = FloatVector.fromArray(FLOATS, codebook, 16 - WIDTH);
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int block = 0; block < blocks; block++) {
            int place = from + block * FourBit.STEP;
            FloatVector s0 = scale(w, place);
            FloatVector s1 = scale(w, place + WIDTH);
            FloatVector s2 = scale(w, place + 2 * WIDTH);
            FloatVector s3 = scale(w, place + 3 * WIDTH);
            for (int j = 0; j < BLOCK / 8; j++) {
                int words = place + ROWS + j * ROWS;
                IntVector v0 = IntVector.fromArray(INTS, w, words);
                IntVector v1 = IntVector.fromArray(INTS, w, words + WIDTH);
                IntVector v2 = IntVector.fromArray(INTS, w, words + 2 * WIDTH);
                IntVector v3 = IntVector.fromArray(INTS, w, words + 3 * WIDTH);
                int p = xo + block * BLOCK + j * 8;
                for (int i = 0; i < 8; i++) {
                    FloatVector v = FloatVector.broadcast(FLOATS, x[p + i]);
                    y0 = v.fma(entry(v0, 4 * i, low, high).mul(s0), y0);
                    y1 = v.fma(entry(v1, 4 * i, low, high).mul(s1), y1);
                    y2 = v.fma(entry(v2, 4 * i, low, high).mul(s2), y2);
                    y3 = v.fma(entry(v3, 4 * i, low, high).mul(s3), y3);
                }
            }
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }

    private static FloatVector scale(int[] w, int at) {
        return IntVector.fromArray(INTS, w, at).reinterpretAsFloats();
    }

    /** Returns the codebook's numbers for the codes at a place of the words. */
    private static FloatVector entry(IntVector word, int shift, FloatVector low, FloatVector high) {
        IntVector codes = word.lanewise(VectorOperators.LSHR, shift).and(15);
        IntVector picked = WIDTH == 16
                ? codes.selectFrom(low.reinterpretAsInts())
                : codes.selectFrom(low.reinterpretAsInts(), high.reinterpretAsInts());
        return picked.reinterpretAsFloats();
    }

    private static void bytes(
            int runs, int run, float[] x, int xo, byte[] w, int from, float[] scales, int so, float[] y, int at) {
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int r = 0; r < runs; r++) {
            FloatVector s0 = FloatVector.fromArray(FLOATS, scales, so + r * ROWS);
            FloatVector s1 = FloatVector.fromArray(FLOATS, scales, so + r * ROWS + WIDTH);
            FloatVector s2 = FloatVector.fromArray(FLOATS, scales, so + r * ROWS + 2 * WIDTH);
            FloatVector s3 = FloatVector.fromArray(FLOATS, scales, so + r * ROWS + 3 * WIDTH);
            for (int p = r * run; p < (r + 1) * run; p++) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[xo + p]);
                int place = from + p * ROWS;
                y0 = v.fma(UnpackingSimd.codes(w, place).mul(s0), y0);
                y1 = v.fma(UnpackingSimd.codes(w, place + WIDTH).mul(s1), y1);
                y2 = v.fma(UnpackingSimd.codes(w, place + 2 * WIDTH).mul(s2), y2);
                y3 = v.fma(UnpackingSimd.codes(w, place + 3 * WIDTH).mul(s3), y3);
            }
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }

    static void columns(InterleavedMatrix w, int row, int rows, int column, int columns, float[] to, int at, int step) {
        boolean bytes = w instanceof EightBit;
        if (row % WIDTH != 0 || bytes && !UnpackingSimd.HAS_BYTES || WIDTH < 8) {
            InterleavedScalar.columns(w, row, rows, column, columns, to, at, step);
            return;
        }
        for (int i = 0; i < rows; i += WIDTH) {
            switch (w) {
                case FourBit four -> fourBit(four, row + i, column, columns, to, at + i, step);
                case EightBit eight -> eightBit(eight, row + i, column, columns, to, at + i, step);
                case Blocks blocks -> InterleavedBlocksSimd.columns(blocks, row + i, column, columns, to, at + i, step);
            }
        }
    }

    private static void fourBit(FourBit w, int row, int column, int columns, float[] to, int at, int step) {
        int end = column + columns;
        float[] codebook = w.codebook();
        for (int p = column; p < end; ) {
            int place = w.at(row, p / BLOCK);
            int stop = Math.min(end, (p / BLOCK + 1) * BLOCK);
            int target = at + (p - column) * step;
            if (codebook == null) {
                affine(w.data(), place, p % BLOCK, stop - p, to, target, step);
            } else {
                coded(w.data(), place, p % BLOCK, stop - p, codebook, to, target, step);
            }
            p = stop;
        }
    }

    private static void affine(int[] w, int place, int first, int count, float[] to, int at, int step) {
        IntVector scales = IntVector.fromArray(INTS, w, place);
        FloatVector d = low(scales);
        FloatVector m = half(scales);
        for (int p = 0; p < count; p++) {
            int column = first + p;
            IntVector word = IntVector.fromArray(INTS, w, place + ROWS + column / 8 * ROWS);
            code(word, 4 * (column % 8)).fma(d, m).intoArray(to, at + p * step);
        }
    }

    private static void coded(
            int[] w, int place, int first, int count, float[] codebook, float[] to, int at, int step) {
        FloatVector low = FloatVector.fromArray(FLOATS, codebook, 0);
        FloatVector high = FloatVector.fromArray(FLOATS, codebook, 16 - WIDTH);
        FloatVector scale = scale(w, place);
        for (int p = 0; p < count; p++) {
            int column = first + p;
            IntVector word = IntVector.fromArray(INTS, w, place + ROWS + column / 8 * ROWS);
            entry(word, 4 * (column % 8), low, high).mul(scale).intoArray(to, at + p * step);
        }
    }

    private static void eightBit(EightBit w, int row, int column, int columns, float[] to, int at, int step) {
        int end = column + columns;
        int lane = row % ROWS;
        int from = row / ROWS * w.columns() * ROWS + lane;
        for (int p = column; p < end; ) {
            int number = p / w.run();
            int stop = Math.min(end, (number + 1) * w.run());
            FloatVector scale = FloatVector.fromArray(
                    FLOATS, w.scales(), (row / ROWS * (w.columns() / w.run()) + number) * ROWS + lane);
            for (; p < stop; p++) {
                UnpackingSimd.codes(w.codes(), from + p * ROWS).mul(scale).intoArray(to, at + (p - column) * step);
            }
        }
    }
}
