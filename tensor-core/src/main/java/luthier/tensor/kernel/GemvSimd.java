package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import luthier.tensor.kernel.Gemm.Matrix;

/**
 * {@link Gemm} with a single row: {@code y[j] = fma(x[p], b[p, j], y[j])} for p = 0, 1, .., bound by the reading of B. Lanes are
 * columns; where B's columns lie in memory one by one, squares of it are transposed in registers.
 */
final class GemvSimd {
    private static final int SIZE = GemmTransposeSimd.SIZE;
    /** Columns of one step where the columns are contiguous: two chains hide some of a chain's latency. */
    private static final int STRIP = 2 * SIZE;
    /** Columns of one step where the rows are contiguous. */
    private static final int WIDE = 8 * WIDTH;
    /** Inner numbers unpacked at once. */
    private static final int UNPACKED = 512;
    /** Numbers of B in a task. */
    private static final int TASK = 1 << 15;

    private GemvSimd() {}

    /** Adds to {@code y[yo ..]}, n numbers; x is contiguous. */
    static void multiply(int n, int k, float[] x, int xo, GemmSource b, float[] y, int yo) {
        boolean rowMajor = b instanceof GemmSource.Plain plain && plain.b().columnStride() == 1;
        int group = rowMajor ? WIDE : STRIP;
        int each = Math.max(1, TASK / Math.max(1, k * group)) * group;
        int tasks = (n + each - 1) / each;
        if ((long) n * k < 4L * TASK) {
            columns(0, n, k, x, xo, b, y, yo);
            return;
        }
        Parallel.run(tasks, task -> columns(task * each, Math.min(n, (task + 1) * each), k, x, xo, b, y, yo));
    }

    private static void columns(int start, int end, int k, float[] x, int xo, GemmSource b, float[] y, int yo) {
        switch (b) {
            case GemmSource.Plain plain -> {
                if (plain.b().columnStride() == 1) {
                    rowMajor(start, end, k, x, xo, plain.b(), y, yo);
                } else {
                    columnMajor(start, end, k, x, xo, plain.b(), y, yo);
                }
            }
            case GemmSource.Stored stored -> {
                if (stored.transposed()) {
                    transposed(start, end, k, x, xo, stored.b(), y, yo);
                } else {
                    panels(start, end, k, x, xo, stored, y, yo);
                }
            }
            case GemmSource.Patched patched -> panels(start, end, k, x, xo, patched, y, yo);
        }
    }

    private static void rowMajor(int start, int end, int k, float[] x, int xo, Matrix b, float[] y, int yo) {
        int j = start;
        for (; j <= end - WIDE; j += WIDE) {
            eight(k, x, xo, b.data(), b.offset() + j, b.rowStride(), y, yo + j);
        }
        for (; j <= end - WIDTH; j += WIDTH) {
            one(k, x, xo, b.data(), b.offset() + j, b.rowStride(), y, yo + j);
        }
        for (; j < end; j++) {
            y[yo + j] = chain(k, x, xo, b.data(), b.offset() + j, b.rowStride(), y[yo + j]);
        }
    }

    private static void eight(int k, float[] x, int xo, float[] b, int bo, int step, float[] y, int at) {
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        FloatVector y4 = FloatVector.fromArray(FLOATS, y, at + 4 * WIDTH);
        FloatVector y5 = FloatVector.fromArray(FLOATS, y, at + 5 * WIDTH);
        FloatVector y6 = FloatVector.fromArray(FLOATS, y, at + 6 * WIDTH);
        FloatVector y7 = FloatVector.fromArray(FLOATS, y, at + 7 * WIDTH);
        for (int p = 0; p < k; p++) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[xo + p]);
            int from = bo + p * step;
            y0 = v.fma(FloatVector.fromArray(FLOATS, b, from), y0);
            y1 = v.fma(FloatVector.fromArray(FLOATS, b, from + WIDTH), y1);
            y2 = v.fma(FloatVector.fromArray(FLOATS, b, from + 2 * WIDTH), y2);
            y3 = v.fma(FloatVector.fromArray(FLOATS, b, from + 3 * WIDTH), y3);
            y4 = v.fma(FloatVector.fromArray(FLOATS, b, from + 4 * WIDTH), y4);
            y5 = v.fma(FloatVector.fromArray(FLOATS, b, from + 5 * WIDTH), y5);
            y6 = v.fma(FloatVector.fromArray(FLOATS, b, from + 6 * WIDTH), y6);
            y7 = v.fma(FloatVector.fromArray(FLOATS, b, from + 7 * WIDTH), y7);
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
        y4.intoArray(y, at + 4 * WIDTH);
        y5.intoArray(y, at + 5 * WIDTH);
        y6.intoArray(y, at + 6 * WIDTH);
        y7.intoArray(y, at + 7 * WIDTH);
    }

    private static void one(int k, float[] x, int xo, float[] b, int bo, int step, float[] y, int at) {
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        for (int p = 0; p < k; p++) {
            y0 = FloatVector.broadcast(FLOATS, x[xo + p]).fma(FloatVector.fromArray(FLOATS, b, bo + p * step), y0);
        }
        y0.intoArray(y, at);
    }

    private static float chain(int k, float[] x, int xo, float[] b, int bo, int step, float start) {
        float chain = start;
        for (int p = 0; p < k; p++) {
            chain = Math.fma(x[xo + p], b[bo + p * step], chain);
        }
        return chain;
    }

    private static void columnMajor(int start, int end, int k, float[] x, int xo, Matrix b, float[] y, int yo) {
        float[] squares = new float[2 * SIZE * SIZE];
        float[] strip = new float[STRIP];
        boolean fast = b.rowStride() == 1 && WIDTH >= SIZE;
        for (int j = start; j < end; j += STRIP) {
            int columns = Math.min(STRIP, end - j);
            int from = b.offset() + j * b.columnStride();
            int whole = fast && columns > 1 ? k - k % SIZE : 0;
            if (whole > 0) {
                System.arraycopy(y, yo + j, strip, 0, columns);
                strip(columns, whole, x, xo, b.data(), from, b.columnStride(), strip, squares);
                System.arraycopy(strip, 0, y, yo + j, columns);
            }
            for (int i = 0; i < columns; i++) {
                int at = from + i * b.columnStride() + whole * b.rowStride();
                y[yo + j + i] = chain(k - whole, x, xo + whole, b.data(), at, b.rowStride(), y[yo + j + i]);
            }
        }
    }

    /** Advances up to {@link #STRIP} chains by k numbers, a multiple of {@link #SIZE}. */
    private static void strip(
            int columns, int k, float[] x, int xo, float[] b, int bo, int step, float[] y, float[] squares) {
        int low = Math.min(SIZE, columns);
        int high = columns - low;
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, 0);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, SIZE);
        for (int p = 0; p < k; p += SIZE) {
            GemmTransposeSimd.square(b, bo + p, step, low, squares, 0, SIZE);
            if (high > 0) {
                GemmTransposeSimd.square(b, bo + SIZE * step + p, step, high, squares, SIZE * SIZE, SIZE);
            }
            for (int i = 0; i < SIZE; i++) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[xo + p + i]);
                y0 = v.fma(FloatVector.fromArray(FLOATS, squares, i * SIZE), y0);
                y1 = v.fma(FloatVector.fromArray(FLOATS, squares, SIZE * SIZE + i * SIZE), y1);
            }
        }
        y0.intoArray(y, 0);
        y1.intoArray(y, SIZE);
    }

    private static void transposed(int start, int end, int k, float[] x, int xo, StoredMatrix b, float[] y, int yo) {
        float[] plain = new float[STRIP * UNPACKED];
        for (int j = start; j < end; j += STRIP) {
            int columns = Math.min(STRIP, end - j);
            for (int p = 0; p < k; p += UNPACKED) {
                int size = Math.min(UNPACKED, k - p);
                for (int i = 0; i < columns; i++) {
                    b.unpack(j + i, p, size, plain, i * UNPACKED);
                }
                columnMajor(0, columns, size, x, xo + p, new Matrix(plain, 0, 1, UNPACKED), y, yo + j);
            }
        }
    }

    private static void panels(int start, int end, int k, float[] x, int xo, GemmSource b, float[] y, int yo) {
        float[] panel = new float[STRIP * UNPACKED + GemmPackingSimd.PADDING];
        float[] scratch = new float[b.scratch(UNPACKED, STRIP)];
        for (int j = start; j < end; j += STRIP) {
            int columns = Math.min(STRIP, end - j);
            for (int p = 0; p < k; p += UNPACKED) {
                int size = Math.min(UNPACKED, k - p);
                b.pack(p, size, j, columns, panel, 0, STRIP, scratch);
                rowMajor(0, columns, size, x, xo + p, new Matrix(panel, 0, STRIP, 1), y, yo + j);
            }
        }
    }

    /** Computes a product whose C is one column, {@code ldc} apart: that of the transposed operands. */
    static void column(int m, int k, Matrix a, Matrix b, float[] c, int co, int ldc, boolean accumulate) {
        float[] y = new float[m];
        for (int i = 0; accumulate && i < m; i++) {
            y[i] = c[co + i * ldc];
        }
        multiply(m, k, Gemm.gather(b.transposed(), k), 0, new GemmSource.Plain(a.transposed()), y, 0);
        for (int i = 0; i < m; i++) {
            c[co + i * ldc] = y[i];
        }
    }

    /** Computes a product whose C is one row. */
    static void row(int n, int k, Matrix a, GemmSource b, float[] c, int co, boolean accumulate) {
        if (!accumulate) {
            Arrays.fill(c, co, co + n, 0f);
        }
        boolean contiguous = a.columnStride() == 1;
        multiply(n, k, contiguous ? a.data() : Gemm.gather(a, k), contiguous ? a.offset() : 0, b, c, co);
    }
}
