package luthier.tensor.kernel;

/**
 * Sums down the columns of some rows, every column for itself and its rows in their order. {@link ColumnsScalar} is the
 * definition, {@link ColumnsSimd} its twin: plain loops stay scalar where the compiler cannot see that the arrays differ.
 */
public final class Columns {
    private static final boolean SIMD = Kernels.simd();

    private Columns() {}

    /** sum += each of the rows, one after the other. */
    public static void add(float[] x, int xo, int stride, int rows, float[] sum, int n) {
        if (SIMD) {
            ColumnsSimd.add(x, xo, stride, rows, sum, 0, n);
        } else {
            ColumnsScalar.add(x, xo, stride, rows, sum, 0, n);
        }
    }

    /** sum += x - center and squares += (x - center)^2 for each of the rows, one after the other. */
    public static void addDistances(
            float[] x, int xo, int stride, int rows, float[] center, float[] sum, float[] squares, int n) {
        if (SIMD) {
            ColumnsSimd.addDistances(x, xo, stride, rows, center, sum, squares, 0, n);
        } else {
            ColumnsScalar.addDistances(x, xo, stride, rows, center, sum, squares, 0, n);
        }
    }

    /** sum += each of the rows, one after the other. */
    public static void add(double[] x, int xo, int stride, int rows, double[] sum, int n) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = 0; i < n; i++) {
                sum[i] += x[at + i];
            }
        }
    }

    /** sum += (x - center)^2 for each of the rows, one after the other. */
    public static void addSquares(double[] x, int xo, int stride, int rows, double[] center, double[] squares, int n) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = 0; i < n; i++) {
                double d = x[at + i] - center[i];
                squares[i] = Math.fma(d, d, squares[i]);
            }
        }
    }
}
