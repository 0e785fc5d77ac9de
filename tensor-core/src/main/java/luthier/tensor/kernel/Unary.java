package luthier.tensor.kernel;

/** Arithmetic of one number: {@link UnaryScalar} is the definition, {@link UnarySimd} its twin with the same bits. */
public final class Unary {
    /** -x. */
    public static final UnaryKernel NEG = new UnaryTwins(
            UnaryScalar::neg, Kernels.simd() ? UnarySimd::neg : UnaryScalar::neg, Kernels.MEMORY_PICOSECONDS);

    /** |x|. */
    public static final UnaryKernel ABS = new UnaryTwins(
            UnaryScalar::abs, Kernels.simd() ? UnarySimd::abs : UnaryScalar::abs, Kernels.MEMORY_PICOSECONDS);

    /** x x. */
    public static final UnaryKernel SQUARE = new UnaryTwins(
            UnaryScalar::square, Kernels.simd() ? UnarySimd::square : UnaryScalar::square, Kernels.MEMORY_PICOSECONDS);

    /** The square root, rounded correctly. */
    public static final UnaryKernel SQRT = new UnaryTwins(
            UnaryScalar::sqrt, Kernels.simd() ? UnarySimd::sqrt : UnaryScalar::sqrt, Kernels.MEMORY_PICOSECONDS);

    /** 1 / sqrt(x), rounded once. */
    public static final UnaryKernel RSQRT =
            new UnaryTwins(UnaryScalar::rsqrt, Kernels.simd() ? UnarySimd::rsqrt : UnaryScalar::rsqrt, 500);

    /** 1 / x. */
    public static final UnaryKernel RECIPROCAL = new UnaryTwins(
            UnaryScalar::reciprocal,
            Kernels.simd() ? UnarySimd::reciprocal : UnaryScalar::reciprocal,
            Kernels.MEMORY_PICOSECONDS);

    /** -1, 0 or 1 with the sign of x; zeros and NaN stay. */
    public static final UnaryKernel SIGN = new UnaryTwins(
            UnaryScalar::sign, Kernels.simd() ? UnarySimd::sign : UnaryScalar::sign, Kernels.MEMORY_PICOSECONDS);

    /** The largest integer not above x. */
    public static final UnaryKernel FLOOR = new UnaryTwins(
            UnaryScalar::floor, Kernels.simd() ? UnarySimd::floor : UnaryScalar::floor, Kernels.MEMORY_PICOSECONDS);

    /** The smallest integer not below x. */
    public static final UnaryKernel CEIL = new UnaryTwins(
            UnaryScalar::ceil, Kernels.simd() ? UnarySimd::ceil : UnaryScalar::ceil, Kernels.MEMORY_PICOSECONDS);

    /** The nearest integer, ties to even. */
    public static final UnaryKernel ROUND = new UnaryTwins(
            UnaryScalar::round, Kernels.simd() ? UnarySimd::round : UnaryScalar::round, Kernels.MEMORY_PICOSECONDS);

    /** The integer towards zero. */
    public static final UnaryKernel TRUNC = new UnaryTwins(
            UnaryScalar::trunc, Kernels.simd() ? UnarySimd::trunc : UnaryScalar::trunc, Kernels.MEMORY_PICOSECONDS);

    private Unary() {}
}
