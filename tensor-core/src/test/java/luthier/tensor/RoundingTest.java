package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whole quotients against exact arithmetic. */
class RoundingTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    private static Tensor l(long... values) {
        return Tensor.of(values, values.length);
    }

    private static void both(double a, double b, double floor, double trunc) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor x = Tensor.scalar(a).to(type);
            Tensor y = Tensor.scalar(b).to(type);
            assertEquals(floor, Rounding.floorDivide(x, y).item(), a + " / " + b);
            assertEquals(trunc, Rounding.truncDivide(x, y).item(), a + " / " + b);
            assertEquals(floor, Rounding.floorDivide(x, b).item());
            assertEquals(trunc, Rounding.truncDivide(x, b).item());
        }
    }

    @Test
    void signsZerosAndInfinities() {
        both(7, 2, 3, 3);
        both(-7, 2, -4, -3);
        both(7, -2, -4, -3);
        both(-7, -2, 3, 3);
        both(6, -3, -2, -2);
        both(0, 5, 0, 0);
        both(-0.0, 5, -0.0, -0.0);
        both(1, 0, INF, INF);
        both(-1, 0, -INF, -INF);
        both(0, 0, NAN, NAN);
        both(NAN, 1, NAN, NAN);
        both(INF, 2, INF, INF);
        both(INF, INF, NAN, NAN);
        both(1, INF, 0, 0);
        both(-1, INF, -1, -0.0);
    }

    /** 1 / 0.1 is rounded up to 10 from below; quotients that underflow are not 0 either. */
    @Test
    void theExactQuotientCounts() {
        assertEquals(9, Rounding.floorDivide(Tensor.scalar(1.0), 0.1).item());
        assertEquals(9, Rounding.truncDivide(Tensor.scalar(1.0), 0.1).item());
        assertEquals(-9, Rounding.truncDivide(Tensor.scalar(-1.0), 0.1).item());
        assertEquals(-1, Rounding.floorDivide(Tensor.scalar(-1e-300), 1e300).item());
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            double b = random.nextGaussian();
            double a = i % 2 == 0 ? random.nextGaussian() * 1e6 : b * random.nextInt(-9999, 9999);
            BigDecimal[] parts = new BigDecimal(a).divideAndRemainder(new BigDecimal(b));
            BigInteger trunc = parts[0].toBigInteger();
            boolean below = parts[1].signum() != 0 && a < 0 != b < 0;
            assertEquals(
                    trunc.doubleValue() + 0.0,
                    Rounding.truncDivide(Tensor.scalar(a), b).item() + 0.0);
            assertEquals(
                    trunc.subtract(below ? BigInteger.ONE : BigInteger.ZERO).doubleValue() + 0.0,
                    Rounding.floorDivide(Tensor.scalar(a), b).item() + 0.0);
        }
    }

    @Test
    void integersDivideAndWrap() {
        assertArrayEquals(
                new long[] {3, -4, -4, 3},
                Rounding.floorDivide(l(7, -7, 7, -7), l(2, 2, -2, -2)).toLongArray());
        assertArrayEquals(
                new long[] {3, -3, -3, 3},
                Rounding.truncDivide(l(7, -7, 7, -7), l(2, 2, -2, -2)).toLongArray());
        Tensor a = Rng.of(4).integers(Shape.of(500), -1000, 1000);
        Tensor b = Rng.of(5).integers(Shape.of(500), 1, 30);
        Tensor again = Rounding.floorDivide(a, b).mul(b).add(Rounding.remainder(a, b));
        assertTrue(a.bitEquals(again));
        assertEquals(Long.MIN_VALUE, Rounding.floorDivide(l(Long.MIN_VALUE), -1).toLongArray()[0]);
        Tensor least = Tensor.of(new int[] {Integer.MIN_VALUE}, 1);
        assertTrue(least.bitEquals(Rounding.truncDivide(least, -1)));
        assertEquals(
                "floorDivide: an integer divisor must not be 0; got [2] with a 0; convert with to()",
                assertThrows(ArithmeticException.class, () -> Rounding.floorDivide(l(1, 2), l(1, 0)))
                        .getMessage());
        assertEquals(
                "truncDivide: an integer divisor must not be 0; got [] with a 0; convert with to()",
                assertThrows(ArithmeticException.class, () -> Rounding.truncDivide(l(1), 0))
                        .getMessage());
        assertEquals(
                "floorDivide: a number beside integers must be whole; got 0.5; convert with to()",
                assertThrows(DTypeException.class, () -> Rounding.floorDivide(l(1), 0.5))
                        .getMessage());
        assertThrows(DTypeException.class, () -> Rounding.floorDivide(l(1).to(DType.BOOL), l(1).to(DType.BOOL)));
    }
}
