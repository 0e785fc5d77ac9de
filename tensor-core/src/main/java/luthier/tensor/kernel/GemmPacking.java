package luthier.tensor.kernel;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;

/** Copies a strip of a matrix into a panel: {@code panel[p * width + i] = x[i, p]}, rows beyond the strip zero. */
final class GemmPacking {
    private static final int TILE = 16;
    private static final int SQUARE = GemmTransposeSimd.SIZE;

    private GemmPacking() {}

    static void pack(Matrix x, int rows, int k, float[] panel, int at, int width) {
        if (rows < width) {
            Arrays.fill(panel, at, at + k * width, 0f);
        }
        if (x.rowStride() == 1) {
            copy(x, rows, k, panel, at, width);
        } else {
            transpose(x, rows, k, panel, at, width);
        }
    }

    private static void copy(Matrix x, int rows, int k, float[] panel, int at, int width) {
        for (int p = 0; p < k; p++) {
            System.arraycopy(x.data(), x.offset() + p * x.columnStride(), panel, at + p * width, rows);
        }
    }

    /** Squares of eight in registers where the rows are contiguous and the strip is high enough, one by one elsewhere. */
    private static void transpose(Matrix x, int rows, int k, float[] panel, int at, int width) {
        int squares = 0;
        if (LanesSimd.WIDTH >= SQUARE && x.columnStride() == 1 && rows >= SQUARE) {
            squares = k - k % SQUARE;
            for (int p = 0; p < squares; p += SQUARE) {
                for (int i = 0; i < rows; i += SQUARE) {
                    // The last square overlaps the one before if the rows do not divide evenly.
                    int row = Math.min(i, rows - SQUARE);
                    int from = x.offset() + row * x.rowStride() + p;
                    GemmTransposeSimd.square(x.data(), from, x.rowStride(), panel, at + p * width + row, width);
                }
            }
        }
        for (int p0 = squares; p0 < k; p0 += TILE) {
            transposeTile(x, rows, p0, Math.min(k, p0 + TILE), panel, at, width);
        }
    }

    /** Walks over small tiles, so that both sides stay in the first-level cache. */
    private static void transposeTile(Matrix x, int rows, int start, int end, float[] panel, int at, int width) {
        float[] data = x.data();
        int step = x.columnStride();
        for (int i = 0; i < rows; i++) {
            int from = x.offset() + i * x.rowStride() + start * step;
            int to = at + start * width + i;
            for (int p = start; p < end; p++) {
                panel[to] = data[from];
                from += step;
                to += width;
            }
        }
    }
}
