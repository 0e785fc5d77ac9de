package luthier.tensor.kernel;

import org.jspecify.annotations.Nullable;

/** The functions of school and statistics: {@link ElementaryKernelsScalar} is the definition, {@link ElementaryKernelsSimd} its twin with the same bits. */
public final class ElementaryKernels {
    /** e^x. */
    public static final UnaryKernel EXP =
            UnaryTwins.of(ElementaryKernelsScalar::exp, () -> ElementaryKernelsSimd::exp, 300);

    /** The natural logarithm; NaN below 0. */
    public static final UnaryKernel LOG =
            UnaryTwins.of(ElementaryKernelsScalar::log, () -> ElementaryKernelsSimd::log, 300);

    /** 2^x. */
    public static final UnaryKernel EXP2 =
            UnaryTwins.of(ElementaryKernelsScalar::exp2, () -> ElementaryKernelsSimd::exp2, 500);

    /** e^x - 1. */
    public static final UnaryKernel EXPM1 =
            UnaryTwins.of(ElementaryKernelsScalar::expm1, () -> ElementaryKernelsSimd::expm1, 500);

    /** The logarithm to base 2; NaN below 0. */
    public static final UnaryKernel LOG2 =
            UnaryTwins.of(ElementaryKernelsScalar::log2, () -> ElementaryKernelsSimd::log2, 600);

    /** log(1 + x); NaN below -1. */
    public static final UnaryKernel LOG1P =
            UnaryTwins.of(ElementaryKernelsScalar::log1p, () -> ElementaryKernelsSimd::log1p, 700);

    /** The sine of an angle in radians. */
    public static final UnaryKernel SIN =
            UnaryTwins.of(ElementaryKernelsScalar::sin, () -> ElementaryKernelsSimd::sin, 600);

    /** The cosine of an angle in radians. */
    public static final UnaryKernel COS =
            UnaryTwins.of(ElementaryKernelsScalar::cos, () -> ElementaryKernelsSimd::cos, 600);

    /** The tangent of an angle in radians. */
    public static final UnaryKernel TAN =
            UnaryTwins.of(ElementaryKernelsScalar::tan, () -> ElementaryKernelsSimd::tan, 900);

    /** The angle in [-pi/2, pi/2] whose sine is x. */
    public static final UnaryKernel ASIN =
            UnaryTwins.of(ElementaryKernelsScalar::asin, () -> ElementaryKernelsSimd::asin, 1200);

    /** The angle in [0, pi] whose cosine is x. */
    public static final UnaryKernel ACOS =
            UnaryTwins.of(ElementaryKernelsScalar::acos, () -> ElementaryKernelsSimd::acos, 1200);

    /** The angle in [-pi/2, pi/2] whose tangent is x. */
    public static final UnaryKernel ATAN =
            UnaryTwins.of(ElementaryKernelsScalar::atan, () -> ElementaryKernelsSimd::atan, 900);

    /** The hyperbolic sine. */
    public static final UnaryKernel SINH =
            UnaryTwins.of(ElementaryKernelsScalar::sinh, () -> ElementaryKernelsSimd::sinh, 700);

    /** The hyperbolic cosine. */
    public static final UnaryKernel COSH =
            UnaryTwins.of(ElementaryKernelsScalar::cosh, () -> ElementaryKernelsSimd::cosh, 700);

    /** The hyperbolic tangent. */
    public static final UnaryKernel TANH =
            UnaryTwins.of(ElementaryKernelsScalar::tanh, () -> ElementaryKernelsSimd::tanh, 500);

    /** The error function. */
    public static final UnaryKernel ERF =
            UnaryTwins.of(ElementaryKernelsScalar::erf, () -> ElementaryKernelsSimd::erf, 800);

    /** a^b with the special cases of {@link Math#pow}. */
    public static final BinaryKernel POW =
            BinaryTwins.of(ElementaryKernelsScalar::pow, () -> ElementaryKernelsSimd::pow, 1200);

    /** The angle of the point (b, a). */
    public static final BinaryKernel ATAN2 =
            BinaryTwins.of(ElementaryKernelsScalar::atan2, () -> ElementaryKernelsSimd::atan2, 1000);

    /** log(e^a + e^b). */
    public static final BinaryKernel LOG_ADD_EXP =
            BinaryTwins.of(ElementaryKernelsScalar::logAddExp, () -> ElementaryKernelsSimd::logAddExp, 1200);

    /** a log b, 0 where a is 0. */
    public static final BinaryKernel XLOGY =
            BinaryTwins.of(ElementaryKernelsScalar::xlogy, () -> ElementaryKernelsSimd::xlogy, 700);

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
            return UnaryTwins.of(
                    (x, xo, y, yo, n) -> ElementaryKernelsScalar.power(x, xo, y, yo, n, whole),
                    () -> (x, xo, y, yo, n) -> ElementaryKernelsSimd.power(x, xo, y, yo, n, whole),
                    Kernels.MEMORY_PICOSECONDS);
        }
        if (Math.abs(exponent) != 0.5) {
            return null;
        }
        int sign = exponent < 0 ? -1 : 1;
        return UnaryTwins.of(
                (x, xo, y, yo, n) -> ElementaryKernelsScalar.root(x, xo, y, yo, n, sign),
                () -> (x, xo, y, yo, n) -> ElementaryKernelsSimd.root(x, xo, y, yo, n, sign),
                Kernels.MEMORY_PICOSECONDS);
    }

    /** Returns whether a power is taken by multiplication: whether its exponent is whole and small. */
    public static boolean isShort(double exponent) {
        return exponent == Math.rint(exponent) && Math.abs(exponent) <= MOST_WHOLE;
    }
}
