package luthier.tensor.kernel;

import static luthier.tensor.kernel.InterleavedMatrix.BLOCK;
import static luthier.tensor.kernel.InterleavedMatrix.ROWS;

import luthier.tensor.kernel.InterleavedMatrix.Blocks;
import luthier.tensor.kernel.InterleavedMatrix.EightBit;
import luthier.tensor.kernel.InterleavedMatrix.FourBit;

/** {@link Interleaved}, number by number: the definition. Inner loops run over the rows of a superblock, which the compiler turns into vector code. */
final class InterleavedScalar {
    private InterleavedScalar() {}

    static void columns(InterleavedMatrix w, int row, int rows, int column, int columns, float[] to, int at, int step) {
        if (w instanceof Blocks blocks) {
            for (int i = 0; i < rows; i++) {
                column(blocks, row + i, column, columns, to, at + i, step);
            }
            return;
        }
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                to[at + j * step + i] = w.number(row + i, column + j);
            }
        }
    }

    /** Unpacks a part of a row, block by block. */
    private static void column(Blocks w, int row, int column, int columns, float[] to, int at, int step) {
        int size = w.format().numbers();
        byte[] block = new byte[w.format().bytes()];
        float[] numbers = new float[size];
        for (int p = column; p < column + columns; p++) {
            if (p == column || p % size == 0) {
                w.block(row, p / size, block, 0);
                w.format().unpack(block, 0, numbers, 0);
            }
            to[at + (p - column) * step] = numbers[p % size];
        }
    }

    /** Adds a superblock's product to {@link InterleavedMatrix#ROWS} chains. */
    static void multiply(InterleavedMatrix w, int number, float[] x, int xo, float[] y, int yo) {
        float[] chains = new float[ROWS];
        System.arraycopy(y, yo, chains, 0, ROWS);
        switch (w) {
            case FourBit four -> multiply(four, four.at(number * ROWS, 0), x, xo, chains);
            case EightBit eight -> multiply(eight, number * ROWS * eight.columns(), x, xo, chains);
            case Blocks blocks -> multiply(blocks, number, x, xo, chains);
        }
        System.arraycopy(chains, 0, y, yo, ROWS);
    }

    private static void multiply(FourBit w, int from, float[] x, int xo, float[] chains) {
        float[] numbers = new float[ROWS];
        for (int p = 0; p < w.columns(); p++) {
            int block = from + p / BLOCK * FourBit.STEP;
            int codes = block + ROWS + p % BLOCK / 8 * ROWS;
            numbers(w, block, codes, 4 * (p % 8), numbers);
            advance(x[xo + p], numbers, chains);
        }
    }

    private static void numbers(FourBit w, int block, int codes, int shift, float[] numbers) {
        int[] data = w.data();
        float[] codebook = w.codebook();
        for (int i = 0; i < ROWS; i++) {
            int code = data[codes + i] >>> shift & 15;
            int scales = data[block + i];
            numbers[i] = codebook == null
                    ? Math.fma((float) code, FourBit.low(scales), FourBit.high(scales))
                    : codebook[code] * Float.intBitsToFloat(scales);
        }
    }

    private static void multiply(EightBit w, int from, float[] x, int xo, float[] chains) {
        float[] numbers = new float[ROWS];
        for (int p = 0; p < w.columns(); p++) {
            int scales = (from / w.run()) + p / w.run() * ROWS;
            for (int i = 0; i < ROWS; i++) {
                numbers[i] = w.codes()[from + p * ROWS + i] * w.scales()[scales + i];
            }
            advance(x[xo + p], numbers, chains);
        }
    }

    private static void multiply(Blocks w, int number, float[] x, int xo, float[] chains) {
        int size = w.format().numbers();
        float[] numbers = new float[size * ROWS];
        float[] column = new float[ROWS];
        for (int p = 0; p < w.columns(); p += size) {
            columns(w, number * ROWS, ROWS, p, size, numbers, 0, ROWS);
            for (int j = 0; j < size; j++) {
                System.arraycopy(numbers, j * ROWS, column, 0, ROWS);
                advance(x[xo + p + j], column, chains);
            }
        }
    }

    private static void advance(float x, float[] numbers, float[] chains) {
        for (int i = 0; i < ROWS; i++) {
            chains[i] = Math.fma(x, numbers[i], chains[i]);
        }
    }
}
