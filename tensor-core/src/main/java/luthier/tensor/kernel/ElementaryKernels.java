package luthier.tensor.kernel;

import org.jspecify.annotations.Nullable;

/** The functions of school and statistics: {@link ElementaryKernelsScalar} is the definition, {@link ElementaryKernelsSimd} its twin with the same bits. */
public final class ElementaryKernels {
    /** e^x. */
    public static final UnaryKernel EXP = new UnaryTwins(
            ElementaryKernelsScalar::exp,
            Kernels.simd() ? ElementaryKernelsSimd::exp : ElementaryKernelsScalar::exp,
            300);

    /** The natural logarithm; NaN below 0. */
    public static final UnaryKernel LOG = new UnaryTwins(
            ElementaryKernelsScalar::log,
            Kernels.simd() ? ElementaryKernelsSimd::log : ElementaryKernelsScalar::log,
            300);

    /** 2^x. */
    public static final UnaryKernel EXP2 = new UnaryTwins(
            ElementaryKernelsScalar::exp2,
            Kernels.simd() ? ElementaryKernelsSimd::exp2 : ElementaryKernelsScalar::exp2,
            500);

    /** e^x - 1. */
    public static final UnaryKernel EXPM1 = new UnaryTwins(
            ElementaryKernelsScalar::expm1,
            Kernels.simd() ? ElementaryKernelsSimd::expm1 : ElementaryKernelsScalar::expm1,
            500);

    /** The logarithm to base 2; NaN below 0. */
    public static final UnaryKernel LOG2 = new UnaryTwins(
            ElementaryKernelsScalar::log2,
            Kernels.simd() ? ElementaryKernelsSimd::log2 : ElementaryKernelsScalar::log2,
            600);

    /** log(1 + x); NaN below -1. */
    public static final UnaryKernel LOG1P = new UnaryTwins(
            ElementaryKernelsScalar::log1p,
            Kernels.simd() ? ElementaryKernelsSimd::log1p : ElementaryKernelsScalar::log1p,
            700);

    /** The sine of an angle in radians. */
    public static final UnaryKernel SIN = new UnaryTwins(
            ElementaryKernelsScalar::sin,
            Kernels.simd() ? ElementaryKernelsSimd::sin : ElementaryKernelsScalar::sin,
            600);

    /** The cosine of an angle in radians. */
    public static final UnaryKernel COS = new UnaryTwins(
            ElementaryKernelsScalar::cos,
            Kernels.simd() ? ElementaryKernelsSimd::cos : ElementaryKernelsScalar::cos,
            600);

    /** The tangent of an angle in radians. */
    public static final UnaryKernel TAN = new UnaryTwins(
            ElementaryKernelsScalar::tan,
            Kernels.simd() ? ElementaryKernelsSimd::tan : ElementaryKernelsScalar::tan,
            900);

    /** The angle in [-pi/2, pi/2] whose sine is x. */
    public static final UnaryKernel ASIN = new UnaryTwins(
            ElementaryKernelsScalar::asin,
            Kernels.simd() ? ElementaryKernelsSimd::asin : ElementaryKernelsScalar::asin,
            1200);

    /** The angle in [0, pi] whose cosine is x. */
    public static final UnaryKernel ACOS = new UnaryTwins(
            ElementaryKernelsScalar::acos,
            Kernels.simd() ? ElementaryKernelsSimd::acos : ElementaryKernelsScalar::acos,
            1200);

    /** The angle in [-pi/2, pi/2] whose tangent is x. */
    public static final UnaryKernel ATAN = new UnaryTwins(
            ElementaryKernelsScalar::atan,
            Kernels.simd() ? ElementaryKernelsSimd::atan : ElementaryKernelsScalar::atan,
            900);

    /** The hyperbolic sine. */
    public static final UnaryKernel SINH = new UnaryTwins(
            ElementaryKernelsScalar::sinh,
            Kernels.simd() ? ElementaryKernelsSimd::sinh : ElementaryKernelsScalar::sinh,
            700);

    /** The hyperbolic cosine. */
    public static final UnaryKernel COSH = new UnaryTwins(
            ElementaryKernelsScalar::cosh,
            Kernels.simd() ? ElementaryKernelsSimd::cosh : ElementaryKernelsScalar::cosh,
            700);

    /** The hyperbolic tangent. */
    public static final UnaryKernel TANH = new UnaryTwins(
            ElementaryKernelsScalar::tanh,
            Kernels.simd() ? ElementaryKernelsSimd::tanh : ElementaryKernelsScalar::tanh,
            500);

    /** The error function. */
    public static final UnaryKernel ERF = new UnaryTwins(
            ElementaryKernelsScalar::erf,
            Kernels.simd() ? ElementaryKernelsSimd::erf : ElementaryKernelsScalar::erf,
            800);

    /** a^b with the special cases of {@link Math#pow}. */
    public static final BinaryKernel POW = new BinaryTwins(
            ElementaryKernelsScalar::pow,
            Kernels.simd() ? ElementaryKernelsSimd::pow : ElementaryKernelsScalar::pow,
            1200);

    /** The angle of the point (b, a). */
    public static final BinaryKernel ATAN2 = new BinaryTwins(
            ElementaryKernelsScalar::atan2,
            Kernels.simd() ? ElementaryKernelsSimd::atan2 : ElementaryKernelsScalar::atan2,
            1000);

    /** log(e^a + e^b). */
    public static final BinaryKernel LOG_ADD_EXP = new BinaryTwins(
            ElementaryKernelsScalar::logAddExp,
            Kernels.simd() ? ElementaryKernelsSimd::logAddExp : ElementaryKernelsScalar::logAddExp,
            1200);

    /** a log b, 0 where a is 0. */
    public static final BinaryKernel XLOGY = new BinaryTwins(
            ElementaryKernelsScalar::xlogy,
            Kernels.simd() ? ElementaryKernelsSimd::xlogy : ElementaryKernelsScalar::xlogy,
            700);

    /** Whole exponents up to here are computed by multiplication. */
    private static final int MOST_WHOLE = 64;

    private ElementaryKernels() {}

    /**
     * x^exponent for small whole exponents, by multiplication, and for 0.5 and -0.5, by a square root; null for others. Rounded once but
     * for 2^-45, with the special cases of {@link #POW}.
     */
    public static @Nullable UnaryKernel power(double exponent) {
        if (isShort(exponent)) {
            int whole = (int) exponent;
            return (x, xo, y, yo, n) -> {
                if (n < Kernels.FEW || !Kernels.simd()) {
                    ElementaryKernelsScalar.power(x, xo, y, yo, n, whole);
                } else {
                    ElementaryKernelsSimd.power(x, xo, y, yo, n, whole);
                }
            };
        }
        if (Math.abs(exponent) != 0.5) {
            return null;
        }
        int sign = exponent < 0 ? -1 : 1;
        return (x, xo, y, yo, n) -> {
            if (n < Kernels.FEW || !Kernels.simd()) {
                ElementaryKernelsScalar.root(x, xo, y, yo, n, sign);
            } else {
                ElementaryKernelsSimd.root(x, xo, y, yo, n, sign);
            }
        };
    }

    /** Returns whether a power is taken by multiplication: whether its exponent is whole and small. */
    public static boolean isShort(double exponent) {
        return exponent == Math.rint(exponent) && Math.abs(exponent) <= MOST_WHOLE;
    }
}
