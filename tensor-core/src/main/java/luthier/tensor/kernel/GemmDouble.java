package luthier.tensor.kernel;

/**
 * C += A B in double precision, each element one chain of fused multiply-adds in the order of k. Blocks of B are copied to rows of
 * their own, since loops over whole arrays are those that the compiler turns into vector code.
 */
public final class GemmDouble {
    private static final int ROWS = 16;
    private static final int COLUMNS = 512;
    private static final int INNER = 64;
    /** Below this many multiply-adds a product stays on the calling thread. */
    private static final long PARALLEL_WORK = 1 << 18;

    private GemmDouble() {}

    /** A view of a matrix: element (i, j) lies at {@code offset + i rowStride + j columnStride}. */
    public record Matrix(double[] data, int offset, int rowStride, int columnStride) {}

    /** Adds an m x n product of inner size k to the contiguous rows of C, n apart. */
    public static void multiply(int m, int n, int k, Matrix a, Matrix b, double[] c, int co) {
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            for (int p = 0; p < k; p += INNER) {
                int size = Math.min(INNER, k - p);
                double[][] rows = rows(b, p, size, j, columns);
                int first = p;
                int at = co + j;
                int blocks = (m + ROWS - 1) / ROWS;
                if ((long) m * size * columns < PARALLEL_WORK) {
                    for (int block = 0; block < blocks; block++) {
                        block(block, m, n, a, first, rows, c, at, columns);
                    }
                } else {
                    Parallel.run(blocks, block -> block(block, m, n, a, first, rows, c, at, columns));
                }
            }
        }
    }

    private static double[][] rows(Matrix b, int p, int size, int column, int columns) {
        double[][] rows = new double[size][columns];
        for (int i = 0; i < size; i++) {
            int from = b.offset + (p + i) * b.rowStride + column * b.columnStride;
            for (int j = 0; j < columns; j++) {
                rows[i][j] = b.data[from + j * b.columnStride];
            }
        }
        return rows;
    }

    private static void block(
            int block, int m, int n, Matrix a, int p, double[][] rows, double[] c, int co, int columns) {
        double[] chains = new double[columns];
        int end = Math.min(m, (block + 1) * ROWS);
        for (int i = block * ROWS; i < end; i++) {
            System.arraycopy(c, co + i * n, chains, 0, columns);
            advance(a.data, a.offset + i * a.rowStride + p * a.columnStride, a.columnStride, rows, chains);
            System.arraycopy(chains, 0, c, co + i * n, columns);
        }
    }

    private static void advance(double[] a, int ao, int step, double[][] rows, double[] chains) {
        int p = 0;
        for (; p <= rows.length - 4; p += 4) {
            int at = ao + p * step;
            four(
                    a[at],
                    a[at + step],
                    a[at + 2 * step],
                    a[at + 3 * step],
                    rows[p],
                    rows[p + 1],
                    rows[p + 2],
                    rows[p + 3],
                    chains);
        }
        for (; p < rows.length; p++) {
            one(a[ao + p * step], rows[p], chains);
        }
    }

    private static void one(double x, double[] b, double[] chains) {
        for (int j = 0; j < chains.length; j++) {
            chains[j] = Math.fma(x, b[j], chains[j]);
        }
    }

    private static void four(
            double x0,
            double x1,
            double x2,
            double x3,
            double[] b0,
            double[] b1,
            double[] b2,
            double[] b3,
            double[] chains) {
        for (int j = 0; j < chains.length; j++) {
            double chain = Math.fma(x0, b0[j], chains[j]);
            chain = Math.fma(x1, b1[j], chain);
            chain = Math.fma(x2, b2[j], chain);
            chains[j] = Math.fma(x3, b3[j], chain);
        }
    }
}
