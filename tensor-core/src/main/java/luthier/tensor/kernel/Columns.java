package luthier.tensor.kernel;

/**
 * Sums down the columns of some rows. Every column is on its own and its rows come in their order, so the compiler's own vectors
 * give the bits of the plain loop and there is no SIMD twin.
 */
public final class Columns {
    private Columns() {}

    /** sum += each of the rows, one after the other. */
    public static void add(float[] x, int xo, int stride, int rows, float[] sum, int n) {
        int row = 0;
        for (; row <= rows - 4; row += 4) {
            int at = xo + row * stride;
            // Four rows a pass: one load and store of the sums for four of the rows.
            for (int i = 0; i < n; i++) {
                sum[i] = sum[i] + x[at + i] + x[at + stride + i] + x[at + 2 * stride + i] + x[at + 3 * stride + i];
            }
        }
        for (; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = 0; i < n; i++) {
                sum[i] += x[at + i];
            }
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

    /** sum += x - center and squares += (x - center)^2 for each of the rows, one after the other. */
    public static void addDistances(
            float[] x, int xo, int stride, int rows, float[] center, float[] sum, float[] squares, int n) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = 0; i < n; i++) {
                float d = x[at + i] - center[i];
                sum[i] += d;
                squares[i] = Math.fma(d, d, squares[i]);
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
