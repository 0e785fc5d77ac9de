package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Powers by multiplication and roots have the special cases of {@link Math#pow} and round once. */
class PowerTest {
    private static final double[] BASES = {
        0.0,
        -0.0,
        1,
        -1,
        2,
        -2,
        3,
        -3,
        0.1f,
        -0.7f,
        1e-30f,
        -1e30f,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    @ParameterizedTest
    @ValueSource(doubles = {-64, -7, -2, -1, -0.5, 0, 0.5, 1, 3, 4, 5, 64, 1.7, -2.5, 65})
    void powersHaveTheSpecialCasesOfMath(double exponent) {
        // Repeated, so that vectors are full of the special ones too.
        int times = 40;
        double[] x = new double[BASES.length * times];
        Arrays.setAll(x, i -> BASES[i % BASES.length]);
        Tensor bases = Tensor.of(x, x.length);
        double[] wide = Elementwise.pow(bases, exponent).toDoubleArray();
        float[] single = Elementwise.pow(bases.to(DType.F32), exponent).toFloatArray();
        float[] byTensor = Elementwise.pow(bases.to(DType.F32), Tensor.scalar((float) exponent))
                .toFloatArray();
        for (int i = 0; i < x.length; i++) {
            double expected = StrictMath.pow(x[i], exponent);
            String what = x[i] + " to the power of " + exponent;
            assertEquals(expected, wide[i], room(expected, Math.ulp(expected)), what);
            float rounded = (float) expected;
            assertEquals(rounded, single[i], (float) room(rounded, Math.ulp(rounded)) + Float.MIN_VALUE, what);
            assertEquals(rounded, byTensor[i], (float) room(rounded, Math.ulp(rounded)) + Float.MIN_VALUE, what);
        }
    }

    /** Zeros, infinities and NaN must be the same ones; what overflows or underflows may not. */
    private static double room(double expected, double ulp) {
        return expected == 0 || !Double.isFinite(expected) ? Double.MIN_VALUE : ulp;
    }

    @Test
    void cubesAreRoundedOnce() {
        float[] x = new float[1000];
        for (int i = 0; i < x.length; i++) {
            x[i] = 0.37f * i - 100;
        }
        float[] y = Elementwise.pow(Tensor.of(x, x.length), 3).toFloatArray();
        for (int i = 0; i < x.length; i++) {
            assertEquals((float) ((double) x[i] * x[i] * x[i]), y[i]);
        }
    }

    @Test
    void exactPowersOfDoublesAreExact() {
        Tensor y = Elementwise.pow(Tensor.of(new double[] {3, -3, 9, 0.25, 10}, 5), 5);
        assertArrayEquals(new double[] {243, -243, 59049, 0x1p-10, 100_000}, y.toDoubleArray());
        assertEquals(Double.MIN_VALUE, Elementwise.pow(Tensor.scalar(0.5), 1074).item());
        assertEquals(0x1p-1040, Elementwise.pow(Tensor.scalar(0x1p520), -2).item());
    }

    @Test
    void aNormOfHigherOrderNeitherOverflowsNorUnderflows() {
        assertEquals(
                1.5e200,
                Norms.norm(Tensor.of(new double[] {1.5e200, 0}, 2), new int[0], 3, false)
                        .item(),
                1e185);
        double expected = Math.cbrt(1 + 8 + 27);
        assertEquals(
                expected * 1e-300,
                Norms.norm(Tensor.of(new double[] {1e-300, -2e-300, 3e-300}, 3), new int[0], 3, false)
                        .item(),
                1e-314);
        assertEquals(
                Math.pow(1 + Math.pow(2, 1.5), 1 / 1.5),
                Norms.norm(Tensor.of(new double[] {1, -2}, 2), new int[0], 1.5, false)
                        .item(),
                1e-15);
    }
}
