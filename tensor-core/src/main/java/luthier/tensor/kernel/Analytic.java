package luthier.tensor.kernel;

import org.jspecify.annotations.Nullable;

/** The functions of school and statistics: {@link AnalyticScalar} is the definition, {@link AnalyticSimd} its twin with the same bits. */
public final class Analytic {
    /** e^x. */
    public static final UnaryKernel EXP =
            new UnaryTwins(AnalyticScalar::exp, Kernels.simd() ? AnalyticSimd::exp : AnalyticScalar::exp, 300);

    /** The natural logarithm; NaN below 0. */
    public static final UnaryKernel LOG =
            new UnaryTwins(AnalyticScalar::log, Kernels.simd() ? AnalyticSimd::log : AnalyticScalar::log, 300);

    /** 2^x. */
    public static final UnaryKernel EXP2 =
            new UnaryTwins(AnalyticScalar::exp2, Kernels.simd() ? AnalyticSimd::exp2 : AnalyticScalar::exp2, 500);

    /** e^x - 1. */
    public static final UnaryKernel EXPM1 =
            new UnaryTwins(AnalyticScalar::expm1, Kernels.simd() ? AnalyticSimd::expm1 : AnalyticScalar::expm1, 500);

    /** The logarithm to base 2; NaN below 0. */
    public static final UnaryKernel LOG2 =
            new UnaryTwins(AnalyticScalar::log2, Kernels.simd() ? AnalyticSimd::log2 : AnalyticScalar::log2, 600);

    /** log(1 + x); NaN below -1. */
    public static final UnaryKernel LOG1P =
            new UnaryTwins(AnalyticScalar::log1p, Kernels.simd() ? AnalyticSimd::log1p : AnalyticScalar::log1p, 700);

    /** The sine of an angle in radians. */
    public static final UnaryKernel SIN =
            new UnaryTwins(AnalyticScalar::sin, Kernels.simd() ? AnalyticSimd::sin : AnalyticScalar::sin, 600);

    /** The cosine of an angle in radians. */
    public static final UnaryKernel COS =
            new UnaryTwins(AnalyticScalar::cos, Kernels.simd() ? AnalyticSimd::cos : AnalyticScalar::cos, 600);

    /** The tangent of an angle in radians. */
    public static final UnaryKernel TAN =
            new UnaryTwins(AnalyticScalar::tan, Kernels.simd() ? AnalyticSimd::tan : AnalyticScalar::tan, 900);

    /** The angle in [-pi/2, pi/2] whose sine is x. */
    public static final UnaryKernel ASIN =
            new UnaryTwins(AnalyticScalar::asin, Kernels.simd() ? AnalyticSimd::asin : AnalyticScalar::asin, 1200);

    /** The angle in [0, pi] whose cosine is x. */
    public static final UnaryKernel ACOS =
            new UnaryTwins(AnalyticScalar::acos, Kernels.simd() ? AnalyticSimd::acos : AnalyticScalar::acos, 1200);

    /** The angle in [-pi/2, pi/2] whose tangent is x. */
    public static final UnaryKernel ATAN =
            new UnaryTwins(AnalyticScalar::atan, Kernels.simd() ? AnalyticSimd::atan : AnalyticScalar::atan, 900);

    /** The hyperbolic sine. */
    public static final UnaryKernel SINH =
            new UnaryTwins(AnalyticScalar::sinh, Kernels.simd() ? AnalyticSimd::sinh : AnalyticScalar::sinh, 700);

    /** The hyperbolic cosine. */
    public static final UnaryKernel COSH =
            new UnaryTwins(AnalyticScalar::cosh, Kernels.simd() ? AnalyticSimd::cosh : AnalyticScalar::cosh, 700);

    /** The hyperbolic tangent. */
    public static final UnaryKernel TANH =
            new UnaryTwins(AnalyticScalar::tanh, Kernels.simd() ? AnalyticSimd::tanh : AnalyticScalar::tanh, 500);

    /** The error function. */
    public static final UnaryKernel ERF =
            new UnaryTwins(AnalyticScalar::erf, Kernels.simd() ? AnalyticSimd::erf : AnalyticScalar::erf, 800);

    /** a^b with the special cases of {@link Math#pow}. */
    public static final BinaryKernel POW =
            new BinaryTwins(AnalyticScalar::pow, Kernels.simd() ? AnalyticSimd::pow : AnalyticScalar::pow, 1200);

    /** The angle of the point (b, a). */
    public static final BinaryKernel ATAN2 =
            new BinaryTwins(AnalyticScalar::atan2, Kernels.simd() ? AnalyticSimd::atan2 : AnalyticScalar::atan2, 1000);

    /** log(e^a + e^b). */
    public static final BinaryKernel LOG_ADD_EXP = new BinaryTwins(
            AnalyticScalar::logAddExp, Kernels.simd() ? AnalyticSimd::logAddExp : AnalyticScalar::logAddExp, 1200);

    /** a log b, 0 where a is 0. */
    public static final BinaryKernel XLOGY =
            new BinaryTwins(AnalyticScalar::xlogy, Kernels.simd() ? AnalyticSimd::xlogy : AnalyticScalar::xlogy, 700);

    /** Whole exponents up to here are computed by multiplication. */
    private static final int MOST_WHOLE = 64;

    private Analytic() {}

    /**
     * x^exponent for small whole exponents, by multiplication, and for 0.5 and -0.5, by a square root; null for others. Rounded once but
     * for 2^-45, with the special cases of {@link #POW}.
     */
    public static @Nullable UnaryKernel power(double exponent) {
        if (isShort(exponent)) {
            int whole = (int) exponent;
            return (x, xo, y, yo, n) -> {
                if (n < Kernels.FEW || !Kernels.simd()) {
                    AnalyticScalar.power(x, xo, y, yo, n, whole);
                } else {
                    AnalyticSimd.power(x, xo, y, yo, n, whole);
                }
            };
        }
        if (Math.abs(exponent) != 0.5) {
            return null;
        }
        int sign = exponent < 0 ? -1 : 1;
        return (x, xo, y, yo, n) -> {
            if (n < Kernels.FEW || !Kernels.simd()) {
                AnalyticScalar.root(x, xo, y, yo, n, sign);
            } else {
                AnalyticSimd.root(x, xo, y, yo, n, sign);
            }
        };
    }

    /** Returns whether a power is taken by multiplication: whether its exponent is whole and small. */
    public static boolean isShort(double exponent) {
        return exponent == Math.rint(exponent) && Math.abs(exponent) <= MOST_WHOLE;
    }
}
