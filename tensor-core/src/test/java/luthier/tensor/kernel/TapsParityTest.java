package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SIMD kernel of depthwise convolutions gives the bits of its definition. */
class TapsParityTest {
    private static final float[] SPECIAL = {
        0f, -0f, Float.MIN_VALUE, 1e-40f, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
    };

    private static float[] numbers(Random random, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = i % 11 == 5 ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) random.nextGaussian();
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 31, 63, 64, 65, 97, 4098})
    void scalarAndSimdAgree(int n) {
        Random random = new Random(n);
        for (int taps : new int[] {0, 1, 2, 9}) {
            float[] x = numbers(random, n + 40);
            float[] w = numbers(random, taps + 2);
            int[] at = random.ints(taps, 0, 40).toArray();
            float[] expected = numbers(random, n + 3);
            float[] actual = expected.clone();
            TapsScalar.add(x, at, w, 2, expected, 3, n);
            TapsSimd.add(x, at, w, 2, actual, 3, n);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), "element " + i);
            }
        }
    }
}
