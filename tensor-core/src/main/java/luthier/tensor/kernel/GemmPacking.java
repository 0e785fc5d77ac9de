package luthier.tensor.kernel;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;

/** Copies a strip of a matrix into a panel: {@code panel[p * width + i] = x[i, p]}, rows beyond the strip zero. */
final class GemmPacking {
    private static final int TILE = 16;

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

    /** Walks over small squares, so that both sides stay in the first-level cache. */
    private static void transpose(Matrix x, int rows, int k, float[] panel, int at, int width) {
        float[] data = x.data();
        int step = x.columnStride();
        for (int p0 = 0; p0 < k; p0 += TILE) {
            int end = Math.min(k, p0 + TILE);
            for (int i = 0; i < rows; i++) {
                int from = x.offset() + i * x.rowStride() + p0 * step;
                int to = at + p0 * width + i;
                for (int p = p0; p < end; p++) {
                    panel[to] = data[from];
                    from += step;
                    to += width;
                }
            }
        }
    }
}
