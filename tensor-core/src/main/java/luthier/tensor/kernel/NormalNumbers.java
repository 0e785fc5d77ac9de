package luthier.tensor.kernel;

/** Normal numbers out of random bits and probabilities, in double precision and from plain arithmetic, so the same bits everywhere. */
public final class NormalNumbers {
    private static final boolean SIMD = Kernels.simd();

    static final double LN2_HIGH = 6.93147180369123816490e-01;
    static final double LN2_LOW = 1.90821492927058770002e-10;
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
        double even = w
                * Math.fma(
                        w, Math.fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01), 3.999999999940941908e-01);
        double odd = z
                * Math.fma(
                        w,
                        Math.fma(
                                w,
                                Math.fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01),
                                2.857142874366239149e-01),
                        6.666666666666735130e-01);
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
        double p = Math.fma(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08);
        p = Math.fma(z, p, 2.75573137070700676789e-06);
        p = Math.fma(z, p, -1.98412698298579493134e-04);
        p = Math.fma(z, p, 8.33333333332248946124e-03);
        return Math.fma(z, p, -1.66666666666666324348e-01);
    }

    private static double cosinePolynomial(double z) {
        double p = Math.fma(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09);
        p = Math.fma(z, p, -2.75573143513906633035e-07);
        p = Math.fma(z, p, 2.48015872894767294178e-05);
        p = Math.fma(z, p, -1.38888888888741095749e-03);
        return Math.fma(z, p, 4.16666666666666019037e-02);
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
        3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3
    };
    private static final double[] CENTRE_BOTTOM = {
        1,
        4.2313330701600911252e+1,
        6.8718700749205790830e+2,
        5.3941960214247511077e+3,
        2.1213794301586595867e+4,
        3.9307895800092710610e+4,
        2.8729085735721942674e+4,
        5.2264952788528545610e+3
    };
    private static final double[] MIDDLE_TOP = {
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4
    };
    private static final double[] MIDDLE_BOTTOM = {
        1,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9
    };
    private static final double[] FAR_TOP = {
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7
    };
    private static final double[] FAR_BOTTOM = {
        1,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15
    };
}
