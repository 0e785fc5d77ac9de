package luthier.tensor;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import luthier.tensor.kernel.Columns;
import luthier.tensor.kernel.Rows;

/**
 * Sums in an order that the shape alone fixes.
 *
 * <p>F32: 256 elements of a row, or 64 of a column, are summed in single precision and these block sums in double precision,
 * one after the other; a block that overflows is summed again in double precision. F64: blocks of 512 elements over eight lanes
 * and the blocks as a tree. So errors grow with the block and hardly with the length.
 */
final class Sums {
    static final int BLOCK = 256;
    static final int ROW_BLOCK = 64;

    /** Elements of one task: some tens of microseconds, a boundary that the size alone fixes. */
    private static final int CHUNK = 1 << 18;

    private static final int DOUBLE_BLOCK = 512;
    private static final int TILE = 4096;
    private static final double NANOS = 0.08;

    private Sums() {}

    /** Returns the sums over the axes, each divided by {@code divisor}. */
    static Tensor of(Axes axes, double divisor) {
        int n = axes.length();
        int o = axes.from().offset();
        boolean single = axes.from().dtype() == DType.F32;
        Object result = single ? new float[axes.count()] : new double[axes.count()];
        if (axes.inner() != 1) {
            columns(axes, (at, total) -> store(result, at, total / divisor));
        } else if (n > CHUNK) {
            for (int row = 0; row < axes.outer(); row++) {
                store(result, row, ofChunks(axes.from(), o + row * n, n) / divisor);
            }
        } else {
            Axes.parallel(axes.count(), NANOS * n + 3, (start, end) -> {
                for (int row = start; row < end; row++) {
                    store(result, row, ofBlocks(axes.from(), o + row * n, n) / divisor);
                }
            });
        }
        return Tensor.wrap(result, axes.result());
    }

    static void store(Object array, int at, double value) {
        if (array instanceof float[] floats) {
            floats[at] = (float) value;
        } else {
            ((double[]) array)[at] = value;
        }
    }

    private static double ofChunks(Tensor x, int at, int n) {
        double[] partial = new double[(n + CHUNK - 1) / CHUNK];
        Axes.parallel(partial.length, NANOS * CHUNK, (start, end) -> {
            for (int chunk = start; chunk < end; chunk++) {
                partial[chunk] = ofBlocks(x, at + chunk * CHUNK, Math.min(CHUNK, n - chunk * CHUNK));
            }
        });
        double total = 0;
        for (double part : partial) {
            total += part;
        }
        return total;
    }

    private static double ofBlocks(Tensor x, int at, int n) {
        return x.dtype() == DType.F32 ? ofBlocks(x.floats(), at, n) : ofTree(x.doubles(), at, n);
    }

    /** Returns the sum of n elements, blocks of 256 added in double precision. */
    static double ofBlocks(float[] a, int at, int n) {
        if (n <= BLOCK) {
            float sum = Rows.sum(a, at, n);
            return Float.isFinite(sum) ? sum : inDouble(a, at, n, 1);
        }
        double total = 0;
        int start = 0;
        for (; start <= n - 4 * BLOCK; start += 4 * BLOCK) {
            double sum = Rows.sumOfQuarters(a, at + start, BLOCK);
            total += Double.isFinite(sum) ? sum : inDouble(a, at + start, 4 * BLOCK, 1);
        }
        for (; start < n; start += BLOCK) {
            total += ofBlocks(a, at + start, Math.min(BLOCK, n - start));
        }
        return total;
    }

    /** The slow way, for blocks that overflow in single precision or hold NaN or infinities. */
    private static double inDouble(float[] a, int at, int n, int step) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += a[at + i * step];
        }
        return total;
    }

    /** Returns the sum of n terms, blocks of 512 added as a tree. */
    static double ofTree(int n, IntToDoubleFunction term) {
        return ofTree(0, n, term, new double[Math.min(n, DOUBLE_BLOCK)]);
    }

    private static double ofTree(int at, int n, IntToDoubleFunction term, double[] block) {
        if (n > DOUBLE_BLOCK) {
            int half = half(n);
            return ofTree(at, half, term, block) + ofTree(at + half, n - half, term, block);
        }
        for (int i = 0; i < n; i++) {
            block[i] = term.applyAsDouble(at + i);
        }
        return ofTree(block, 0, n);
    }

    private static int half(int n) {
        return (n / 2 + DOUBLE_BLOCK - 1) / DOUBLE_BLOCK * DOUBLE_BLOCK;
    }

    /** Returns the sum of n elements, blocks of 512 added as a tree. */
    static double ofTree(double[] a, int at, int n) {
        if (n > DOUBLE_BLOCK) {
            int half = half(n);
            return ofTree(a, at, half) + ofTree(a, at + half, n - half);
        }
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        int i = at;
        for (; i <= at + n - 8; i += 8) {
            s0 += a[i];
            s1 += a[i + 1];
            s2 += a[i + 2];
            s3 += a[i + 3];
            s4 += a[i + 4];
            s5 += a[i + 5];
            s6 += a[i + 6];
            s7 += a[i + 7];
        }
        double rest = 0;
        for (; i < at + n; i++) {
            rest += a[i];
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)) + rest;
    }

    // ---- columns

    private interface Receiver {
        void take(int at, double total);
    }

    /**
     * Sums over the middle with something behind it: tiles of columns that stay in the first cache, cut into groups of rows so
     * that all threads have work; the groups are added in their order.
     */
    private static void columns(Axes axes, Receiver receiver) {
        int inner = axes.inner();
        int n = axes.length();
        if (axes.count() == 0) {
            return;
        }
        int width = Math.min(inner, TILE);
        int tiles = (inner + TILE - 1) / TILE;
        int rows = Math.max(ROW_BLOCK, CHUNK / width / ROW_BLOCK * ROW_BLOCK);
        int groups = Math.max(1, (int) (((long) n + rows - 1) / rows));
        int units = axes.outer() * tiles * groups;
        double[][] partial = new double[groups == 1 ? 0 : units][];
        double nanos = 4 * NANOS * Math.min(rows, n) * (width + 2.0);
        Axes.parallel(units, nanos, (start, end) -> {
            for (int unit = start; unit < end; unit++) {
                int tile = unit / groups % tiles * TILE;
                int block = unit / groups / tiles;
                int first = unit % groups * rows;
                int from = axes.from().offset() + (block * n + first) * inner + tile;
                double[] total = new double[Math.min(TILE, inner - tile)];
                ofColumns(axes.from(), from, Math.min(rows, n - first), inner, total);
                if (groups > 1) {
                    partial[unit] = total;
                } else {
                    give(total, block * inner + tile, receiver);
                }
            }
        });
        for (int unit = 0; unit < partial.length; unit += groups) {
            double[] total = partial[unit];
            for (int group = 1; group < groups; group++) {
                Columns.add(partial[unit + group], 0, 0, 1, total, total.length);
            }
            give(total, unit / groups / tiles * inner + unit / groups % tiles * TILE, receiver);
        }
    }

    private static void give(double[] total, int at, Receiver receiver) {
        for (int i = 0; i < total.length; i++) {
            receiver.take(at + i, total[i]);
        }
    }

    private static void ofColumns(Tensor x, int at, int rows, int stride, double[] total) {
        int n = total.length;
        if (x.dtype() == DType.F64) {
            double[] block = new double[n];
            for (int row = 0; row < rows; row += ROW_BLOCK) {
                Arrays.fill(block, 0);
                Columns.add(x.doubles(), at + row * stride, stride, Math.min(ROW_BLOCK, rows - row), block, n);
                Columns.add(block, 0, 0, 1, total, n);
            }
            return;
        }
        float[] block = new float[n];
        for (int row = 0; row < rows; row += ROW_BLOCK) {
            int length = Math.min(ROW_BLOCK, rows - row);
            Arrays.fill(block, 0);
            Columns.add(x.floats(), at + row * stride, stride, length, block, n);
            for (int i = 0; i < n; i++) {
                total[i] += Float.isFinite(block[i])
                        ? block[i]
                        : inDouble(x.floats(), at + row * stride + i, length, stride);
            }
        }
    }
}
