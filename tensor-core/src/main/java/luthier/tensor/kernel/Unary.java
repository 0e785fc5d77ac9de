package luthier.tensor.kernel;

/** Functions of one number: {@link UnaryScalar} is the definition, {@link UnarySimd} its twin with the same bits. */
public final class Unary {
    /** -x. */
    public static final UnaryKernel NEG = Kernels.simd() ? UnarySimd::neg : UnaryScalar::neg;

    /** |x|. */
    public static final UnaryKernel ABS = Kernels.simd() ? UnarySimd::abs : UnaryScalar::abs;

    /** x x. */
    public static final UnaryKernel SQUARE = Kernels.simd() ? UnarySimd::square : UnaryScalar::square;

    /** The square root, rounded correctly. */
    public static final UnaryKernel SQRT = Kernels.simd() ? UnarySimd::sqrt : UnaryScalar::sqrt;

    /** 1 / sqrt(x), both rounded correctly. */
    public static final UnaryKernel RSQRT = Kernels.simd() ? UnarySimd::rsqrt : UnaryScalar::rsqrt;

    /** 1 / x. */
    public static final UnaryKernel RECIPROCAL = Kernels.simd() ? UnarySimd::reciprocal : UnaryScalar::reciprocal;

    /** max(x, 0). */
    public static final UnaryKernel RELU = Kernels.simd() ? UnarySimd::relu : UnaryScalar::relu;

    /** e^x. */
    public static final UnaryKernel EXP = Kernels.simd() ? UnarySimd::exp : UnaryScalar::exp;

    /** The natural logarithm; NaN below 0. */
    public static final UnaryKernel LOG = Kernels.simd() ? UnarySimd::log : UnaryScalar::log;

    /** The hyperbolic tangent. */
    public static final UnaryKernel TANH = Kernels.simd() ? UnarySimd::tanh : UnaryScalar::tanh;

    /** The error function. */
    public static final UnaryKernel ERF = Kernels.simd() ? UnarySimd::erf : UnaryScalar::erf;

    /** 1 / (1 + e^-x). */
    public static final UnaryKernel SIGMOID = Kernels.simd() ? UnarySimd::sigmoid : UnaryScalar::sigmoid;

    /** x P(X <= x) for a normal X; Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    public static final UnaryKernel GELU = Kernels.simd() ? UnarySimd::gelu : UnaryScalar::gelu;

    /** The tanh form of GELU. */
    public static final UnaryKernel GELU_TANH = Kernels.simd() ? UnarySimd::geluTanh : UnaryScalar::geluTanh;

    private Unary() {}
}
