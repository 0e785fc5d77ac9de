package luthier.tensor.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import luthier.tensor.kernel.Gemm.Matrix;

/**
 * {@link Gemm} by packed panels: B in panels of two vectors' width and A in panels of {@link GemmTileSimd#ROWS} rows, both ordered by
 * k, so that the inner loop of {@link GemmTileSimd} reads memory front to back. The structure is that of Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"; small products leave A where it lies.
 *
 * <p>A large product is a list of units, first packing and then multiplying for every block of k, that threads claim in order. A
 * unit waits for those it builds on, which were claimed before it; packing runs one block ahead, so there is next to nothing to
 * wait for and the threads meet only at the end.
 */
final class GemmSimd {
    private static final int ROWS = GemmTileSimd.ROWS;
    private static final int COLUMNS = GemmTileSimd.COLUMNS;
    /** Inner sizes are cut into even blocks of at most this: a panel of B then comes from the first two caches. */
    private static final int MAX_K = 384;
    /** Numbers of A or B that are packed at once: 8 MiB. */
    private static final int MAX_PACKED = 1 << 21;

    private static final int MAX_PACKED_K = 4 * MAX_K;
    /** Panels of A and B in one unit of packing; panels of B (times one of A) in one of multiplying. */
    private static final int PACK_PANELS = 4;

    private static final int UNIT_PANELS = 8;
    private static final int UNIT_ROWS = 1;
    /** Up to this many columns a panel of A is not used often enough to pay for packing it. */
    private static final int NARROW = 160;
    /** Below this many multiply-adds a product stays on the calling thread. */
    private static final long PARALLEL_WORK = 1 << 20;

    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    private GemmSimd() {}

    private static final class Buffers {
        private final float[] edge = new float[ROWS * COLUMNS];
        private float[] a = {};
        private float[] b = {};
        private float[] strip = {};

        float[] a(int length) {
            if (a.length < length) {
                a = new float[length];
            }
            return a;
        }

        float[] strip(int length) {
            if (strip.length < length) {
                strip = new float[length];
            }
            return strip;
        }

        float[] b(int length) {
            if (b.length < length) {
                b = new float[length];
            }
            return b;
        }
    }

    static void multiply(int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc, boolean accumulate) {
        if (n == 1 && m > 1) {
            GemvSimd.column(m, k, a, b, c, co, ldc, accumulate);
        } else {
            multiply(m, n, k, a, new GemmSource.Plain(b), c, co, ldc, accumulate);
        }
    }

    static void multiply(int m, int n, int k, Matrix a, GemmSource b, float[] c, int co, int ldc, boolean accumulate) {
        if (k == 0 && !accumulate) {
            for (int i = 0; i < m; i++) {
                Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
            }
        }
        if (m == 0 || n == 0 || k == 0) {
            return;
        }
        if (m == 1) {
            GemvSimd.row(n, k, a, b, c, co, accumulate);
            return;
        }
        int packedK = Math.min(k, MAX_PACKED_K);
        int blockK = evenBlock(packedK, MAX_K);
        int blockM = Math.min(m, panelsOf(ROWS, packedK) * ROWS);
        int blockN = Math.min(n, panelsOf(COLUMNS, packedK) * COLUMNS);
        Buffers buffers = BUFFERS.get();
        boolean inPlace = n <= NARROW && a.columnStride() == 1;
        float[] packedA =
                inPlace ? a.data() : buffers.a(panels(blockM, ROWS) * panels(packedK, blockK) * panelA(blockK));
        float[] packedB = buffers.b(panels(blockN, COLUMNS) * COLUMNS * packedK);
        for (int j = 0; j < n; j += blockN) {
            int nj = Math.min(blockN, n - j);
            for (int p = 0; p < k; p += packedK) {
                int kp = Math.min(packedK, k - p);
                for (int i = 0; i < m; i += blockM) {
                    int mi = Math.min(blockM, m - i);
                    Block block = new Block(
                            mi,
                            nj,
                            kp,
                            blockK,
                            a.at(i, p),
                            b,
                            p,
                            j,
                            packedA,
                            inPlace,
                            packedB,
                            i == 0,
                            new Target(c, co + i * ldc + j, ldc, accumulate || p > 0));
                    if ((long) m * n * k >= PARALLEL_WORK && Parallel.threads() > 1) {
                        block.runParallel();
                    } else {
                        block.runSerial();
                    }
                }
            }
        }
    }

    private static int panelsOf(int width, int k) {
        return Math.max(1, MAX_PACKED / (width * k));
    }

    private static int panels(int size, int panel) {
        return (size + panel - 1) / panel;
    }

    private static int evenBlock(int size, int max) {
        int blocks = (size + max - 1) / max;
        int even = (size + blocks - 1) / blocks;
        return Math.min(max, (even + 15) / 16 * 16);
    }

    /** Returns the length of a panel of A and what packing may write behind it. */
    private static int panelA(int k) {
        return ROWS * k + GemmPackingSimd.PADDING;
    }

    private record Target(float[] c, int co, int ldc, boolean chained) {}

    /** One m x n x k part of the product whose operands fit the buffers. */
    private record Block(
            int m,
            int n,
            int k,
            int blockK,
            Matrix a,
            GemmSource b,
            int firstK,
            int firstColumn,
            float[] packedA,
            boolean inPlace,
            float[] packedB,
            boolean withB,
            Target target) {
        void runSerial() {
            for (int p = 0; p < k; p += blockK) {
                int size = Math.min(blockK, k - p);
                packA(p, size, 0, panels(m, ROWS));
                packB(p, size, 0, panels(n, COLUMNS));
                multiply(p, size, 0, panels(m, ROWS), 0, panels(n, COLUMNS));
            }
        }

        void runParallel() {
            new Units(this).run();
        }

        void packA(int p, int size, int first, int end) {
            for (int panel = first; !inPlace && panel < end; panel++) {
                GemmPackingSimd.pack(
                        a.at(panel * ROWS, p),
                        Math.min(ROWS, m - panel * ROWS),
                        size,
                        packedA,
                        panelA(p, size, panel),
                        ROWS);
            }
        }

        private int panelA(int p, int size, int panel) {
            return panels(m, ROWS) * (p / blockK) * GemmSimd.panelA(blockK) + panel * GemmSimd.panelA(size);
        }

        void packB(int p, int size, int first, int end) {
            float[] scratch = BUFFERS.get().strip(b.scratch(size, COLUMNS));
            for (int panel = first; withB && panel < end; panel++) {
                b.pack(
                        firstK + p,
                        size,
                        firstColumn + panel * COLUMNS,
                        Math.min(COLUMNS, n - panel * COLUMNS),
                        packedB,
                        panels(n, COLUMNS) * COLUMNS * p + panel * COLUMNS * size,
                        COLUMNS,
                        scratch);
            }
        }

        void multiply(int p, int size, int row, int rowEnd, int column, int columnEnd) {
            float[] c = target.c;
            int ldc = target.ldc;
            boolean chained = target.chained || p > 0;
            for (int q = column; q < columnEnd; q++) {
                int columns = Math.min(COLUMNS, n - q * COLUMNS);
                int bo = panels(n, COLUMNS) * COLUMNS * p + q * COLUMNS * size;
                for (int i = row; i < rowEnd; i++) {
                    int rows = Math.min(ROWS, m - i * ROWS);
                    int at = target.co + i * ROWS * ldc + q * COLUMNS;
                    if (columns == COLUMNS && GemmTileSimd.height(rows) == rows) {
                        tile(p, size, i, rows, bo, c, at, ldc, chained);
                    } else {
                        float[] edge = BUFFERS.get().edge;
                        if (chained) {
                            GemmPackingSimd.copy(rows, columns, c, at, ldc, edge, 0, COLUMNS);
                        }
                        tile(p, size, i, rows, bo, edge, 0, COLUMNS, chained);
                        GemmPackingSimd.copy(rows, columns, edge, 0, COLUMNS, c, at, ldc);
                    }
                }
            }
        }

        private void tile(int p, int size, int panel, int rows, int bo, float[] c, int at, int ldc, boolean chained) {
            if (inPlace) {
                int ao = a.offset() + panel * ROWS * a.rowStride() + p;
                GemmRowTileSimd.multiply(rows, packedA, ao, a.rowStride(), packedB, bo, size, c, at, ldc, chained);
            } else {
                int ao = panelA(p, size, panel);
                GemmTileSimd.multiply(rows, packedA, ao, ROWS, packedB, bo, size, c, at, ldc, chained);
            }
        }
    }

    /** The list of units of a block; {@code packing(0), packing(1), multiplying(0), packing(2), multiplying(1), ...}. */
    private static final class Units {
        private final Block block;
        private final int blocks;
        private final int packUnitsA;
        private final int packUnits;
        private final int rowUnits;
        private final int unitPanels;
        private final int unitRows;
        private final int units;
        /** Packing units done, by block of k. */
        private final AtomicIntegerArray packed;
        /** Blocks of k done, by unit. */
        private final AtomicIntegerArray multiplied;

        Units(Block block) {
            this.block = block;
            blocks = panels(block.k, block.blockK);
            packUnitsA = block.inPlace ? 0 : panels(panels(block.m, ROWS), PACK_PANELS);
            packUnits = packUnitsA + (block.withB ? panels(panels(block.n, COLUMNS), PACK_PANELS) : 0);
            int columnPanels = panels(block.n, COLUMNS);
            int parts = panels(columnPanels, UNIT_PANELS);
            unitPanels = panels(columnPanels, parts);
            unitRows = UNIT_ROWS;
            rowUnits = panels(panels(block.m, ROWS), unitRows);
            units = rowUnits * panels(columnPanels, unitPanels);
            packed = new AtomicIntegerArray(blocks);
            multiplied = new AtomicIntegerArray(units);
        }

        void run() {
            Parallel.run(blocks * (packUnits + units), this::claim);
        }

        private void claim(int number) {
            if (number < packUnits) {
                pack(0, number);
                return;
            }
            int round = (number - packUnits) / (packUnits + units);
            int place = (number - packUnits) % (packUnits + units);
            if (round == blocks - 1) {
                multiply(round, place);
            } else if (place < packUnits) {
                pack(round + 1, place);
            } else {
                multiply(round, place - packUnits);
            }
        }

        private void pack(int round, int unit) {
            int p = round * block.blockK;
            int size = Math.min(block.blockK, block.k - p);
            try {
                if (unit < packUnitsA) {
                    int first = unit * PACK_PANELS;
                    block.packA(p, size, first, Math.min(panels(block.m, ROWS), first + PACK_PANELS));
                } else {
                    int first = (unit - packUnitsA) * PACK_PANELS;
                    block.packB(p, size, first, Math.min(panels(block.n, COLUMNS), first + PACK_PANELS));
                }
            } finally {
                packed.getAndIncrement(round);
            }
        }

        private void multiply(int round, int unit) {
            for (int spin = 0; packed.get(round) < packUnits || multiplied.get(unit) < round; spin++) {
                pause(spin);
            }
            int p = round * block.blockK;
            int row = unit % rowUnits * unitRows;
            int column = unit / rowUnits * unitPanels;
            try {
                block.multiply(
                        p,
                        Math.min(block.blockK, block.k - p),
                        row,
                        Math.min(panels(block.m, ROWS), row + unitRows),
                        column,
                        Math.min(panels(block.n, COLUMNS), column + unitPanels));
            } finally {
                multiplied.set(unit, round + 1);
            }
        }

        private static void pause(int spin) {
            if (spin < 2000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(10_000);
            }
        }
    }
}
