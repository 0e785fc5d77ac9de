package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link DoubleAccuracyTest} finds by chance only: the borders of pieces. */
class DoublePiecesTest {
    private static final double WIDTH = 1 / 16.0;

    static Arguments[] neighboursMeet() {
        return new Arguments[] {
            // Below 1 the series of erf is used.
            Arguments.of("erf", NormalPieces.ERF, 1, DoublePieces.END),
            Arguments.of("beyond", NormalPieces.BEYOND, 0, DoublePieces.END),
            Arguments.of("slope", NormalPieces.SLOPE, 0, DoublePieces.END),
            Arguments.of("softplus", LogisticPieces.SOFTPLUS, 0, DoublePieces.END),
            Arguments.of("gelu tanh beyond", LogisticPieces.GELU_TANH_BEYOND, 0, LogisticPieces.GELU_TANH_END),
            Arguments.of("gelu tanh slope", LogisticPieces.GELU_TANH_SLOPE, 0, LogisticPieces.GELU_TANH_END)
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void neighboursMeet(String name, DoublePieces pieces, double from, double to) {
        for (double border = from + WIDTH / 2; border < to; border += WIDTH) {
            double before = Math.nextDown(border);
            double left = pieces.at(before, border - before);
            double right = pieces.at(border);
            // A slope's terms cancel at 0.75; the error is one of the larger.
            double scale = Math.max(Math.abs(right), name.contains("slope") ? 0.1 * Math.exp(-border * border / 2) : 0);
            assertEquals(left, right, 3 * Math.ulp(scale), name + " at " + border);
            assertEquals(right, pieces.timesAt(1, border), Math.ulp(right));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("neighboursMeet")
    void aLowPartMovesTheArgument(String name, DoublePieces pieces, double from, double to) {
        double t = from + 0.125;
        double step = 0x1p-20;
        assertEquals(pieces.at(t + step), pieces.at(t, step), 4 * Math.ulp(1.0));
        assertEquals(pieces.at(t - step), pieces.at(t, -step), 4 * Math.ulp(1.0));
    }
}
