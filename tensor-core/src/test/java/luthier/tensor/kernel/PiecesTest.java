package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class PiecesTest {
    /** A step that is no fraction of a piece. */
    private static final float STEP = 0.00037f;

    private static void assertClose(DoubleUnaryOperator function, double tolerance) {
        Pieces pieces = Pieces.of(function);
        for (float t = 0; t < Pieces.END; t += STEP) {
            double exact = function.applyAsDouble(t);
            float got = pieces.at(t);
            float at = t;
            assertTrue(
                    Math.abs(got - exact) <= tolerance * Math.abs(exact),
                    () -> "at " + at + " must be " + exact + "; got " + got);
        }
    }

    @Test
    void smoothFunctionsKeepTheirDigits() {
        assertClose(t -> 1 / (1 + StrictMath.exp(-t)), 0x1p-23);
        assertClose(t -> StrictMath.exp(-t), 0x1p-23);
        assertClose(t -> 0.5 * DoubleFunctions.erfc(t * Math.sqrt(0.5)), 0x1.2p-23);
    }

    @Test
    void polynomialsOfTheirDegreeAreExact() {
        Pieces square = Pieces.of(t -> t * t);
        for (int i = 0; i < 31; i++) {
            assertEquals(1, (1 + square.at(i / 8f)) / (1 + i * i / 64f), 0x1p-23f, "at " + i / 8f);
        }
    }
}
