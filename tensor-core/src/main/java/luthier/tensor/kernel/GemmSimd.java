package luthier.tensor.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import luthier.tensor.kernel.Gemm.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * {@link Gemm} by packed panels: B in panels of two vectors' width and A in panels of {@link GemmTileSimd#ROWS} rows, both ordered by
 * k, so that the inner loop of {@link GemmTileSimd} reads memory front to back. The structure is that of Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"; narrow products leave A where it lies.
 *
 * <p>A large product is cut into groups of rows, or of columns if it is flat. Every thread packs the operand that all groups share for
 * itself, with its first group: packing it twice costs less than moving it from one core's caches to another's. So threads meet
 * only at the end.
 */
final class GemmSimd {
    private static final int ROWS = GemmTileSimd.ROWS;
    private static final int COLUMNS = GemmTileSimd.COLUMNS;
    /**
     * Inner sizes are cut into even blocks of at most this: so long that C is read and written seldom, so short that a panel of B
     * still comes from the second cache.
     */
    private static final int MAX_K = 512;
    /** Numbers of the shared operand that are packed at once: 8 MiB. */
    private static final int MAX_PACKED = 1 << 21;

    private static final int MAX_PACKED_K = 4 * MAX_K;
    /** Panels in a group of rows or columns, at most. */
    private static final int GROUP = 4;
    /** A product is flat if it has more than so many times more columns than rows. */
    private static final int FLAT = 2;
    /** Up to this many columns a panel of A is not used often enough to pay for packing it. */
    private static final int NARROW = 1536;
    /** Below this many multiply-adds a product stays on the calling thread. */
    private static final long PARALLEL_WORK = 1 << 20;

    private static final AtomicLong BLOCKS = new AtomicLong();
    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    private GemmSimd() {}

    private static final class Buffers {
        private final float[] edge = new float[ROWS * COLUMNS];
        private float[] a = {};
        private float[] b = {};
        private float[] strip = {};
        /** The number of the block whose shared operand is packed here. */
        private long packed;

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

        float[] strip(int length) {
            if (strip.length < length) {
                strip = new float[length];
            }
            return strip;
        }
    }

    static void multiply(int m, int n, int k, Matrix a, Matrix b, Gemm.Target c) {
        if (n == 1 && m > 1 && k > 0) {
            c.begin(m, 1);
            GemvSimd.column(m, k, a, b, c.data(), c.offset(), c.rowStride(), c.isChained());
        } else {
            multiply(m, n, k, a, new GemmSource.Plain(b), c);
        }
    }

    static void multiply(int m, int n, int k, Matrix a, GemmSource b, Gemm.Target c) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            c.begin(m, n);
            if (!c.isChained()) {
                for (int i = 0; i < m; i++) {
                    int at = c.offset() + i * c.rowStride();
                    Arrays.fill(c.data(), at, at + n, 0f);
                }
            }
            return;
        }
        if (m == 1) {
            c.begin(1, n);
            GemvSimd.row(n, k, a, b, c.data(), c.offset(), c.isChained());
            return;
        }
        boolean flat = isFlat(m, n);
        int blockK = Math.min(k, MAX_PACKED_K);
        int blockM = flat ? Math.min(m, most(ROWS, blockK)) : m;
        int blockN = flat ? n : Math.min(n, most(COLUMNS, blockK));
        for (int j = 0; j < n; j += blockN) {
            int nj = Math.min(blockN, n - j);
            for (int p = 0; p < k; p += blockK) {
                Source source = new Source(b, p, j);
                for (int i = 0; i < m; i += blockM) {
                    int mi = Math.min(blockM, m - i);
                    new Block(mi, nj, Math.min(blockK, k - p), a.at(i, p), source, flat, part(c, i, j, p)).run();
                }
            }
        }
    }

    static void multiply(int m, Matrix a, PackedMatrix b, Gemm.Target c) {
        int blockK = Math.min(b.k(), MAX_PACKED_K);
        int blockN = Math.min(b.n(), most(COLUMNS, blockK));
        int number = 0;
        for (int j = 0; m > 0 && j < b.n(); j += blockN) {
            int nj = Math.min(blockN, b.n() - j);
            for (int p = 0; p < b.k(); p += blockK) {
                Source source = new Source(b.parts()[number++]);
                int kp = Math.min(blockK, b.k() - p);
                new Block(m, nj, kp, a.at(0, p), source, isFlat(m, nj), part(c, 0, j, p)).run();
            }
        }
    }

    static PackedMatrix pack(int k, int n, Matrix b) {
        int blockK = Math.min(k, MAX_PACKED_K);
        int blockN = Math.min(n, most(COLUMNS, blockK));
        float[][] parts = new float[panels(n, blockN) * panels(k, blockK)][];
        int number = 0;
        for (int j = 0; j < n; j += blockN) {
            int nj = Math.min(blockN, n - j);
            for (int p = 0; p < k; p += blockK) {
                int kp = Math.min(blockK, k - p);
                GemmSource matrix = new GemmSource.Plain(b);
                parts[number++] = Block.packed(nj, kp, new Source(matrix, p, j), matrix);
            }
        }
        return new PackedMatrix(k, n, parts);
    }

    private static boolean isFlat(int m, int n) {
        return n / FLAT > m;
    }

    /** Returns how many rows or columns of an operand of inner size k are packed at once at most. */
    private static int most(int width, int k) {
        return Math.max(GROUP, MAX_PACKED / (width * k)) * width;
    }

    private static Gemm.Target part(Gemm.Target c, int i, int j, int p) {
        return p == 0 ? c.at(i, j) : c.at(i, j).going();
    }

    private static int panels(int size, int panel) {
        return (size + panel - 1) / panel;
    }

    private static int evenBlock(int size, int max) {
        int blocks = (size + max - 1) / max;
        int even = (size + blocks - 1) / blocks;
        return Math.min(max, (even + 15) / 16 * 16);
    }

    /** Where a block's B comes from: a matrix from some row and column on, or panels that are packed already. */
    private record Source(@Nullable GemmSource matrix, int firstK, int firstColumn, float @Nullable [] packed) {
        Source(GemmSource matrix, int firstK, int firstColumn) {
            this(matrix, firstK, firstColumn, null);
        }

        Source(float[] packed) {
            this(null, 0, 0, packed);
        }
    }

    /** One m x n x k part of the product whose shared operand fits the buffers. */
    private static final class Block {
        private final int m;
        private final int n;
        private final int k;
        private final int blockK;
        private final Matrix a;
        private final Source b;
        private final Gemm.Target c;
        /** Whether groups are of columns and share A; otherwise they are of rows and share B. */
        private final boolean flat;
        /** Whether A is read where it lies. */
        private final boolean inPlace;

        private final int rowPanels;
        private final int columnPanels;
        private final int group;

        Block(int m, int n, int k, Matrix a, Source b, boolean flat, Gemm.Target c) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.blockK = evenBlock(k, MAX_K);
            this.a = a;
            this.b = b;
            this.c = c;
            this.flat = flat;
            this.inPlace = n <= NARROW && a.columnStride() == 1;
            this.rowPanels = panels(m, ROWS);
            this.columnPanels = panels(n, COLUMNS);
            this.group = Math.clamp((flat ? columnPanels : rowPanels) / 8, 1, GROUP);
        }

        void run() {
            int groups = panels(flat ? columnPanels : rowPanels, group);
            if ((long) m * n * k < PARALLEL_WORK || Parallel.threads() == 1 || groups == 1) {
                Buffers mine = BUFFERS.get();
                for (int i = 0; i < groups; i++) {
                    multiply(i, mine, i == 0);
                }
                return;
            }
            long number = BLOCKS.incrementAndGet();
            Parallel.run(groups, i -> {
                Buffers mine = BUFFERS.get();
                multiply(i, mine, mine.packed != number);
                mine.packed = number;
            });
        }

        /** Computes a group of rows or columns, after packing the shared operand if this is the thread's first. */
        private void multiply(int number, Buffers mine, boolean first) {
            int start = number * group;
            if (flat) {
                multiply(0, rowPanels, first, start, Math.min(columnPanels, start + group), true, mine);
            } else {
                multiply(start, Math.min(rowPanels, start + group), true, 0, columnPanels, first, mine);
            }
        }

        private void multiply(
                int row, int rowEnd, boolean withA, int column, int columnEnd, boolean withB, Buffers mine) {
            int rows = rowEnd - row;
            int columns = columnEnd - column;
            int blocks = panels(k, blockK);
            float[] packedA =
                    inPlace ? a.data() : mine.a(rows * ROWS * blockK * (flat ? blocks : 1) + GemmPackingSimd.PADDING);
            float[] ready = b.packed;
            float[] packedB = ready != null
                    ? ready
                    : mine.b((flat ? 1 : columns * blocks) * COLUMNS * blockK + GemmPackingSimd.PADDING);
            c.at(row * ROWS, column * COLUMNS)
                    .begin(
                            Math.min(m, rowEnd * ROWS) - row * ROWS,
                            Math.min(n, columnEnd * COLUMNS) - column * COLUMNS);
            for (int p = 0; p < k; p += blockK) {
                int size = Math.min(blockK, k - p);
                int ao = flat ? p * rows * ROWS : 0;
                int bo = ready != null ? (p * columnPanels + column * size) * COLUMNS : p * columns * COLUMNS;
                if (withA && !inPlace) {
                    packA(p, size, row, rowEnd, packedA, ao);
                }
                for (int q = column; q < columnEnd; q++) {
                    // Nobody else needs the panels of a group of columns: each takes the place of the one before.
                    int panel = flat && ready == null ? 0 : bo + (q - column) * COLUMNS * size;
                    if (withB && b.matrix != null) {
                        packB(b, b.matrix, n, p, size, q, q + 1, packedB, panel, mine);
                    }
                    for (int i = row; i < rowEnd; i++) {
                        tile(p, size, i, packedA, ao + (i - row) * ROWS * size, q, packedB, panel, mine);
                    }
                }
            }
        }

        private void packA(int p, int size, int first, int end, float[] packed, int at) {
            for (int panel = first; panel < end; panel++) {
                GemmPackingSimd.pack(
                        a.at(panel * ROWS, p),
                        Math.min(ROWS, m - panel * ROWS),
                        size,
                        packed,
                        at + (panel - first) * ROWS * size,
                        ROWS);
            }
        }

        /** Returns all panels of an n x k part of B. */
        static float[] packed(int n, int k, Source b, GemmSource matrix) {
            int columnPanels = panels(n, COLUMNS);
            int blockK = evenBlock(k, MAX_K);
            float[] packed = new float[columnPanels * COLUMNS * k + GemmPackingSimd.PADDING];
            for (int p = 0; p < k; p += blockK) {
                int size = Math.min(blockK, k - p);
                packB(b, matrix, n, p, size, 0, columnPanels, packed, p * columnPanels * COLUMNS, BUFFERS.get());
            }
            return packed;
        }

        private static void packB(
                Source b,
                GemmSource matrix,
                int n,
                int p,
                int size,
                int first,
                int end,
                float[] packed,
                int at,
                Buffers mine) {
            float[] scratch = mine.strip(matrix.scratch(size, COLUMNS));
            for (int panel = first; panel < end; panel++) {
                matrix.pack(
                        b.firstK + p,
                        size,
                        b.firstColumn + panel * COLUMNS,
                        Math.min(COLUMNS, n - panel * COLUMNS),
                        packed,
                        at + (panel - first) * COLUMNS * size,
                        COLUMNS,
                        scratch);
            }
        }

        private void tile(
                int p, int size, int i, float[] packedA, int ao, int q, float[] packedB, int bo, Buffers mine) {
            boolean chained = c.isChained() || p > 0;
            int rows = Math.min(ROWS, m - i * ROWS);
            int columns = Math.min(COLUMNS, n - q * COLUMNS);
            int ldc = c.rowStride();
            int at = c.offset() + i * ROWS * ldc + q * COLUMNS;
            if (columns == COLUMNS && GemmTileSimd.height(rows) == rows) {
                tile(p, size, i, rows, packedA, ao, packedB, bo, c.data(), at, ldc, chained);
                return;
            }
            float[] edge = mine.edge;
            if (chained) {
                GemmPackingSimd.copy(rows, columns, c.data(), at, ldc, edge, 0, COLUMNS);
            }
            tile(p, size, i, rows, packedA, ao, packedB, bo, edge, 0, COLUMNS, chained);
            GemmPackingSimd.copy(rows, columns, edge, 0, COLUMNS, c.data(), at, ldc);
        }

        private void tile(
                int p,
                int size,
                int panel,
                int rows,
                float[] packedA,
                int ao,
                float[] packedB,
                int bo,
                float[] to,
                int at,
                int step,
                boolean chained) {
            if (inPlace) {
                int from = a.offset() + panel * ROWS * a.rowStride() + p;
                GemmTileSimd.multiply(rows, packedA, from, a.rowStride(), 1, packedB, bo, size, to, at, step, chained);
            } else {
                GemmTileSimd.multiply(rows, packedA, ao, 1, ROWS, packedB, bo, size, to, at, step, chained);
            }
        }
    }
}
