package luthier.tensor.kernel;

/**
 * Functions of single-precision numbers, computed in double precision by fused multiply-adds, comparisons and bit operations
 * alone and rounded once by the caller: within 0.52 ulp, and every machine, vector width and JIT state gives the same bits. This
 * is the definition; {@link FloatFunctionsSimd} repeats it lane by lane. Arguments are floats widened; results wait for their rounding.
 *
 * <p>The polynomials interpolate at Chebyshev points (relative error beside each):
 * <ul>
 *   <li>exp: x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + r + r^2 P(r), 2^-32.
 *   <li>log: x = 2^e (1 + f), 1 + f in [sqrt 1/2, sqrt 2); s = f / (2 + f); log(1 + f) = 2 s + s^3 P(s^2), 2^-43.
 *   <li>sin, cos, tan: x = n pi / 2 + r, |r| <= pi / 4; sin r = r + r^3 P(r^2), 2^-35; cos r = 1 - r^2 / 2 + r^4 P(r^2), 2^-39.
 *   <li>atan: of z in [-tan(pi / 8), tan(pi / 8)] after a turn by pi / 4 or pi / 2; z + z^3 P(z^2), 2^-38.
 *   <li>erf: x P(x^2) below 1/2, 2^-36; erfc(t) = e^(-t^2) s P(s), s = 1 / (t + 2.5), 2^-30.
 * </ul>
 */
final class FloatFunctionsScalar {
    static final double LOG2_E = 1.4426950408889634;
    static final double LN2 = 0.6931471805599453;
    /** Beyond it e^x is infinite or zero in single precision, and still finite and positive here. */
    static final double EXP_MOST = 150;
    /** 1.5 * 2^52: adding it rounds to an integer, which stands in the low bits. */
    static final double ROUNDER = 0x1.8p52;

    static final double EXP0 = 0.500000001346581;
    static final double EXP1 = 0.16666666681623232;
    static final double EXP2 = 0.041666464925285904;
    static final double EXP3 = 0.0083333109254809;
    static final double EXP4 = 0.0013933649996309251;
    static final double EXP5 = 0.00019890990824673654;

    static final long ONE_BITS = 0x3FF0000000000000L;
    static final long SQRT_HALF_BITS = 0x3FE6A09E667F3BCDL;
    static final double LOG0 = 0.6666666666737868;
    static final double LOG1 = 0.3999999879244169;
    static final double LOG2 = 0.28571755535032944;
    static final double LOG3 = 0.22191337428065783;
    static final double LOG4 = 0.19363884986633198;

    static final double TWO_OVER_PI = 0.6366197723675814;
    /** pi / 2 = HALF_PI + HALF_PI_LOW to 107 bits. */
    static final double HALF_PI = 1.5707963267948966;

    static final double HALF_PI_LOW = 6.123233995736766e-17;
    /** From here on adding {@link #ROUNDER} would lose what a whole number is. */
    static final double ALL_WHOLE = 0x1p51;

    /** From here on the quotient by pi / 2 is taken with the bits of 2 / pi. */
    static final double LARGE = 0x1p40;

    static final double SIN0 = -0.16666666663844049;
    static final double SIN1 = 0.008333331870341349;
    static final double SIN2 = -0.00019840084376422697;
    static final double SIN3 = 2.724962008007483e-06;
    static final double COS0 = 0.041666666664311826;
    static final double COS1 = -0.0013888887668370663;
    static final double COS2 = 2.4800598408350117e-05;
    static final double COS3 = -2.7300704038086237e-07;

    static final double TAN_EIGHTH = 0.41421356237309503;
    static final double TAN_THREE_EIGHTHS = 2.414213562373095;
    static final double ATAN0 = -0.33333333331428355;
    static final double ATAN1 = 0.19999998911296413;
    static final double ATAN2 = -0.14285612049555607;
    static final double ATAN3 = 0.11107482298859536;
    static final double ATAN4 = -0.09028824015574771;
    static final double ATAN5 = 0.07134420201211568;
    static final double ATAN6 = -0.040413140264586846;

    static final double ERF0 = 1.1283791670824095;
    static final double ERF1 = -0.37612638525650693;
    static final double ERF2 = 0.11283774013179537;
    static final double ERF3 = -0.02686314303224933;
    static final double ERF4 = 0.005200413724335267;
    static final double ERF5 = -0.0007694534279139036;
    static final double ERFC_SHIFT = 2.5;
    /** Beyond it erfc is zero in single precision, and e^(-t^2) stays within the lower end of {@link #exp}. */
    static final double ERFC_MOST = 12.2;

    static final double ERFC0 = 0.5641812737076916;
    static final double ERFC1 = 1.4110932164222816;
    static final double ERFC2 = 3.2237050876690514;
    static final double ERFC3 = 7.091589769006878;
    static final double ERFC4 = 6.98903443383112;
    static final double ERFC5 = 58.06285212964384;
    static final double ERFC6 = -237.1158072759273;
    static final double ERFC7 = 1002.2340141998968;
    static final double ERFC8 = -2923.5148847468568;
    static final double ERFC9 = 4662.521866912142;
    static final double ERFC10 = -3856.0084648474517;
    static final double ERFC11 = 1321.9000509617551;

    /** 2 sqrt(2 / pi) and the cubic coefficient of the tanh form of GELU. */
    static final double GELU_SLOPE = 1.5957691216057308;

    static final double GELU_CUBE = 0.044715;
    /** Left of it every gated activation is zero in single precision; it stands for minus infinity there. */
    static final double GATE_LEAST = -200;
    /** Beyond it in either direction the derivative of GELU is constant in single precision. */
    static final double SLOPE_MOST = 40;

    /** The bits of 2 / pi after the point. */
    private static final long[] TWO_OVER_PI_BITS = {
        0xa2f9836e4e441529L, 0xfc2757d1f534ddc0L, 0xdb6295993c439041L, 0xfe5163abdebbc561L, 0xb7246e3a424dd2e0L
    };

    private FloatFunctionsScalar() {}

    // ---- exponential functions

    private static double least(double x, double low) {
        return Math.max(x, low);
    }

    private static double most(double x, double high) {
        return Math.min(x, high);
    }

    static double exp(double x) {
        double bounded = least(most(x, EXP_MOST), -EXP_MOST);
        double rounded = Math.fma(bounded, LOG2_E, ROUNDER);
        double p = exponential(Math.fma(rounded - ROUNDER, -LN2, bounded)) + 1;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(p) + (Double.doubleToRawLongBits(rounded) << 52));
    }

    static double exp2(double x) {
        double bounded = least(most(x, EXP_MOST), -EXP_MOST);
        double rounded = bounded + ROUNDER;
        double p = exponential((bounded - (rounded - ROUNDER)) * LN2) + 1;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(p) + (Double.doubleToRawLongBits(rounded) << 52));
    }

    /** Returns e^r - 1 near 0. */
    private static double exponential(double r) {
        double p = Math.fma(EXP5, r, EXP4);
        p = Math.fma(p, r, EXP3);
        p = Math.fma(p, r, EXP2);
        p = Math.fma(p, r, EXP1);
        p = Math.fma(p, r, EXP0);
        return Math.fma(r * r, p, r);
    }

    static double expm1(double x) {
        double bounded = least(most(x, EXP_MOST), -EXP_MOST);
        double rounded = Math.fma(bounded, LOG2_E, ROUNDER);
        double p = exponential(Math.fma(rounded - ROUNDER, -LN2, bounded));
        double scale = Double.longBitsToDouble(ONE_BITS + (Double.doubleToRawLongBits(rounded) << 52));
        return Math.copySign(Math.fma(scale, p, scale - 1), x);
    }

    static double sinh(double x) {
        double e = expm1(Math.abs(x));
        return Math.copySign(0.5 * (e + e / (e + 1)), x);
    }

    static double cosh(double x) {
        double e = exp(Math.abs(x));
        return 0.5 * (e + 1 / e);
    }

    static double tanh(double x) {
        double e = expm1(2 * most(Math.abs(x), ERFC_MOST));
        return Math.copySign(e / (e + 2), x);
    }

    static double sigmoid(double x) {
        return 1 / (1 + exp(-x));
    }

    static double sigmoidBackward(double x, double dY) {
        double e = exp(-Math.abs(x));
        double w = e + 1;
        return dY * (e / (w * w));
    }

    // ---- logarithms and powers

    static double log(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long e = (bits - SQRT_HALF_BITS) >> 52;
        double f = Double.longBitsToDouble(bits - (e << 52)) - 1;
        return atEdges(Math.fma((double) e, LN2, logarithm(f)), x);
    }

    static double log2(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long e = (bits - SQRT_HALF_BITS) >> 52;
        double f = Double.longBitsToDouble(bits - (e << 52)) - 1;
        return atEdges(Math.fma(logarithm(f), LOG2_E, (double) e), x);
    }

    static double log1p(double x) {
        double u = 1 + x;
        long bits = Double.doubleToRawLongBits(u);
        long e = (bits - SQRT_HALF_BITS) >> 52;
        double f = e == 0 ? x : Double.longBitsToDouble(bits - (e << 52)) - 1;
        return Math.copySign(atEdges(Math.fma((double) e, LN2, logarithm(f)), u), x);
    }

    /** Returns log(1 + f) for 1 + f in [sqrt 1/2, sqrt 2). */
    private static double logarithm(double f) {
        double s = f / (2 + f);
        double z = s * s;
        double p = Math.fma(LOG4, z, LOG3);
        p = Math.fma(p, z, LOG2);
        p = Math.fma(p, z, LOG1);
        p = Math.fma(p, z, LOG0);
        return Math.fma(s * z, p, s + s);
    }

    private static double atEdges(double y, double x) {
        double finite = x == 0 ? Double.NEGATIVE_INFINITY : y;
        double positive = x == Double.POSITIVE_INFINITY ? x : finite;
        return x >= 0 ? positive : Double.NaN;
    }

    static double pow(double x, double y) {
        if (x > 0 && x < Double.POSITIVE_INFINITY && Math.abs(y) < Double.POSITIVE_INFINITY) {
            return exp2(y * log2(x));
        }
        boolean finite = x > Double.NEGATIVE_INFINITY && x < 0 && Math.abs(y) < Double.POSITIVE_INFINITY;
        if (!finite) {
            return StrictMath.pow(x, y);
        }
        if (Math.rint(y) != y) {
            return Double.NaN;
        }
        double magnitude = exp2(y * log2(-x));
        return Math.rint(0.5 * y) == 0.5 * y ? magnitude : -magnitude;
    }

    /** Returns x to the power of a whole number by repeated squaring; the float of it is rounded once but for 2^-45. */
    static double power(double x, int exponent) {
        double result = 1;
        double square = x;
        for (int left = Math.abs(exponent); left > 0; left >>= 1) {
            result = (left & 1) == 0 ? result : result * square;
            square *= square;
        }
        return exponent < 0 ? 1 / result : result;
    }

    /** Returns the square root with the special cases of a power: 0 for -0, infinity for minus infinity. */
    static double root(double x) {
        return Math.sqrt(x == Double.NEGATIVE_INFINITY ? -x : x + 0.0);
    }

    /** Returns log(e^a + e^b). */
    static double logAddExp(double a, double b) {
        double gap = a == b ? 0 : Math.abs(a - b);
        return Math.max(a, b) + log1p(exp(-gap));
    }

    /** Returns log(1 + e^x). */
    static double softplus(double x) {
        return least(x, 0) + log1p(exp(-Math.abs(x)));
    }

    /** Returns log(1 + e^(beta x)) / beta, and x itself where beta x is above the threshold. */
    static double softplus(double x, double beta, double threshold) {
        return x * beta > threshold ? x : softplus(x * beta) / beta;
    }

    static double logSigmoid(double x) {
        return -softplus(-x);
    }

    /** Returns x log y, and 0 where x is 0 and y a number. */
    static double xlogy(double x, double y) {
        return x == 0 && !Double.isNaN(y) ? 0 : x * log(y);
    }

    // ---- circular functions

    static double sin(double x) {
        return circular(x, 0);
    }

    static double cos(double x) {
        return circular(x, 1);
    }

    private static double circular(double x, int turn) {
        if (!(Math.abs(x) < LARGE)) {
            long fraction = quarterTurns(x);
            double r = remainder(fraction, x);
            return wave(r, x < 0 ? turn - quadrant(fraction) : turn + quadrant(fraction));
        }
        double rounded = Math.fma(x, TWO_OVER_PI, ROUNDER);
        double n = rounded - ROUNDER;
        double r = Math.fma(n, -HALF_PI_LOW, Math.fma(n, -HALF_PI, x));
        return wave(r, (int) Double.doubleToRawLongBits(rounded) + turn);
    }

    private static double wave(double r, int quadrant) {
        double y = (quadrant & 1) == 0 ? sine(r) : cosine(r);
        return (quadrant & 2) == 0 ? y : -y;
    }

    static double tan(double x) {
        double r;
        int quadrant;
        if (Math.abs(x) < LARGE) {
            double rounded = Math.fma(x, TWO_OVER_PI, ROUNDER);
            double n = rounded - ROUNDER;
            r = Math.fma(n, -HALF_PI_LOW, Math.fma(n, -HALF_PI, x));
            quadrant = (int) Double.doubleToRawLongBits(rounded);
        } else {
            long fraction = quarterTurns(x);
            r = remainder(fraction, x);
            quadrant = quadrant(fraction);
        }
        return (quadrant & 1) == 0 ? sine(r) / cosine(r) : -cosine(r) / sine(r);
    }

    private static double sine(double r) {
        double z = r * r;
        double p = Math.fma(SIN3, z, SIN2);
        p = Math.fma(p, z, SIN1);
        p = Math.fma(p, z, SIN0);
        return r * Math.fma(p, z, 1);
    }

    private static double cosine(double r) {
        double z = r * r;
        double p = Math.fma(COS3, z, COS2);
        p = Math.fma(p, z, COS1);
        p = Math.fma(p, z, COS0);
        return Math.fma(Math.fma(p, z, -0.5), z, 1);
    }

    /**
     * Returns |x| 2 / pi modulo 4 in units of 2^-62, for x = m 2^e with 24 bits of m. Bits of 2 / pi that weigh 4 or more after the
     * product drop out, 128 further ones are enough. Payne and Hanek 1983, "Radian reduction for trigonometric functions".
     */
    private static long quarterTurns(double x) {
        long bits = Double.doubleToRawLongBits(x);
        int e = (int) (bits >>> 52 & 0x7FF) - 1023 - 23;
        long m = (bits & 0xFFFFFFFFFFFFFL | 1L << 52) >>> 29;
        int first = Math.min(e, 128) - 2;
        long high = window(first);
        long low = window(first + 64);
        return high * m + Math.unsignedMultiplyHigh(low, m);
    }

    /** 64 bits of 2 / pi from a position after the point on. */
    private static long window(int position) {
        int word = position >> 6;
        int shift = position & 63;
        long high = TWO_OVER_PI_BITS[word] << shift;
        return shift == 0 ? high : high | TWO_OVER_PI_BITS[word + 1] >>> 64 - shift;
    }

    private static int quadrant(long quarterTurns) {
        return (int) (quarterTurns + (1L << 61) >>> 62);
    }

    /** Returns the distance from the nearest quarter turn in radians; NaN for an infinite or undefined x. */
    private static double remainder(long quarterTurns, double x) {
        double r = (double) (quarterTurns << 2) * (HALF_PI * 0x1p-64);
        return Double.isFinite(x) ? Math.copySign(1, x) * r : Double.NaN;
    }

    static double atan(double x) {
        return atan2(x, 1);
    }

    static double asin(double x) {
        return atan2(x, Math.sqrt((1 - x) * (1 + x)));
    }

    static double acos(double x) {
        return atan2(Math.sqrt((1 - x) * (1 + x)), x);
    }

    /** Returns the angle of the point (x, y). */
    static double atan2(double y, double x) {
        boolean diagonal = Math.abs(y) == Double.POSITIVE_INFINITY && Math.abs(x) == Double.POSITIVE_INFINITY;
        double a = diagonal ? 1 : Math.abs(y);
        double b = diagonal ? 1 : Math.abs(x);
        boolean turned = a > TAN_EIGHTH * b;
        boolean steep = a > TAN_THREE_EIGHTHS * b;
        double rise = steep ? -b : turned ? a - b : a;
        double run = steep ? a : turned ? a + b : b;
        double base = steep ? HALF_PI : turned ? 0.5 * HALF_PI : 0;
        double z = rise / (run == 0 ? 1 : run);
        double w = z * z;
        double p = Math.fma(ATAN6, w, ATAN5);
        p = Math.fma(p, w, ATAN4);
        p = Math.fma(p, w, ATAN3);
        p = Math.fma(p, w, ATAN2);
        p = Math.fma(p, w, ATAN1);
        p = Math.fma(p, w, ATAN0);
        double angle = Math.fma(p * w, z, z) + base;
        boolean left = Double.doubleToRawLongBits(x) < 0;
        return Math.copySign(left ? 2 * HALF_PI - angle : angle, y);
    }

    // ---- the normal distribution

    static double erf(double x) {
        double z = x * x;
        double p = Math.fma(ERF5, z, ERF4);
        p = Math.fma(p, z, ERF3);
        p = Math.fma(p, z, ERF2);
        p = Math.fma(p, z, ERF1);
        p = Math.fma(p, z, ERF0);
        double t = most(Math.abs(x), ERFC_MOST);
        double large = Math.copySign(1 - exp(-t * t) * tail(t), x);
        return Math.abs(x) < 0.5 ? p * x : large;
    }

    /** Returns e^(t^2) erfc(t) for t >= 0. */
    static double tail(double t) {
        double s = 1 / (t + ERFC_SHIFT);
        double q = Math.fma(ERFC11, s, ERFC10);
        q = Math.fma(q, s, ERFC9);
        q = Math.fma(q, s, ERFC8);
        q = Math.fma(q, s, ERFC7);
        q = Math.fma(q, s, ERFC6);
        q = Math.fma(q, s, ERFC5);
        q = Math.fma(q, s, ERFC4);
        q = Math.fma(q, s, ERFC3);
        q = Math.fma(q, s, ERFC2);
        q = Math.fma(q, s, ERFC1);
        q = Math.fma(q, s, ERFC0);
        return q * s;
    }

    // ---- gated activations

    static double geluTanh(double x) {
        double u = GELU_SLOPE * Math.fma(GELU_CUBE * x * x, x, x);
        return least(x, GATE_LEAST) / (1 + exp(-u));
    }

    static double geluTanhBackward(double x, double dY) {
        double bounded = least(most(x, SLOPE_MOST), -SLOPE_MOST);
        double square = bounded * bounded;
        double e = exp(-GELU_SLOPE * Math.fma(GELU_CUBE * square, bounded, bounded));
        double gate = 1 / (1 + e);
        double slope = GELU_SLOPE * Math.fma(3 * GELU_CUBE, square, 1);
        return dY * (gate * Math.fma(bounded * slope, e * gate, 1));
    }

    /** Returns scale x for x > 0 and scale alpha (e^x - 1) elsewhere. */
    static double elu(double x, double alpha, double scale) {
        return scale * (x > 0 ? x : alpha * expm1(x));
    }

    static double silu(double x) {
        return least(x, GATE_LEAST) / (1 + exp(-x));
    }

    /** Returns x tanh(log(1 + e^x)). */
    static double mish(double x) {
        double e = exp(x);
        double w = e * (e + 2);
        return least(x, GATE_LEAST) * (w / (w + 2));
    }
}
