package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

/** Double-precision functions against references of more than 60 digits. */
class DoubleFunctionsTest {
    private static final MathContext DIGITS = new MathContext(110);
    private static final BigDecimal PI = new BigDecimal(
            "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798");

    /** The series 2 / sqrt(pi) sum of (-1)^k x^(2k+1) / (k! (2k+1)), with digits to spare for its cancellation. */
    private static BigDecimal erf(double x) {
        BigDecimal square = new BigDecimal(x).pow(2);
        BigDecimal power = new BigDecimal(x);
        BigDecimal sum = power;
        for (int k = 1; power.abs().compareTo(new BigDecimal("1e-330")) > 0 && k < 600; k++) {
            power = power.multiply(square, DIGITS).divide(BigDecimal.valueOf(-k), DIGITS);
            BigDecimal term = power.divide(BigDecimal.valueOf(2 * k + 1), DIGITS);
            if (term.abs().compareTo(sum.abs().scaleByPowerOfTen(-75)) < 0) {
                break;
            }
            sum = sum.add(term, DIGITS);
        }
        return sum.multiply(BigDecimal.TWO.divide(PI.sqrt(DIGITS), DIGITS), DIGITS);
    }

    private static double ulps(double got, BigDecimal exact) {
        return new BigDecimal(got)
                .subtract(exact)
                .abs()
                .divide(new BigDecimal(Math.ulp(exact.doubleValue())), DIGITS)
                .doubleValue();
    }

    @Test
    void erfIsWithinTwoUlpsEverywhere() {
        for (int i = -60; i < 150; i++) {
            double x = i < 0 ? StrictMath.pow(2, 5 * i) * 1.2345 : 0.04003 * i;
            double error = ulps(DoubleFunctions.erf(x), erf(x));
            assertTrue(error <= 1, "erf(" + x + ") is " + error + " ulp off");
            assertEquals(-DoubleFunctions.erf(x), DoubleFunctions.erf(-x));
        }
        assertEquals(1, DoubleFunctions.erf(Double.POSITIVE_INFINITY));
        assertEquals(-1, DoubleFunctions.erf(-7));
        assertEquals(-0.0, DoubleFunctions.erf(-0.0));
        assertTrue(Double.isNaN(DoubleFunctions.erf(Double.NaN)));
    }

    @Test
    void erfcKeepsItsTail() {
        for (int i = 0; i < 120; i++) {
            double x = 0.05203 * i;
            BigDecimal exact = BigDecimal.ONE.subtract(erf(x));
            double error = ulps(DoubleFunctions.erfc(x), exact);
            assertTrue(error <= 5, "erfc(" + x + ") is " + error + " ulp off");
        }
    }

    @Test
    void geluKeepsItsTail() {
        for (int i = 1; i < 40; i++) {
            double x = -0.1503 * i;
            BigDecimal exact = BigDecimal.ONE
                    .subtract(erfOfRoot(-x))
                    .multiply(new BigDecimal(x))
                    .divide(BigDecimal.TWO);
            double error = ulps(DoubleFunctions.gelu(x), exact);
            assertTrue(error <= 6, "gelu(" + x + ") is " + error + " ulp off");
        }
    }

    /** erf(x / sqrt 2), the argument corrected to first and second order. */
    private static BigDecimal erfOfRoot(double x) {
        BigDecimal exact = new BigDecimal(x).divide(BigDecimal.TWO.sqrt(DIGITS), DIGITS);
        double near = exact.doubleValue();
        BigDecimal rest = exact.subtract(new BigDecimal(near));
        double slope = 2 / Math.sqrt(Math.PI) * StrictMath.exp(-near * near);
        return erf(near).add(rest.multiply(new BigDecimal(slope)));
    }

    @Test
    void log2IsExactForPowersOfTwo() {
        for (int e = -1074; e < 1024; e++) {
            assertEquals(e, DoubleFunctions.log2(Math.scalb(1.0, e)));
        }
        assertEquals(Double.NEGATIVE_INFINITY, DoubleFunctions.log2(0));
        assertTrue(Double.isNaN(DoubleFunctions.log2(-1)));
    }
}
