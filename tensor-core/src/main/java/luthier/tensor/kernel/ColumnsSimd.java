package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link Columns}, a vector of columns at a time, four rows a pass: one load and store of the sums for four of the rows. */
final class ColumnsSimd {
    private ColumnsSimd() {}

    static void add(float[] x, int xo, int stride, int rows, float[] sum, int from, int n) {
        int end = n - (n - from) % WIDTH;
        int row = 0;
        for (; row <= rows - 4; row += 4) {
            int at = xo + row * stride;
            for (int i = from; i < end; i += WIDTH) {
                load(sum, i)
                        .add(load(x, at + i))
                        .add(load(x, at + stride + i))
                        .add(load(x, at + 2 * stride + i))
                        .add(load(x, at + 3 * stride + i))
                        .intoArray(sum, i);
            }
        }
        for (; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = from; i < end; i += WIDTH) {
                load(sum, i).add(load(x, at + i)).intoArray(sum, i);
            }
        }
        ColumnsScalar.add(x, xo, stride, rows, sum, end, n);
    }

    static void addDistances(
            float[] x, int xo, int stride, int rows, float[] center, float[] sum, float[] squares, int from, int n) {
        int end = n - (n - from) % WIDTH;
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = from; i < end; i += WIDTH) {
                FloatVector d = load(x, at + i).sub(load(center, i));
                load(sum, i).add(d).intoArray(sum, i);
                d.fma(d, load(squares, i)).intoArray(squares, i);
            }
        }
        ColumnsScalar.addDistances(x, xo, stride, rows, center, sum, squares, end, n);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(FLOATS, x, at);
    }
}
