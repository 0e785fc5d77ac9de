package luthier.tensor.kernel;

import static luthier.tensor.kernel.DoubleDouble.ONE;
import static luthier.tensor.kernel.DoubleDouble.exp;
import static luthier.tensor.kernel.DoubleDouble.expm1;
import static luthier.tensor.kernel.DoubleDouble.polynomial;
import static luthier.tensor.kernel.DoubleDouble.product;
import static luthier.tensor.kernel.DoubleDouble.sum;

/**
 * Double-precision functions that {@link StrictMath} lacks or has less accurately, from its own parts and {@link DoubleDouble}, so the
 * same bits everywhere; within 2 ulp of the true value, denormal results within 2 of their spacing, unless said otherwise.
 */
public final class DoubleFunctions {
    private static final double LOG2_E = 1.4426950408889634;
    // What real constants have beyond their nearest double is the low part.
    private static final DoubleDouble SQRT_HALF = new DoubleDouble(0.7071067811865476, -4.833646656726457e-17);
    private static final DoubleDouble LN2 = new DoubleDouble(0.6931471805599453, 2.3190468138462996e-17);
    /** e^2000 is infinite and e^-2000 zero. */
    private static final double POWER_MOST = 2000;
    /** 1 / sqrt(2 pi). */
    private static final DoubleDouble NORMAL_HEIGHT = new DoubleDouble(0.3989422804014327, -2.49232720227773e-17);
    /** 2 sqrt(2 / pi), and 0.044715 times it. */
    private static final DoubleDouble GELU_SLOPE = new DoubleDouble(1.5957691216057308, -9.96930880911092e-17);

    private static final DoubleDouble GELU_CUBE = new DoubleDouble(0.07135481627260025, -6.175149918155315e-19);

    /** e^-50 is less than 2^-72: beside 1 it is nothing, even times the slope of the argument of GELU. */
    private static final double FAR = 50;

    /** Up to it a rounded quotient is less than 3/4 from the true one, so that the remainder by its nearest integer is exact. */
    static final double EXACT_QUOTIENT = 0x1p50;

    /** Below it 1 - erf is better than the tail. */
    private static final double NEAR_ZERO = 0.25;
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
    /**
     * (1 + 2 t) e^(t^2) erfc(t) in powers of z = (t - 4) / (t + 4): the constant, then from the first power on. Interpolated in 27
     * Chebyshev points of [-1, 1] with 60 digits, relative error 2^-61.
     */
    private static final DoubleDouble TAIL_MIDDLE = new DoubleDouble(1.2329951186255526, -4.625318921008717e-17);

    private static final double[] TAIL = {
        -0.1396211168405625,
        0.015379652102620042,
        0.06809705425469036,
        -0.10103906603632504,
        0.09373283499843951,
        -0.0663303658116485,
        0.03716751553591141,
        -0.01619773406595253,
        0.005031969992810925,
        -0.0007577732195352293,
        -0.0001992567764579197,
        0.00015062130746391778,
        -2.4398942309069806e-05,
        -1.1220753452725425e-05,
        5.709201212226352e-06,
        2.909062968371427e-07,
        -8.249127434964572e-07,
        7.89343963476142e-08,
        1.1009041560728304e-07,
        -2.1917128684776733e-08,
        -1.470518755238763e-08,
        3.979908209935334e-09,
        1.7887492189077536e-09,
        -5.47796315403793e-10,
        -1.37212432109558e-10,
        4.335744696880128e-11
    };

    private DoubleFunctions() {}

    /** Returns the error function. */
    public static double erf(double x) {
        double t = Math.abs(x);
        if (t < SERIES) {
            return Math.fma(x, polynomial(ERF, x * x), x);
        }
        return Math.copySign(t < DoublePieces.END ? NormalPieces.ERF.at(t) : Math.min(t, 1), x);
    }

    /** Returns 1 - erf(x), without cancellation for positive x. */
    public static double erfc(double x) {
        if (Math.abs(x) < NEAR_ZERO) {
            return 1 - erf(x);
        }
        return x < 0 ? 2 - tail(-x) : tail(x);
    }

    /** Returns erfc(t) for t >= 0. The square in the exponent is exact: half an ulp of it would be up to 512 of the result. */
    static double tail(double t) {
        return t > TAIL_END ? 0 : scaledTail(new DoubleDouble(t, 0)).timesExp(product(t, -t));
    }

    /**
     * Returns e^(t^2) erfc(t) for t >= 0, relative error 2^-53. The polynomial's first term, which has most of the value, is kept in two
     * doubles, and the derivative makes up for the rounding of z.
     */
    private static DoubleDouble scaledTail(DoubleDouble t) {
        DoubleDouble z = t.plus(-TAIL_CENTRE).over(t.plus(TAIL_CENTRE));
        double p = 0;
        double slope = 0;
        for (int i = TAIL.length - 1; i >= 0; i--) {
            slope = Math.fma(slope, z.high(), p);
            p = Math.fma(p, z.high(), TAIL[i]);
        }
        slope = Math.fma(slope, z.high(), p);
        return TAIL_MIDDLE
                .plus(product(p, z.high()))
                .plus(slope * z.low())
                .over(t.times(2).plus(1));
    }

    /** Returns 2^x. */
    public static double exp2(double x) {
        return Double.isFinite(x) ? ONE.timesExp(LN2.times(Math.clamp(x, -POWER_MOST, POWER_MOST))) : StrictMath.exp(x);
    }

    /** Returns the logarithm to base 2, exact for powers of two, elsewhere within 1.5 ulp. */
    public static double log2(double x) {
        if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
            return StrictMath.log(x);
        }
        double normal = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
        int e = Math.getExponent(normal * SQRT_HALF.high()) + 1;
        double whole = x < Double.MIN_NORMAL ? e - 54 : e;
        double y = StrictMath.log(Math.scalb(normal, -e));
        return Math.fma(y, LOG2_E, whole);
    }

    /** Returns the hyperbolic tangent, (e^2t - 1) / (e^2t + 1) for t = |x|; {@link StrictMath}'s is up to 2.2 ulp off. */
    public static double tanh(double x) {
        DoubleDouble e = expm1(2 * Math.min(Math.abs(x), FAR));
        return Math.copySign(e.over(e.plus(2)).high(), x);
    }

    /** Returns log(e^a + e^b); the error is 2 ulp of the largest of |a|, |b| and the result, for the sum may cancel to near 0. */
    public static double logAddExp(double a, double b) {
        if (a == b) {
            return a + LN2.high();
        }
        double larger = Math.max(a, b);
        DoubleDouble gap = sum(Math.min(a, b), -larger);
        if (!(gap.high() > -FAR)) {
            return larger + ONE.timesExp(gap);
        }
        return -gap.high() < DoublePieces.END
                ? larger + LogisticPieces.SOFTPLUS.at(-gap.high(), -gap.low())
                : log1p(exp(gap)).plus(larger).high();
    }

    /** Returns x log y, and 0 where x is 0 and y a number. */
    public static double xlogy(double x, double y) {
        return x == 0 && !Double.isNaN(y) ? 0 : x * StrictMath.log(y);
    }

    /** Returns a - b floor(a / b), exact but for the last rounding, with the sign of b. */
    public static double remainder(double a, double b) {
        double quotient = a / b;
        if (Math.abs(quotient) < EXACT_QUOTIENT && Math.abs(b) < Double.POSITIVE_INFINITY) {
            double nearest = Math.fma(-Math.rint(quotient), b, a);
            // A mask, because a branch on signs would be guessed wrong half the time.
            long divisor = Double.doubleToRawLongBits(b);
            long turned = (Double.doubleToRawLongBits(nearest) ^ divisor) >> 63;
            return nearest == 0 ? Math.copySign(0, a) : nearest + Double.longBitsToDouble(divisor & turned);
        }
        double r = a % b;
        return r != 0 && r < 0 != b < 0 ? r + b : r;
    }

    /** Returns floor(a / b) of the exact quotient; where that is beyond 2^53, the quotient rounded. */
    public static double floorDivide(double a, double b) {
        double quotient = a / b;
        double whole = Math.floor(quotient);
        if (whole != quotient || !Double.isFinite(quotient)) {
            return whole;
        }
        // The quotient may have been rounded up to a whole number: the sign of what is left tells.
        double rest = whole == 0 ? a : Math.fma(-whole, b, a);
        return rest != 0 && rest < 0 != b < 0 ? whole - 1 : whole;
    }

    /** Returns a / b without its fraction, of the exact quotient; where that is beyond 2^53, the quotient rounded. */
    public static double truncDivide(double a, double b) {
        return Math.copySign(floorDivide(Math.abs(a), Math.abs(b)), a / b);
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

    /** Returns 1 / (1 + e^-x). */
    public static double sigmoid(double x) {
        return x < -FAR
                ? ONE.timesExp(new DoubleDouble(x, 0))
                : gate(new DoubleDouble(x, 0)).high();
    }

    /** Returns dY times the derivative of the sigmoid at x, e^-|x| / (1 + e^-|x|)^2. */
    public static double sigmoidBackward(double x, double dY) {
        DoubleDouble minus = new DoubleDouble(-Math.abs(x), 0);
        if (minus.high() < -FAR) {
            return dY * ONE.timesExp(minus);
        }
        DoubleDouble e = exp(minus);
        DoubleDouble w = e.plus(1);
        return dY * e.over(w.times(w)).high();
    }

    /** Returns 1 / (1 + e^-x) for x not below -FAR; above FAR it is 1, but for less than 2^-72. */
    static DoubleDouble gate(DoubleDouble x) {
        return x.high() > FAR ? ONE : ONE.over(exp(x.negated()).plus(1));
    }

    /** Returns x times a gate that is {@code left} at -t and the rest of 1 at t, for t = |x|; -0 stays. */
    private static double halved(double x, DoublePieces left, double t) {
        return x > 0 ? Math.fma(-x, left.at(t), x) : left.timesAt(x, t);
    }

    /** Returns x times a gate between 0 and 1 that is 1 above FAR; -0 stays. */
    private static double gated(double x, DoubleDouble gate) {
        return x > FAR ? x : Math.copySign(Math.fma(x, gate.high(), x * gate.low()), x);
    }

    /** Returns log(1 + e^(beta x)) / beta, and x where beta x is above the threshold. */
    public static double softplus(double x, double beta, double threshold) {
        if (x * beta > Math.min(threshold, FAR)) {
            return x;
        }
        DoubleDouble u = product(x, beta);
        double t = Math.abs(u.high());
        if (t < DoublePieces.END && beta != 0) {
            double part = LogisticPieces.SOFTPLUS.at(t, u.high() > 0 ? u.low() : -u.low());
            return (u.high() > 0 ? part + u.low() + u.high() : part) / beta;
        }
        if (u.high() < -FAR) {
            return new DoubleDouble(1 / beta, 0).timesExp(u);
        }
        DoubleDouble y = u.high() > 0 ? log1p(exp(u.negated())).plus(u) : log1p(exp(u));
        return beta == 0 ? y.high() / beta : y.over(new DoubleDouble(beta, 0)).high();
    }

    /** Returns log(1 + e) for 0 <= e <= 1: {@link StrictMath}'s, within 0.8 ulp there, for e rounded, and what rounding e loses. */
    private static DoubleDouble log1p(DoubleDouble e) {
        return sum(StrictMath.log1p(e.high()), e.low() / (1 + e.high()));
    }

    /** Returns log(1 / (1 + e^-x)). */
    public static double logSigmoid(double x) {
        return -softplus(-x, 1, FAR);
    }

    /** Returns scale x for x > 0 and scale alpha (e^x - 1) elsewhere. */
    public static double elu(double x, double alpha, double scale) {
        if (x > 0) {
            return scale * x;
        }
        // Two doubles have no -0.
        return x == 0
                ? scale * (alpha * x)
                : expm1(Math.max(x, -FAR)).times(product(scale, alpha)).high();
    }

    /** Returns x / (1 + e^-x), -0 at minus infinity. */
    public static double silu(double x) {
        DoubleDouble u = new DoubleDouble(x, 0);
        return x < -FAR ? u.timesExp(u) : gated(x, gate(u));
    }

    /** Returns x tanh(log(1 + e^x)), -0 at minus infinity. */
    public static double mish(double x) {
        DoubleDouble u = new DoubleDouble(x, 0);
        if (x < -FAR) {
            return u.timesExp(u);
        }
        DoubleDouble e = exp(u);
        DoubleDouble w = e.times(e.plus(2));
        return gated(x, w.over(w.plus(2)));
    }

    /** Returns x / (1 + |x|), 1 and -1 at the infinities. */
    public static double softsign(double x) {
        return Double.isInfinite(x) ? Math.copySign(1, x) : x / (1 + Math.abs(x));
    }

    /** Returns x P(X <= x) for a normal X, -0 at minus infinity. */
    public static double gelu(double x) {
        double t = Math.min(Math.abs(x), FAR);
        if (t < DoublePieces.END) {
            return halved(x, NormalPieces.BEYOND, t);
        }
        DoubleDouble exponent = product(t, -0.5 * t);
        return x < 0
                ? -normalTail(t).times(t).timesExp(exponent)
                : gated(x, sum(1, -normalTail(t).timesExp(exponent)));
    }

    /** Returns e^(x^2 / 2) P(X > x) for a normal X and x >= 0. */
    static DoubleDouble normalTail(double x) {
        return scaledTail(SQRT_HALF.times(x)).times(0.5);
    }

    /**
     * Returns dY times the derivative of GELU at x, P(X <= x) + x p(x). The error is 2 ulp of the larger of the two terms, which cancel
     * near x = -0.75.
     */
    public static double geluBackward(double x, double dY) {
        double t = Math.abs(x);
        if (t < DoublePieces.END) {
            double left = NormalPieces.SLOPE.at(t);
            return dY * (x < 0 ? left : 1 - left);
        }
        return dY * geluSlope(x);
    }

    /** Returns the derivative of GELU at x without {@link NormalPieces}. */
    static double geluSlope(double x) {
        double t = Math.min(Math.abs(x), FAR);
        double left = normalSlope(t).timesExp(product(t, -0.5 * t));
        return x < 0 ? left : 1 - left;
    }

    /** Returns the derivative of GELU at -x over e^(-x^2 / 2) for x >= 0. */
    static DoubleDouble normalSlope(double x) {
        return normalTail(x).minus(NORMAL_HEIGHT.times(x));
    }

    /** Returns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as x times a sigmoid; -0 at minus infinity. */
    public static double geluTanh(double x) {
        double t = Math.abs(x);
        if (t < LogisticPieces.GELU_TANH_END) {
            return halved(x, LogisticPieces.GELU_TANH_BEYOND, t);
        }
        double bounded = Math.max(x, -FAR);
        DoubleDouble u = geluArgument(bounded);
        return u.high() < -FAR ? new DoubleDouble(bounded, 0).timesExp(u) : gated(x, gate(u));
    }

    /**
     * Returns dY times the derivative of the tanh form of GELU at x, g + x u'(x) g (1 - g) with g = sigmoid(u(x)). The error is 2 ulp of
     * the larger of the two terms, which cancel near x = -0.75.
     */
    public static double geluTanhBackward(double x, double dY) {
        double t = Math.abs(x);
        if (t < LogisticPieces.GELU_TANH_END) {
            double left = LogisticPieces.GELU_TANH_SLOPE.at(t);
            return dY * (x < 0 ? left : 1 - left);
        }
        double bounded = Math.max(Math.min(x, FAR), -FAR);
        DoubleDouble u = geluArgument(bounded);
        return u.high() < -FAR
                ? dY * geluArgumentSlope(bounded).times(bounded).plus(1).timesExp(u)
                : dY * geluTanhSlope(bounded).high();
    }

    /** Returns u(x) = 2 sqrt(2 / pi) (x + 0.044715 x^3). */
    static DoubleDouble geluArgument(double x) {
        return product(x, x).times(GELU_CUBE).plus(GELU_SLOPE).times(x);
    }

    /** Returns u'(x). */
    static DoubleDouble geluArgumentSlope(double x) {
        return product(x, x).times(GELU_CUBE).times(3).plus(GELU_SLOPE);
    }

    /** Returns g + x u'(x) g (1 - g) with g = sigmoid(u(x)). */
    static DoubleDouble geluTanhSlope(double x) {
        DoubleDouble g = gate(geluArgument(x));
        return geluArgumentSlope(x).times(x).times(ONE.minus(g)).plus(1).times(g);
    }
}
