package luthier.tensor.kernel;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;

/**
 * {@link Gemm}, chain by chain: the definition. All chains of a row of C advance together, and every row is an array of its own,
 * because that is the form of loop which the compiler turns into vector code by itself.
 */
final class GemmScalar {
    private static final int ROWS = 16;

    private GemmScalar() {}

    static void multiply(int m, int n, int k, Matrix a, Matrix b, Gemm.Target c) {
        float[][] rows = new float[k][n];
        for (int p = 0; p < k; p++) {
            int from = b.offset() + p * b.rowStride();
            for (int j = 0; j < n; j++) {
                rows[p][j] = b.data()[from + j * b.columnStride()];
            }
        }
        Parallel.run((m + ROWS - 1) / ROWS, block -> {
            float[] chains = new float[n];
            int end = Math.min(m, (block + 1) * ROWS);
            for (int i = block * ROWS; i < end; i++) {
                switch (c.start()) {
                    case ZERO -> Arrays.fill(chains, 0f);
                    case OLD -> System.arraycopy(c.data(), c.offset() + i * c.rowStride(), chains, 0, n);
                    case BIAS -> System.arraycopy(c.bias(), c.biasOffset(), chains, 0, n);
                }
                advance(k, a.data(), a.offset() + i * a.rowStride(), a.columnStride(), rows, chains);
                System.arraycopy(chains, 0, c.data(), c.offset() + i * c.rowStride(), n);
            }
        });
    }

    private static void advance(int k, float[] a, int ao, int step, float[][] rows, float[] chains) {
        int p = 0;
        for (; p <= k - 4; p += 4) {
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
        for (; p < k; p++) {
            one(a[ao + p * step], rows[p], chains);
        }
    }

    private static void one(float x, float[] b, float[] chains) {
        for (int j = 0; j < chains.length; j++) {
            chains[j] = Math.fma(x, b[j], chains[j]);
        }
    }

    private static void four(
            float x0, float x1, float x2, float x3, float[] b0, float[] b1, float[] b2, float[] b3, float[] chains) {
        for (int j = 0; j < chains.length; j++) {
            float chain = Math.fma(x0, b0[j], chains[j]);
            chain = Math.fma(x1, b1[j], chain);
            chain = Math.fma(x2, b2[j], chain);
            chains[j] = Math.fma(x3, b3[j], chain);
        }
    }
}
