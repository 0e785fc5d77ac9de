package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SIMD kernel of cross-entropy's gradient gives the bits of its definition. */
class CrossEntropyRowsParityTest {
    private static final float[] SPECIAL = {
        0f, -0f, Float.MIN_VALUE, 1e-40f, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
    };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 97, 4098})
    void scalarAndSimdAgree(int n) {
        Random random = new Random(n);
        float[] x = new float[n + 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 11 == 5 ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) random.nextGaussian();
        }
        for (float shift : new float[] {0.7f, 0f, Float.NEGATIVE_INFINITY, Float.NaN}) {
            float[] expected = new float[n + 2];
            float[] actual = new float[n + 2];
            CrossEntropyRowsScalar.gradient(x, 3, shift, 0.3f, 0.01f, expected, 2, n);
            CrossEntropyRowsSimd.gradient(x, 3, shift, 0.3f, 0.01f, actual, 2, n);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), "element " + i);
            }
        }
    }
}
