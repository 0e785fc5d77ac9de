package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Norms and counts in closed form and at the ends of the range. */
class NormsTest {
    private static double norm(double p, float... x) {
        return Norms.norm(Tensor.of(x, x.length), new int[0], p, false).item();
    }

    @Test
    void everyOrder() {
        assertEquals(7, norm(1, 3, -4));
        assertEquals(5, norm(2, 3, -4));
        assertEquals(4, norm(Double.POSITIVE_INFINITY, 3, -4));
        assertEquals(3, norm(Double.NEGATIVE_INFINITY, 3, -4));
        assertEquals(2, norm(0, 3, 0, -4));
        assertEquals((float) StrictMath.cbrt(91), norm(3, 3, -4));
        assertEquals((float) (1 / (1.0 / 3 + 1.0 / 4)), norm(-1, 3, -4), 1e-6);
        assertTrue(Double.isNaN(norm(2, 3, Float.NaN)));
        assertEquals(Double.POSITIVE_INFINITY, norm(3, 3, Float.NEGATIVE_INFINITY));
    }

    @Test
    void nothingBetweenOverflowsOrUnderflows() {
        // Two times 3e38 has a norm of 4.2e38, which F32 does not hold and F64 does.
        assertEquals(Double.POSITIVE_INFINITY, norm(2, 3e38f, 3e38f));
        assertEquals((float) (2e38f * Math.sqrt(2)), norm(2, 2e38f, 2e38f));
        assertEquals((float) (1e-30f * Math.sqrt(2)), norm(2, 1e-30f, 1e-30f));
        Tensor huge = Tensor.of(new double[] {3e300, 4e300, 3e-300, 4e-300}, 2, 2);
        assertEquals(5e300, Norms.norm(huge, 1).get(0), 1e285);
        assertEquals(5e-300, Norms.norm(huge, 1).get(1), 1e-315);
        assertEquals(0, norm(2, 0, 0));
        assertEquals(0, Norms.norm(Tensor.zeros(DType.F32, 0)).item());
        assertThrows(IllegalArgumentException.class, () -> norm(Double.NaN, 1));
    }

    @Test
    void counts() {
        Tensor x = Tensor.of(new float[] {0, -0f, Float.NaN, 2}, 2, 2);
        assertEquals("I64[2][0, 2]", Counting.countNonZero(x, 1).toString());
        assertEquals(
                "BOOL[1, 2][true, true]", Counting.any(x, new int[] {0}, true).toString());
        assertEquals("BOOL[2][false, true]", Counting.all(x, 1).toString());
        assertEquals("BOOL[][true]", Counting.all(Tensor.zeros(DType.I32, 0)).toString());
        assertEquals("BOOL[][false]", Counting.any(Tensor.zeros(DType.I32, 0)).toString());
    }
}
