package luthier.tensor.kernel;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;

/** {@link Gemm}, one chain at a time: the definition. */
final class GemmScalar {
    private static final int ROWS = 16;

    private GemmScalar() {}

    static void multiply(int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc, boolean accumulate) {
        Parallel.run((m + ROWS - 1) / ROWS, block -> {
            int end = Math.min(m, (block + 1) * ROWS);
            for (int i = block * ROWS; i < end; i++) {
                row(n, k, a, a.offset() + i * a.rowStride(), b, c, co + i * ldc, accumulate);
            }
        });
    }

    /** All chains of a row advance together, so that b is read along its rows. */
    private static void row(int n, int k, Matrix a, int ao, Matrix b, float[] c, int co, boolean accumulate) {
        if (!accumulate) {
            Arrays.fill(c, co, co + n, 0f);
        }
        float[] data = b.data();
        for (int p = 0; p < k; p++) {
            float x = a.data()[ao + p * a.columnStride()];
            int bo = b.offset() + p * b.rowStride();
            for (int j = 0; j < n; j++) {
                c[co + j] = Math.fma(x, data[bo + j * b.columnStride()], c[co + j]);
            }
        }
    }
}
