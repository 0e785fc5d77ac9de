package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NormalNumbersTest {
    @Test
    void logIsThatOfStrictMath() {
        for (int i = 0; i < 100_000; i++) {
            double x = ((Threefry.encrypt(1, i) & 0xFFFFFFFFL) + 1) * 0x1p-32;
            double exact = StrictMath.log(x);
            assertTrue(Math.abs(NormalNumbers.log(x) - exact) <= Math.ulp(exact), () -> "log of " + x);
        }
        assertEquals(0.0, NormalNumbers.log(1));
        assertEquals(StrictMath.log(0x1p-32), NormalNumbers.log(0x1p-32));
    }

    @Test
    void cosineOfTurnsIsThatOfStrictMath() {
        for (int i = 0; i < 100_000; i++) {
            int turns = (int) Threefry.encrypt(2, i);
            double exact = StrictMath.cos(Integer.toUnsignedLong(turns) * 0x1p-32 * (2 * Math.PI));
            assertEquals(exact, NormalNumbers.cosOfTurns(turns), 1e-15);
        }
        assertEquals(1, NormalNumbers.cosOfTurns(0));
        assertEquals(0.0, NormalNumbers.cosOfTurns(1 << 30), 0);
        assertEquals(-1, NormalNumbers.cosOfTurns(1 << 31));
        assertEquals(Math.sqrt(0.5), NormalNumbers.cosOfTurns(1 << 29), 2e-16);
        assertEquals(-Math.sqrt(0.5), NormalNumbers.cosOfTurns(3 << 29), 2e-16);
    }

    /** The vector form gives the bits of the scalar form, also at the ends of both halves. */
    @Test
    void fillsAreBitForBitTheScalarOnes() {
        for (int n : new int[] {0, 1, 3, 4, 7, 8, 9, 31, 4098}) {
            long[] bits = new long[n];
            for (int i = 0; i < n; i++) {
                bits[i] = i < 16 ? edge(i) : Threefry.encrypt(3, i);
            }
            double[] simd = new double[n];
            double[] scalar = new double[n];
            NormalNumbers.fill(bits, simd, n, 0.5, 3);
            NormalNumbers.scalar(bits, scalar, 0, n, 0.5, 3);
            for (int i = 0; i < n; i++) {
                assertEquals(Double.doubleToRawLongBits(scalar[i]), Double.doubleToRawLongBits(simd[i]), "at " + i);
                assertEquals(0.5 + 3 * NormalNumbers.boxMuller(bits[i]), scalar[i]);
            }
        }
    }

    private static long edge(int i) {
        long[] halves = {0, 0xFFFFFFFFL, 0x80000000L, 0x20000000L};
        return halves[i & 3] | halves[i >> 2] << 32;
    }

    /** Values of another implementation of the same algorithm (Python's statistics.NormalDist), and the way back. */
    @Test
    void quantiles() {
        assertEquals(-9.262340089798405, NormalNumbers.quantile(1e-20), 1e-14);
        assertEquals(-4.2648907939228256, NormalNumbers.quantile(1e-5), 1e-14);
        assertEquals(-0.5244005127080407, NormalNumbers.quantile(0.3), 1e-15);
        assertEquals(1.2815515655446008, NormalNumbers.quantile(0.9), 1e-15);
        assertEquals(3.090232306167813, NormalNumbers.quantile(0.999), 1e-14);
        assertEquals(0, NormalNumbers.quantile(0.5));
        assertEquals(Double.NEGATIVE_INFINITY, NormalNumbers.quantile(0));
        assertEquals(Double.POSITIVE_INFINITY, NormalNumbers.quantile(1));
        for (double p = 1e-300; p < 0.5; p *= 3) {
            assertEquals(1, NormalNumbers.cdf(NormalNumbers.quantile(p)) / p, 1e-12);
        }
    }
}
