package luthier.tensor.kernel;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;

/**
 * {@link Gemm} by packed panels: B in panels of two vectors' width and A in panels of {@link GemmTileSimd#ROWS} rows, both ordered by
 * k, so that the inner loop of {@link GemmTileSimd} reads memory front to back. The structure is that of Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication".
 */
final class GemmSimd {
    private static final int ROWS = GemmTileSimd.ROWS;
    private static final int COLUMNS = GemmTileSimd.COLUMNS;
    /** Inner sizes are cut into even blocks of at most this, so that a panel of B stays in the first-level cache. */
    private static final int MAX_K = 256;
    /** Rows and columns packed at once. */
    private static final int MAX_M = 4080;

    private static final int MAX_N = 2048;
    /** Panels of A and B in one task. */
    private static final int TASK_ROW_PANELS = 4;

    private static final int TASK_COLUMN_PANELS = 8;
    private static final int PACK_PANELS = 4;
    /** Below this many multiply-adds a product stays on the calling thread. */
    private static final long PARALLEL_WORK = 1 << 20;

    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    private GemmSimd() {}

    private static final class Buffers {
        private float[] a = {};
        private float[] b = {};

        float[] a(int length) {
            if (a.length < length) {
                a = new float[length];
            }
            return a;
        }

        float[] b(int length) {
            if (b.length < length) {
                b = new float[length];
            }
            return b;
        }
    }

    static void multiply(int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc, boolean accumulate) {
        if (k == 0 && !accumulate) {
            for (int i = 0; i < m; i++) {
                Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
            }
        }
        if (m == 0 || n == 0 || k == 0) {
            return;
        }
        boolean parallel = (long) m * n * k >= PARALLEL_WORK;
        int blockK = evenBlock(k, MAX_K);
        int blockM = Math.min(m, MAX_M);
        int blockN = Math.min(n, MAX_N);
        Buffers buffers = BUFFERS.get();
        float[] packedA = buffers.a(panels(blockM, ROWS) * ROWS * blockK);
        float[] packedB = buffers.b(panels(blockN, COLUMNS) * COLUMNS * blockK);
        for (int j = 0; j < n; j += blockN) {
            int nj = Math.min(blockN, n - j);
            for (int p = 0; p < k; p += blockK) {
                int kp = Math.min(blockK, k - p);
                boolean chained = accumulate || p > 0;
                for (int i = 0; i < m; i += blockM) {
                    Block block = new Block(Math.min(blockM, m - i), nj, kp, packedA, packedB);
                    Matrix blockA = at(a, i, p);
                    Matrix blockB = at(b, p, j);
                    if (parallel) {
                        block.packParallel(blockA, blockB, i == 0);
                        block.multiplyParallel(c, co + i * ldc + j, ldc, chained);
                    } else {
                        block.packSerial(blockA, blockB, i == 0);
                        block.multiplySerial(c, co + i * ldc + j, ldc, chained);
                    }
                }
            }
        }
    }

    private static Matrix at(Matrix x, int i, int j) {
        return new Matrix(
                x.data(), x.offset() + i * x.rowStride() + j * x.columnStride(), x.rowStride(), x.columnStride());
    }

    private static int panels(int size, int panel) {
        return (size + panel - 1) / panel;
    }

    private static int evenBlock(int size, int max) {
        int blocks = (size + max - 1) / max;
        int even = (size + blocks - 1) / blocks;
        return Math.min(max, (even + 15) / 16 * 16);
    }

    /** One m x n x k part of the product whose operands fit the buffers. */
    private record Block(int m, int n, int k, float[] packedA, float[] packedB) {
        void packSerial(Matrix a, Matrix b, boolean withB) {
            for (int panel = 0; panel < panels(m, ROWS); panel++) {
                packA(a, panel);
            }
            for (int panel = 0; withB && panel < panels(n, COLUMNS); panel++) {
                packB(b, panel);
            }
        }

        void packParallel(Matrix a, Matrix b, boolean withB) {
            int chunksA = panels(panels(m, ROWS), PACK_PANELS);
            int chunksB = withB ? panels(panels(n, COLUMNS), PACK_PANELS) : 0;
            Parallel.run(chunksA + chunksB, chunk -> {
                if (chunk < chunksB) {
                    int end = Math.min(panels(n, COLUMNS), (chunk + 1) * PACK_PANELS);
                    for (int panel = chunk * PACK_PANELS; panel < end; panel++) {
                        packB(b, panel);
                    }
                } else {
                    int first = (chunk - chunksB) * PACK_PANELS;
                    int end = Math.min(panels(m, ROWS), first + PACK_PANELS);
                    for (int panel = first; panel < end; panel++) {
                        packA(a, panel);
                    }
                }
            });
        }

        private void packA(Matrix a, int panel) {
            GemmPacking.pack(
                    at(a, panel * ROWS, 0), Math.min(ROWS, m - panel * ROWS), k, packedA, panel * ROWS * k, ROWS);
        }

        private void packB(Matrix b, int panel) {
            GemmPacking.pack(
                    at(b, 0, panel * COLUMNS).transposed(),
                    Math.min(COLUMNS, n - panel * COLUMNS),
                    k,
                    packedB,
                    panel * COLUMNS * k,
                    COLUMNS);
        }

        void multiplySerial(float[] c, int co, int ldc, boolean chained) {
            multiplyPanels(0, panels(m, ROWS), 0, panels(n, COLUMNS), c, co, ldc, chained);
        }

        void multiplyParallel(float[] c, int co, int ldc, boolean chained) {
            int rowPanels = panels(m, ROWS);
            int columnPanels = panels(n, COLUMNS);
            int rowTasks = panels(rowPanels, TASK_ROW_PANELS);
            int columnTasks = panels(columnPanels, TASK_COLUMN_PANELS);
            Parallel.run(rowTasks * columnTasks, task -> {
                int row = task % rowTasks * TASK_ROW_PANELS;
                int column = task / rowTasks * TASK_COLUMN_PANELS;
                int rowEnd = Math.min(rowPanels, row + TASK_ROW_PANELS);
                int columnEnd = Math.min(columnPanels, column + TASK_COLUMN_PANELS);
                multiplyPanels(row, rowEnd, column, columnEnd, c, co, ldc, chained);
            });
        }

        private void multiplyPanels(
                int row, int rowEnd, int column, int columnEnd, float[] c, int co, int ldc, boolean chained) {
            float[] edge = {};
            for (int q = column; q < columnEnd; q++) {
                int columns = Math.min(COLUMNS, n - q * COLUMNS);
                for (int p = row; p < rowEnd; p++) {
                    int rows = Math.min(ROWS, m - p * ROWS);
                    int at = co + p * ROWS * ldc + q * COLUMNS;
                    if (rows == ROWS && columns == COLUMNS) {
                        GemmTileSimd.multiply(
                                ROWS, packedA, p * ROWS * k, packedB, q * COLUMNS * k, k, c, at, ldc, chained);
                        continue;
                    }
                    if (edge.length == 0) {
                        edge = new float[ROWS * COLUMNS];
                    }
                    copy(rows, columns, c, at, ldc, edge, 0, COLUMNS);
                    GemmTileSimd.multiply(
                            rows, packedA, p * ROWS * k, packedB, q * COLUMNS * k, k, edge, 0, COLUMNS, chained);
                    copy(rows, columns, edge, 0, COLUMNS, c, at, ldc);
                }
            }
        }

        private static void copy(
                int rows, int columns, float[] from, int fromAt, int fromLd, float[] to, int toAt, int toLd) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(from, fromAt + i * fromLd, to, toAt + i * toLd, columns);
            }
        }
    }
}
