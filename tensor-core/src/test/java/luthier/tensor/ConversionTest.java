package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConversionTest {
    /** Every pattern of 16 bits survives the way to F32 and back; NaN stays NaN. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void everyHalfSurvivesTheRoundTrip(DType dtype) {
        short[] bits = new short[1 << 16];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) i;
        }
        Tensor halves = Tensor.wrap(dtype, bits.clone(), Shape.of(bits.length));
        float[] wide = halves.toFloatArray();
        Object back = halves.to(DType.F32).to(dtype).storage();
        for (int i = 0; i < bits.length; i++) {
            if (Float.isNaN(wide[i])) {
                assertTrue(Float.isNaN(Conversion.toFloat(dtype, ((short[]) back)[i])));
            } else {
                assertEquals(bits[i], ((short[]) back)[i], "bits " + i);
            }
        }
    }

    /** Between two neighbours the nearer is taken, of two equally near the even one: the exact middle decides. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void roundsToNearestEven(DType dtype) {
        for (int i = 0; i < 0x7C00; i++) {
            float low = Conversion.toFloat(dtype, (short) i);
            float high = Conversion.toFloat(dtype, (short) (i + 1));
            if (!Float.isFinite(high)) {
                break;
            }
            double middle = ((double) low + high) / 2;
            assertEquals(i % 2 == 0 ? i : i + 1, bits(dtype, middle), "middle above " + low);
            assertEquals(i, bits(dtype, Math.nextDown(middle)), "below the middle above " + low);
            assertEquals(i + 1, bits(dtype, Math.nextUp(middle)), "above the middle above " + low);
        }
    }

    private static int bits(DType dtype, double x) {
        return ((short[]) Tensor.of(new double[] {x}, 1).to(dtype).storage())[0];
    }

    @Test
    void integersTakeTheNearestEndOrTheLowBits() {
        Tensor x = Tensor.of(new double[] {-1e300, -1.9, 1.9, 300, Double.NaN}, 5);
        assertEquals("I64[5][-9223372036854775808, -1, 1, 300, 0]", x.to(DType.I64).toString());
        assertEquals("I32[5][-2147483648, -1, 1, 300, 0]", x.to(DType.I32).toString());
        assertEquals("I8[5][-128, -1, 1, 127, 0]", x.to(DType.I8).toString());
        assertEquals("U8[5][0, 0, 1, 255, 0]", x.to(DType.U8).toString());
        Tensor wide = Tensor.of(new long[] {(1L << 32) + 5, 257, -1}, 3);
        assertEquals("I32[3][5, 257, -1]", wide.to(DType.I32).toString());
        assertEquals("U8[3][5, 1, 255]", wide.to(DType.U8).toString());
    }

    @Test
    void storageTypesCanBeViewedAndFilled() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).to(DType.BF16);
        assertEquals("BF16[3, 2][1.0, 4.0, 2.0, 5.0, 3.0, 6.0]", x.transpose(0, 1).toString());
        assertTrue(x.transpose(0, 1).copy().bitEquals(x.transpose(0, 1)));
        assertArrayEquals(new long[] {7, 7}, Tensor.full(DType.U8, 7, Shape.of(2)).toLongArray());
        DTypeException refused = assertThrows(DTypeException.class, () -> x.add(x));
        assertEquals("add: needs F32, F64, I64 or I32; got BF16; convert with to()", refused.getMessage());
    }
}
