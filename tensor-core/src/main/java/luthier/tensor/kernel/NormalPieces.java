package luthier.tensor.kernel;

import static luthier.tensor.kernel.DoubleDouble.exp;
import static luthier.tensor.kernel.DoubleDouble.product;
import static luthier.tensor.kernel.DoubleDouble.sum;

/** {@link DoublePieces} of what a normal X gives, for t >= 0. */
final class NormalPieces {
    /** 1 / sqrt(2 pi). */
    private static final double NORMAL_HEIGHT = 0.3989422804014327;
    /** 2 / sqrt(pi). */
    private static final double ERF_SLOPE = 1.1283791670955126;

    /** The error function. */
    static final DoublePieces ERF = DoublePieces.of(
            c -> sum(1, -DoubleFunctions.tail(c)), c -> DoublePieces.integral(0, ERF_SLOPE, DoublePieces.bell(1, c)));

    /** P(X > t). */
    static final DoublePieces BEYOND =
            DoublePieces.of(c -> DoubleFunctions.normalTail(c).times(exp(product(c, -0.5 * c))), NormalPieces::beyond);

    /** P(X > t) - t p(t), the derivative of GELU at -t. */
    static final DoublePieces SLOPE = DoublePieces.of(
            c -> DoubleFunctions.normalSlope(c).times(exp(product(c, -0.5 * c))),
            c -> DoublePieces.slopeOfProduct(c, beyond(c)));

    private NormalPieces() {}

    private static double[] beyond(double c) {
        double atC = 0.5 * DoubleFunctions.erfc(c * Math.sqrt(0.5));
        return DoublePieces.integral(atC, -NORMAL_HEIGHT, DoublePieces.bell(0.5, c));
    }
}
