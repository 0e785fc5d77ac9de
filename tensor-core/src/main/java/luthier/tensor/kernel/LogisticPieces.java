package luthier.tensor.kernel;

import static luthier.tensor.kernel.DoubleDouble.exp;
import static luthier.tensor.kernel.DoubleDouble.expm1;

/** {@link DoublePieces} of what the logistic function gives, for t >= 0. */
final class LogisticPieces {
    /** From here on the argument of GELU's tanh form is too steep for its pieces. */
    static final double GELU_TANH_END = 5;

    /** log(1 + e^-t). */
    static final DoublePieces SOFTPLUS = DoublePieces.of(LogisticPieces::log1pExp, LogisticPieces::softplus);

    /** 1 / (1 + e^u(t)), u the argument of the tanh form of GELU. */
    static final DoublePieces GELU_TANH_BEYOND =
            DoublePieces.of(c -> DoubleFunctions.gate(DoubleFunctions.geluArgument(-c)), LogisticPieces::beyond);

    /** The derivative of the tanh form of GELU at -t. */
    static final DoublePieces GELU_TANH_SLOPE =
            DoublePieces.of(c -> DoubleFunctions.geluTanhSlope(-c), c -> DoublePieces.slopeOfProduct(c, beyond(c)));

    private LogisticPieces() {}

    /** {@link StrictMath}'s logarithm, mended by a step of Newton's. */
    private static DoubleDouble log1pExp(double c) {
        DoubleDouble e = exp(new DoubleDouble(-c, 0));
        double y = StrictMath.log1p(e.high());
        return e.minus(expm1(y)).over(e.plus(1)).plus(y);
    }

    private static double[] softplus(double c) {
        double[] one = new double[DoublePieces.TERMS];
        one[0] = 1;
        return DoublePieces.integral(0, -1, DoublePieces.gate(DoubleFunctions.sigmoid(-c), one));
    }

    private static double[] beyond(double c) {
        double curve = DoubleFunctions.geluArgumentSlope(1).high()
                - DoubleFunctions.geluArgumentSlope(0).high();
        double[] slope = new double[DoublePieces.TERMS];
        slope[0] = DoubleFunctions.geluArgumentSlope(c).high();
        slope[1] = 2 * c * curve;
        slope[2] = curve;
        return DoublePieces.gate(
                DoubleFunctions.gate(DoubleFunctions.geluArgument(-c)).high(), slope);
    }
}
