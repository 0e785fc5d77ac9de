package luthier.tensor.kernel;

/**
 * Reads an {@link InterleavedMatrix} W: {@code y[i] = fma(x[p], w[i, p], y[i])} for p = 0, 1, .., the chains of {@link Gemm}, with W unpacked in
 * registers; and a part of W as numbers. {@link InterleavedScalar} is the definition, {@link InterleavedSimd} its twin.
 */
final class Interleaved {
    private static final boolean SIMD = Kernels.simd();
    /** Numbers of W in a task. */
    private static final int TASK = 1 << 17;

    private Interleaved() {}

    /** Adds W x to y, on all threads if that pays. */
    static void multiply(InterleavedMatrix w, float[] x, int xo, float[] y, int yo) {
        int superblocks = InterleavedMatrix.superblocks(w.rows());
        int each = Math.max(1, TASK / Math.max(1, w.columns() * InterleavedMatrix.ROWS));
        Parallel.run((superblocks + each - 1) / each, task -> {
            for (int i = task * each; i < Math.min(superblocks, (task + 1) * each); i++) {
                superblock(w, i, x, xo, y, yo + i * InterleavedMatrix.ROWS);
            }
        });
    }

    private static void superblock(InterleavedMatrix w, int number, float[] x, int xo, float[] y, int yo) {
        int rows = Math.min(InterleavedMatrix.ROWS, w.rows() - number * InterleavedMatrix.ROWS);
        if (rows == InterleavedMatrix.ROWS) {
            whole(w, number, x, xo, y, yo);
            return;
        }
        float[] chains = new float[InterleavedMatrix.ROWS];
        System.arraycopy(y, yo, chains, 0, rows);
        whole(w, number, x, xo, chains, 0);
        System.arraycopy(chains, 0, y, yo, rows);
    }

    private static void whole(InterleavedMatrix w, int number, float[] x, int xo, float[] y, int yo) {
        if (SIMD) {
            InterleavedSimd.multiply(w, number, x, xo, y, yo);
        } else {
            InterleavedScalar.multiply(w, number, x, xo, y, yo);
        }
    }

    /**
     * Unpacks a part of W column by column: {@code to[at + j step + i] = w[row + i, column + j]}. Up to a vector's numbers behind each column's may be
     * overwritten.
     */
    static void columns(InterleavedMatrix w, int row, int rows, int column, int columns, float[] to, int at, int step) {
        if (SIMD) {
            InterleavedSimd.columns(w, row, rows, column, columns, to, at, step);
        } else {
            InterleavedScalar.columns(w, row, rows, column, columns, to, at, step);
        }
    }
}
