package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums down columns: SIMD gives the bits of the definition. */
class ColumnsTest {
    private static float[] numbers(int n, long key) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            long bits = Threefry.encrypt(key, i);
            x[i] = (float) (((bits >>> 40) * 0x1p-24 - 0.5) * StrictMath.exp((bits & 31) - 12.0));
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 31, 97, 4098})
    void bothAgree(int n) {
        for (int rows : new int[] {0, 1, 4, 7}) {
            int stride = n + 3;
            float[] x = numbers(5 + rows * stride, 1);
            float[] center = numbers(n, 2);
            float[][] expected = {numbers(n, 3), numbers(n, 4), numbers(n, 5)};
            float[][] actual = {expected[0].clone(), expected[1].clone(), expected[2].clone()};
            ColumnsScalar.add(x, 5, stride, rows, expected[0], 0, n);
            ColumnsSimd.add(x, 5, stride, rows, actual[0], 0, n);
            ColumnsScalar.addDistances(x, 5, stride, rows, center, expected[1], expected[2], 0, n);
            ColumnsSimd.addDistances(x, 5, stride, rows, center, actual[1], actual[2], 0, n);
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(expected[i], actual[i], "rows " + rows);
            }
        }
    }
}
