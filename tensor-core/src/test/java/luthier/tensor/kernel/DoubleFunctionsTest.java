package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The edges of double-precision functions; how accurate they are between them is {@link DoubleAccuracyTest}'s. */
class DoubleFunctionsTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void erfIsOddAndEndsAtOne() {
        assertEquals(1, DoubleFunctions.erf(INFINITY));
        assertEquals(-1, DoubleFunctions.erf(-7));
        assertEquals(-0.0, DoubleFunctions.erf(-0.0));
        assertEquals(-DoubleFunctions.erf(0.9), DoubleFunctions.erf(-0.9));
        assertTrue(Double.isNaN(DoubleFunctions.erf(Double.NaN)));
        assertEquals(1, DoubleFunctions.erfc(0));
        assertEquals(0, DoubleFunctions.erfc(INFINITY));
        assertEquals(2, DoubleFunctions.erfc(-INFINITY));
    }

    @Test
    void gatedFunctionsEndInTheirLimits() {
        List<DoubleUnaryOperator> gated =
                List.of(DoubleFunctions::silu, DoubleFunctions::mish, DoubleFunctions::gelu, DoubleFunctions::geluTanh);
        for (DoubleUnaryOperator f : gated) {
            assertEquals(INFINITY, f.applyAsDouble(INFINITY));
            assertEquals(-0.0, f.applyAsDouble(-INFINITY));
            assertEquals(-0.0, f.applyAsDouble(-0.0));
            assertEquals(0, f.applyAsDouble(0));
            assertEquals(1e300, f.applyAsDouble(1e300));
            assertEquals(-0.0, f.applyAsDouble(-1e300));
            assertTrue(Double.isNaN(f.applyAsDouble(Double.NaN)));
        }
        assertEquals(-0.0, DoubleFunctions.gelu(-Double.MIN_VALUE));
    }

    @Test
    void denormalTailsAreKeptWhereTheExponentialAloneIsZero() {
        // 745.5 e^-745.5 = 258 * 2^-1074, nearly.
        assertEquals(-258 * Double.MIN_VALUE, DoubleFunctions.silu(-745.5));
        assertEquals(-258 * Double.MIN_VALUE, DoubleFunctions.mish(-745.5));
    }

    @Test
    void slopesOfGeluAreAHalfAtZeroAndEndAtZeroAndOne() {
        assertEquals(0.5, DoubleFunctions.geluBackward(0, 1));
        assertEquals(0.75, DoubleFunctions.sigmoidBackward(0, 3));
        assertEquals(0, DoubleFunctions.sigmoidBackward(INFINITY, 3));
        assertEquals(0, DoubleFunctions.sigmoidBackward(-INFINITY, 3));
        assertTrue(Double.isNaN(DoubleFunctions.sigmoidBackward(Double.NaN, 3)));
        assertEquals(0.5, DoubleFunctions.geluTanhBackward(0, 1));
        assertEquals(3, DoubleFunctions.geluBackward(INFINITY, 3));
        assertEquals(3, DoubleFunctions.geluTanhBackward(INFINITY, 3));
        assertEquals(-0.0, DoubleFunctions.geluBackward(-INFINITY, 3));
        assertEquals(-0.0, DoubleFunctions.geluTanhBackward(-INFINITY, 3));
        assertTrue(Double.isNaN(DoubleFunctions.geluBackward(Double.NaN, 3)));
        assertTrue(Double.isNaN(DoubleFunctions.geluTanhBackward(Double.NaN, 3)));
    }

    @Test
    void hyperbolicTangentAndEluKeepZerosAndEnds() {
        assertEquals(-0.0, DoubleFunctions.tanh(-0.0));
        assertEquals(-1, DoubleFunctions.tanh(-INFINITY));
        assertEquals(1, DoubleFunctions.tanh(1000));
        assertTrue(Double.isNaN(DoubleFunctions.tanh(Double.NaN)));
        assertEquals(-0.0, DoubleFunctions.elu(-0.0, 1.5, 1));
        assertEquals(-3, DoubleFunctions.elu(-INFINITY, 1.5, 2));
        assertEquals(INFINITY, DoubleFunctions.elu(INFINITY, 1.5, 2));
    }

    @Test
    void logarithmsOfSumsHaveLimits() {
        assertEquals(-INFINITY, DoubleFunctions.logAddExp(-INFINITY, -INFINITY));
        assertEquals(INFINITY, DoubleFunctions.logAddExp(INFINITY, -INFINITY));
        assertEquals(3, DoubleFunctions.logAddExp(3, -INFINITY));
        assertTrue(Double.isNaN(DoubleFunctions.logAddExp(Double.NaN, -INFINITY)));
        assertEquals(0, DoubleFunctions.softplus(-INFINITY, 1, 20));
        assertEquals(INFINITY, DoubleFunctions.softplus(INFINITY, 1, INFINITY));
        assertEquals(INFINITY, DoubleFunctions.softplus(1, 0, 20));
        assertEquals(-INFINITY, DoubleFunctions.logSigmoid(-INFINITY));
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
