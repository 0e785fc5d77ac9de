package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Means of integers against exact arithmetic. */
class IntegerMeansTest {
    private static double mean(long... values) {
        Tensor y = Reduction.mean(Tensor.of(values, values.length), false);
        assertEquals(DType.F64, y.dtype());
        return y.item();
    }

    private static double exact(long... values) {
        BigInteger sum = BigInteger.ZERO;
        for (long value : values) {
            sum = sum.add(BigInteger.valueOf(value));
        }
        return new BigDecimal(sum)
                .divide(BigDecimal.valueOf(values.length), new MathContext(100))
                .doubleValue();
    }

    @Test
    void sumsBeyondLongAreExact() {
        assertEquals(0x1p63, mean(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(-0.5, mean(Long.MAX_VALUE, Long.MIN_VALUE));
        assertEquals(-0x1p63, mean(Long.MIN_VALUE, Long.MIN_VALUE));
        assertEquals(1.5, mean(1, 2));
        assertEquals(1 / 3.0, mean(1, 0, 0));
        // Halfway between two doubles, and just above.
        assertEquals(0x1p53, mean(1L << 53, (1L << 53) + 2));
        assertEquals(0x1p53 + 2, mean(1L << 53, (1L << 53) + 1, (1L << 53) + 3));
        Random random = new Random(3);
        for (int n = 1; n < 200; n++) {
            int shift = random.nextInt(60);
            long[] values = random.longs(n).map(v -> v >> shift).toArray();
            assertEquals(exact(values), mean(values));
        }
    }

    @Test
    void axesAndTypes() {
        Tensor x = Tensor.of(new long[] {1, 2, 3, 4, 5, 7}, 2, 3);
        assertArrayEquals(
                new double[] {2, 16 / 3.0}, Reduction.mean(x, false, 1).toDoubleArray());
        assertArrayEquals(
                new double[] {2.5, 3.5, 5},
                Reduction.mean(x.to(DType.I32), true, 0).toDoubleArray());
        assertEquals(
                0.75,
                Reduction.mean(Tensor.of(new boolean[] {true, true, false, true}, 4), false)
                        .item());
        Tensor many = Tensor.full(DType.BOOL, 1, Shape.of(300, 1000));
        assertArrayEquals(new long[] {300_000}, Reduction.sum(many).toLongArray());
        assertEquals(1, Reduction.mean(many, false).item());
        Tensor most = Tensor.full(DType.I32, Integer.MAX_VALUE, Shape.of(3));
        assertArrayEquals(
                new long[] {3L * Integer.MAX_VALUE}, Reduction.sum(most).toLongArray());
        assertEquals(
                Double.NaN, Reduction.mean(Tensor.zeros(DType.I64, 0), false).item());
        assertEquals(
                "mean: needs F32, F64, I64, I32 or BOOL; got U8; convert with to()",
                assertThrows(DTypeException.class, () -> Reduction.mean(Tensor.zeros(DType.U8, 2), false))
                        .getMessage());
    }
}
