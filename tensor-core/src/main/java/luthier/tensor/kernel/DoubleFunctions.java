package luthier.tensor.kernel;

/** Double-precision functions that {@link StrictMath} lacks, from its own parts, so the same bits everywhere. */
public final class DoubleFunctions {
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
    private static final double SQRT_HALF = 0.7071067811865476;
    private static final double NORMAL_HEIGHT = 0.3989422804014327;
    private static final double GELU_SLOPE = 0.7978845608028654;
    private static final double GELU_CUBE = 0.044715;
    /** Below it the series converges fast, above it the continued fraction. */
    private static final double SERIES = 2.5;

    private static final int FRACTION_TERMS = 60;
    /** From here on erf rounds to 1. */
    private static final double ERF_ONE = 6;

    private DoubleFunctions() {}

    /**
     * Returns the error function. Below 2.5 the series 2 / sqrt(pi) e^(-x^2) sum of 2^k x^(2k+1) / (2k+1)!!, whose terms are
     * all positive (DLMF 7.6.2), above it one minus the continued fraction of erfc (DLMF 7.9.1).
     */
    public static double erf(double x) {
        double t = Math.abs(x);
        if (Double.isNaN(x)) {
            return x;
        }
        return Math.copySign(t < SERIES ? series(t) : t < ERF_ONE ? 1 - upperTail(t) : 1, x);
    }

    /** Returns 1 - erf(x), without cancellation for positive x. */
    public static double erfc(double x) {
        return x < SERIES ? 1 - erf(x) : upperTail(x);
    }

    private static double series(double t) {
        double term = t;
        double sum = t;
        for (int k = 1; term > sum * 0x1p-54; k++) {
            term *= 2 * t * t / (2 * k + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * StrictMath.exp(-t * t) * sum;
    }

    private static double upperTail(double t) {
        double fraction = t;
        for (int k = FRACTION_TERMS; k > 0; k--) {
            fraction = t + k / 2.0 / fraction;
        }
        return StrictMath.exp(-t * t) * TWO_OVER_SQRT_PI / 2 / fraction;
    }

    /** Returns 1 / (1 + e^-x). */
    public static double sigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** Returns x P(X <= x) for a normal X. */
    public static double gelu(double x) {
        return x * normalCdf(x);
    }

    private static double normalCdf(double x) {
        return 0.5 * erfc(-x * SQRT_HALF);
    }

    /** Returns dY times the derivative of GELU at x. */
    public static double geluBackward(double x, double dY) {
        return dY * (normalCdf(x) + x * NORMAL_HEIGHT * StrictMath.exp(-0.5 * x * x));
    }

    /** Returns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    public static double geluTanh(double x) {
        return 0.5 * x * (1 + StrictMath.tanh(GELU_SLOPE * (x + GELU_CUBE * x * x * x)));
    }

    /** Returns dY times the derivative of the tanh form of GELU at x. */
    public static double geluTanhBackward(double x, double dY) {
        double t = StrictMath.tanh(GELU_SLOPE * (x + GELU_CUBE * x * x * x));
        double slope = GELU_SLOPE * (1 + 3 * GELU_CUBE * x * x);
        return dY * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope);
    }
}
