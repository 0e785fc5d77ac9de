package luthier.tensor.kernel;

/** Double-precision functions that {@link StrictMath} lacks, from its own parts, so the same bits everywhere; within 2 ulp. */
public final class DoubleFunctions {
    private static final double LN2 = 0.6931471805599453;
    private static final double LOG2_E = 1.4426950408889634;
    private static final double SQRT_HALF = 0.7071067811865476;
    /** What sqrt(1/2) has beyond {@link #SQRT_HALF}. */
    private static final double SQRT_HALF_LOW = -4.833646656726457e-17;

    /** From here on the distribution function of the normal rounds to 1. */
    private static final double NORMAL_ONE = 9;

    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
    private static final double NORMAL_HEIGHT = 0.3989422804014327;
    private static final double GELU_SLOPE = 0.7978845608028654;
    private static final double GELU_CUBE = 0.044715;
    /** Below it the series of erf, above it one minus the tail. */
    private static final double SERIES = 0.85;
    /** From here on erfc is zero. */
    private static final double TAIL_END = 27.5;

    /** erf(x) / x - 1 in powers of x^2 below 0.85; interpolated, relative error 2^-56. */
    private static final double[] ERF = {
        0.1283791670955126,
        -0.37612638903183754,
        0.11283791670955116,
        -0.02686617064512863,
        0.005223977625401043,
        -0.0008548327019606847,
        0.00012055332751072852,
        -1.4925641067997178e-05,
        1.6461857824219926e-06,
        -1.6360965818646167e-07,
        1.4744186755148834e-08,
        -1.1759373137318028e-09,
        6.736414556436404e-11
    };

    private static final double TAIL_CENTRE = 4;
    /** (1 + 2 t) e^(t^2) erfc(t) in powers of (t - 4) / (t + 4); interpolated, relative error 2^-54. */
    private static final double[] TAIL = {
        1.2329951186255526,
        -0.1396211168405625,
        0.015379652102620026,
        0.06809705425469169,
        -0.10103906603632402,
        0.09373283499839011,
        -0.0663303658116766,
        0.03716751553676304,
        -0.016197734065523037,
        0.005031969984538271,
        -0.0007577732236198569,
        -0.00019925672650649988,
        0.0001506213330981676,
        -2.4399140026230927e-05,
        -1.1220862532112395e-05,
        5.709726919509662e-06,
        2.9122339980031853e-07,
        -8.258523423432054e-07,
        7.831050091974026e-08,
        1.1119076968712332e-07,
        -2.1111200617836814e-08,
        -1.5496311015661568e-08,
        3.3392273267201997e-09,
        2.0902127402466088e-09,
        -2.7473925934455716e-10,
        -1.7775320787553475e-10
    };

    private DoubleFunctions() {}

    /** Returns the error function. */
    public static double erf(double x) {
        double t = Math.abs(x);
        if (t < SERIES) {
            return Math.fma(x, polynomial(ERF, x * x), x);
        }
        return Math.copySign(1 - tail(t), x);
    }

    /** Returns 1 - erf(x), without cancellation for positive x. */
    public static double erfc(double x) {
        if (Math.abs(x) < 0.25) {
            return 1 - erf(x);
        }
        return x < 0 ? 2 - tail(-x) : tail(x);
    }

    /** Returns erfc(t) for t >= 0. The square in the exponent is taken exactly, in two parts. */
    private static double tail(double t) {
        if (t > TAIL_END) {
            return 0;
        }
        double q = polynomial(TAIL, (t - TAIL_CENTRE) / (t + TAIL_CENTRE)) / (1 + 2 * t);
        double square = t * t;
        double e = StrictMath.exp(-square);
        return Math.fma(e * q, -Math.fma(t, t, -square), e * q);
    }

    private static double polynomial(double[] coefficients, double x) {
        double y = coefficients[coefficients.length - 1];
        for (int i = coefficients.length - 2; i >= 0; i--) {
            y = Math.fma(y, x, coefficients[i]);
        }
        return y;
    }

    /** Returns 2^x. */
    public static double exp2(double x) {
        return StrictMath.pow(2, x);
    }

    /** Returns the logarithm to base 2, exact for powers of two. */
    public static double log2(double x) {
        if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
            return StrictMath.log(x);
        }
        double normal = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
        int e = Math.getExponent(normal * SQRT_HALF) + 1;
        double whole = x < Double.MIN_NORMAL ? e - 54 : e;
        double y = StrictMath.log(Math.scalb(normal, -e));
        return Math.fma(y, LOG2_E, whole);
    }

    /** Returns log(e^a + e^b). */
    public static double logAddExp(double a, double b) {
        double gap = a == b ? 0 : Math.abs(a - b);
        return gap == 0 ? a + LN2 : Math.max(a, b) + StrictMath.log1p(StrictMath.exp(-gap));
    }

    /** Returns x log y, and 0 where x is 0 and y a number. */
    public static double xlogy(double x, double y) {
        return x == 0 && !Double.isNaN(y) ? 0 : x * StrictMath.log(y);
    }

    /** Returns a - b floor(a / b), exact but for the last rounding, with the sign of b. */
    public static double remainder(double a, double b) {
        double r = a % b;
        return r != 0 && r < 0 != b < 0 ? r + b : r;
    }

    /** Returns a + weight (b - a), taken from b's side for weights of a half and more, so that weight 1 gives b. */
    public static double lerp(double a, double b, double weight) {
        return weight < 0.5 ? Math.fma(weight, b - a, a) : Math.fma(weight - 1, b - a, b);
    }

    /** Returns the integer towards zero. */
    public static double trunc(double x) {
        return x < 0 ? Math.ceil(x) : Math.floor(x);
    }

    // ---- activations
    // ---------------------------------------------------------------------------------------------------

    /** Returns 1 / (1 + e^-x). */
    public static double sigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** Returns log(1 + e^(beta x)) / beta, and x where beta x is above the threshold. */
    public static double softplus(double x, double beta, double threshold) {
        return x * beta > threshold ? x : softplus(x * beta) / beta;
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    /** Returns log(1 / (1 + e^-x)). */
    public static double logSigmoid(double x) {
        return -softplus(-x);
    }

    /** Returns scale x for x > 0 and scale alpha (e^x - 1) elsewhere. */
    public static double elu(double x, double alpha, double scale) {
        return scale * (x > 0 ? x : alpha * StrictMath.expm1(x));
    }

    /** Returns x / (1 + e^-x), -0 at minus infinity. */
    public static double silu(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x * sigmoid(x);
    }

    /** Returns x tanh(log(1 + e^x)), -0 at minus infinity. */
    public static double mish(double x) {
        if (x == Double.NEGATIVE_INFINITY) {
            return -0.0;
        }
        double e = StrictMath.exp(Math.min(x, 40));
        double w = e * (e + 2);
        return x * (w / (w + 2));
    }

    /** Returns x / (1 + |x|), 1 and -1 at the infinities. */
    public static double softsign(double x) {
        return Double.isInfinite(x) ? Math.copySign(1, x) : x / (1 + Math.abs(x));
    }

    /** Returns x P(X <= x) for a normal X, -0 at minus infinity. */
    public static double gelu(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x * normalCdf(x);
    }

    /** The rounding of the argument of erfc counts x^2-fold in the tail; the derivative of erfc takes it back. */
    private static double normalCdf(double x) {
        if (x > NORMAL_ONE) {
            return 1;
        }
        double t = -x * SQRT_HALF;
        double lost = Math.fma(-x, SQRT_HALF, -t) - x * SQRT_HALF_LOW;
        return 0.5 * Math.fma(-lost * TWO_OVER_SQRT_PI, StrictMath.exp(-t * t), erfc(t));
    }

    /** Returns dY times the derivative of GELU at x. */
    public static double geluBackward(double x, double dY) {
        double bounded = Math.max(Math.min(x, 40), -40);
        return dY * (normalCdf(bounded) + bounded * NORMAL_HEIGHT * StrictMath.exp(-0.5 * bounded * bounded));
    }

    /** Returns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as x times a sigmoid; -0 at minus infinity. */
    public static double geluTanh(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x * sigmoid(2 * GELU_SLOPE * (x + GELU_CUBE * x * x * x));
    }

    /** Returns dY times the derivative of the tanh form of GELU at x. */
    public static double geluTanhBackward(double x, double dY) {
        double bounded = Math.max(Math.min(x, 40), -40);
        double square = bounded * bounded;
        double u = 2 * GELU_SLOPE * (bounded + GELU_CUBE * square * bounded);
        double gate = sigmoid(u);
        double slope = 2 * GELU_SLOPE * (1 + 3 * GELU_CUBE * square);
        return dY * (gate * (1 + bounded * slope * sigmoid(-u)));
    }
}
