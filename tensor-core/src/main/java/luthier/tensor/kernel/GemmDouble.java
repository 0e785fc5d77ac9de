package luthier.tensor.kernel;

/** C += A B in double precision, each element one chain of fused multiply-adds in the order of k. */
public final class GemmDouble {
    private GemmDouble() {}

    /** Adds an m x n product of inner size k to the contiguous rows of C; strides are those of {@link Gemm.Matrix}. */
    public static void multiply(
            int m,
            int n,
            int k,
            double[] a,
            int ao,
            int aRow,
            int aColumn,
            double[] b,
            int bo,
            int bRow,
            int bColumn,
            double[] c,
            int co) {
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                double x = a[ao + i * aRow + p * aColumn];
                int from = bo + p * bRow;
                for (int j = 0; j < n; j++) {
                    c[co + i * n + j] = Math.fma(x, b[from + j * bColumn], c[co + i * n + j]);
                }
            }
        }
    }
}
