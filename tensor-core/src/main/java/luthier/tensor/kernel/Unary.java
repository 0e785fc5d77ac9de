package luthier.tensor.kernel;

/** Arithmetic of one number: {@link UnaryScalar} is the definition, {@link UnarySimd} its twin with the same bits. */
public final class Unary {
    /** -x. */
    public static final UnaryKernel NEG =
            UnaryTwins.of(UnaryScalar::neg, () -> UnarySimd::neg, Kernels.MEMORY_PICOSECONDS);

    /** |x|. */
    public static final UnaryKernel ABS =
            UnaryTwins.of(UnaryScalar::abs, () -> UnarySimd::abs, Kernels.MEMORY_PICOSECONDS);

    /** x x. */
    public static final UnaryKernel SQUARE =
            UnaryTwins.of(UnaryScalar::square, () -> UnarySimd::square, Kernels.MEMORY_PICOSECONDS);

    /** The square root, rounded correctly. */
    public static final UnaryKernel SQRT =
            UnaryTwins.of(UnaryScalar::sqrt, () -> UnarySimd::sqrt, Kernels.MEMORY_PICOSECONDS);

    /** 1 / sqrt(x), rounded once. */
    public static final UnaryKernel RSQRT = UnaryTwins.of(UnaryScalar::rsqrt, () -> UnarySimd::rsqrt, 500);

    /** 1 / x. */
    public static final UnaryKernel RECIPROCAL =
            UnaryTwins.of(UnaryScalar::reciprocal, () -> UnarySimd::reciprocal, Kernels.MEMORY_PICOSECONDS);

    /** -1, 0 or 1 with the sign of x; zeros and NaN stay. */
    public static final UnaryKernel SIGN =
            UnaryTwins.of(UnaryScalar::sign, () -> UnarySimd::sign, Kernels.MEMORY_PICOSECONDS);

    /** The largest integer not above x. */
    public static final UnaryKernel FLOOR =
            UnaryTwins.of(UnaryScalar::floor, () -> UnarySimd::floor, Kernels.MEMORY_PICOSECONDS);

    /** The smallest integer not below x. */
    public static final UnaryKernel CEIL =
            UnaryTwins.of(UnaryScalar::ceil, () -> UnarySimd::ceil, Kernels.MEMORY_PICOSECONDS);

    /** The nearest integer, ties to even. */
    public static final UnaryKernel ROUND =
            UnaryTwins.of(UnaryScalar::round, () -> UnarySimd::round, Kernels.MEMORY_PICOSECONDS);

    /** The integer towards zero. */
    public static final UnaryKernel TRUNC =
            UnaryTwins.of(UnaryScalar::trunc, () -> UnarySimd::trunc, Kernels.MEMORY_PICOSECONDS);

    private Unary() {}
}
