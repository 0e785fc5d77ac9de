package luthier.tensor.kernel;

/** {@link Columns}, one row and one element at a time: the definition. Columns {@code from} to {@code n - 1}. */
final class ColumnsScalar {
    private ColumnsScalar() {}

    static void add(float[] x, int xo, int stride, int rows, float[] sum, int from, int n) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = from; i < n; i++) {
                sum[i] += x[at + i];
            }
        }
    }

    static void addDistances(
            float[] x, int xo, int stride, int rows, float[] center, float[] sum, float[] squares, int from, int n) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = from; i < n; i++) {
                float d = x[at + i] - center[i];
                sum[i] += d;
                squares[i] = Math.fma(d, d, squares[i]);
            }
        }
    }
}
