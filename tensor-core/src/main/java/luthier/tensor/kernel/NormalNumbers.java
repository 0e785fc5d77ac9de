package luthier.tensor.kernel;

/** Normal numbers out of random bits and probabilities, in double precision and from plain arithmetic, so the same bits everywhere. */
public final class NormalNumbers {
    private static final boolean SIMD = Kernels.simd();

    static final double LN2_HIGH = 0.6931471803691238;
    static final double LN2_LOW = 1.9082149292705877e-10;
    /** The bits of about sqrt(1/2). */
    static final long SQRT_HALF_BITS = 0x3FE6A09E00000000L;

    static final long FRACTION_BITS = 0xFFFFFFFFFFFFFL;
    private static final double SQRT_HALF = 0.7071067811865476;

    private NormalNumbers() {}

    /**
     * Returns N(0, 1) by Box and Muller 1958: {@code sqrt(-2 log u) cos(2 pi t)} with u in (0, 1] from the low and t in [0, 1) from
     * the high half of the bits.
     */
    public static double boxMuller(long bits) {
        return Math.sqrt(-2 * log(((bits & 0xFFFFFFFFL) + 1) * 0x1p-32)) * cosOfTurns((int) (bits >>> 32));
    }

    /** Sets the first n of {@code values} to {@code mean + std x} for the normal x of each element of {@code bits}. */
    public static void fill(long[] bits, double[] values, int n, double mean, double std) {
        if (SIMD) {
            NormalNumbersSimd.fill(bits, values, n, mean, std);
        } else {
            scalar(bits, values, 0, n, mean, std);
        }
    }

    static void scalar(long[] bits, double[] values, int start, int n, double mean, double std) {
        for (int i = start; i < n; i++) {
            values[i] = mean + std * boxMuller(bits[i]);
        }
    }

    /**
     * Returns the natural logarithm of a normal positive number, to within an ulp: {@code x = 2^k (1 + f)} with {@code 1 + f}
     * about 1, and a series in {@code f / (2 + f)} (the method and numbers of fdlibm's e_log.c, without its special cases).
     */
    static double log(double x) {
        long bits = Double.doubleToRawLongBits(x) - SQRT_HALF_BITS;
        double k = bits >> 52;
        double f = Double.longBitsToDouble((bits & FRACTION_BITS) + SQRT_HALF_BITS) - 1;
        double s = f / (2 + f);
        double z = s * s;
        double w = z * z;
        double even = w * Math.fma(w, Math.fma(w, 0.15313837699209373, 0.22222198432149784), 0.3999999999940942);
        double odd = z
                * Math.fma(
                        w,
                        Math.fma(w, Math.fma(w, 0.14798198605116586, 0.1818357216161805), 0.2857142874366239),
                        0.6666666666666735);
        double half = 0.5 * f * f;
        return k * LN2_HIGH - ((half - (s * (half + even + odd) + k * LN2_LOW)) - f);
    }

    /**
     * Returns {@code cos(2 pi t)} for t = the unsigned turns times 2^-32. The nearest quarter is taken off exactly; sine and cosine of
     * the rest, at most pi / 4, are the polynomials of fdlibm's k_sin.c and k_cos.c.
     */
    static double cosOfTurns(int turns) {
        int quarter = turns + (1 << 29) >>> 30;
        double x = (turns - (quarter << 30)) * (Math.PI * 0x1p-31);
        double z = x * x;
        double sine = sinePolynomial(z) * z * x + x;
        double cosine = cosinePolynomial(z) * z * z + (1 - 0.5 * z);
        double value = (quarter & 1) == 0 ? cosine : sine;
        // cos(x + quarter pi / 2): quarters 1 and 2 are negative.
        return (quarter + 1 & 2) == 0 ? value : -value;
    }

    private static double sinePolynomial(double z) {
        double p = Math.fma(z, 1.58969099521155e-10, -2.5050760253406863e-8);
        p = Math.fma(z, p, 2.7557313707070068e-6);
        p = Math.fma(z, p, -0.0001984126982985795);
        p = Math.fma(z, p, 0.00833333333332249);
        return Math.fma(z, p, -0.16666666666666632);
    }

    private static double cosinePolynomial(double z) {
        double p = Math.fma(z, -1.1359647557788195e-11, 2.087572321298175e-9);
        p = Math.fma(z, p, -2.7557314351390663e-7);
        p = Math.fma(z, p, 2.480158728947673e-5);
        p = Math.fma(z, p, -0.001388888888887411);
        return Math.fma(z, p, 0.0416666666666666);
    }

    /** Returns P(X <= x) for a normal X. */
    public static double cdf(double x) {
        return 0.5 * DoubleFunctions.erfc(-x * SQRT_HALF);
    }

    /**
     * Returns the x with {@code cdf(x) = p}, to about 1e-16 relative; minus infinity for 0 and infinity for 1. Wichura 1988, algorithm
     * AS 241 (PPND16).
     */
    public static double quantile(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= 0.425) {
            return q * rational(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM);
        }
        double tail = q < 0 ? p : 1 - p;
        if (tail <= 0) {
            return Math.copySign(Double.POSITIVE_INFINITY, q);
        }
        double r = Math.sqrt(-StrictMath.log(tail));
        double x = r <= 5 ? rational(r - 1.6, MIDDLE_TOP, MIDDLE_BOTTOM) : rational(r - 5, FAR_TOP, FAR_BOTTOM);
        return Math.copySign(x, q);
    }

    private static double rational(double r, double[] top, double[] bottom) {
        double a = top[top.length - 1];
        double b = bottom[bottom.length - 1];
        for (int i = top.length - 2; i >= 0; i--) {
            a = Math.fma(a, r, top[i]);
            b = Math.fma(b, r, bottom[i]);
        }
        return a / b;
    }

    private static final double[] CENTRE_TOP = {
        3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
        45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227
    };
    private static final double[] CENTRE_BOTTOM = {
        1,
        42.31333070160091,
        687.1870074920579,
        5394.196021424751,
        21213.794301586597,
        39307.89580009271,
        28729.085735721943,
        5226.495278852854
    };
    private static final double[] MIDDLE_TOP = {
        1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
        1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414
    };
    private static final double[] MIDDLE_BOTTOM = {
        1,
        2.053191626637759,
        1.6763848301838038,
        0.6897673349851,
        0.14810397642748008,
        0.015198666563616457,
        0.0005475938084995345,
        1.0507500716444169e-9
    };
    private static final double[] FAR_TOP = {
        6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
        0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7
    };
    private static final double[] FAR_BOTTOM = {
        1,
        0.599832206555888,
        0.1369298809227358,
        0.014875361290850615,
        0.0007868691311456133,
        1.8463183175100548e-5,
        1.421511758316446e-7,
        2.0442631033899397e-15
    };
}
