package luthier.tensor.kernel;

/** Activation functions and their derivatives: {@link ActivationsScalar} is the definition, {@link ActivationsSimd} its twin with the same bits. */
public final class Activations {
    /** max(x, 0). */
    public static final UnaryKernel RELU = new UnaryTwins(
            ActivationsScalar::relu,
            Kernels.simd() ? ActivationsSimd::relu : ActivationsScalar::relu,
            Kernels.MEMORY_PICOSECONDS);

    /** min(max(x, 0), 6). */
    public static final UnaryKernel RELU6 = new UnaryTwins(
            ActivationsScalar::relu6,
            Kernels.simd() ? ActivationsSimd::relu6 : ActivationsScalar::relu6,
            Kernels.MEMORY_PICOSECONDS);

    /** min(max(x + 3, 0), 6) / 6. */
    public static final UnaryKernel HARD_SIGMOID = new UnaryTwins(
            ActivationsScalar::hardSigmoid,
            Kernels.simd() ? ActivationsSimd::hardSigmoid : ActivationsScalar::hardSigmoid,
            Kernels.MEMORY_PICOSECONDS);

    /** x min(max(x + 3, 0), 6) / 6. */
    public static final UnaryKernel HARD_SWISH = new UnaryTwins(
            ActivationsScalar::hardSwish,
            Kernels.simd() ? ActivationsSimd::hardSwish : ActivationsScalar::hardSwish,
            Kernels.MEMORY_PICOSECONDS);

    /** x / (1 + |x|). */
    public static final UnaryKernel SOFTSIGN = new UnaryTwins(
            ActivationsScalar::softsign,
            Kernels.simd() ? ActivationsSimd::softsign : ActivationsScalar::softsign,
            Kernels.MEMORY_PICOSECONDS);

    /** 1 / (1 + e^-x). */
    public static final UnaryKernel SIGMOID = new UnaryTwins(
            ActivationsScalar::sigmoid, Kernels.simd() ? ActivationsSimd::sigmoid : ActivationsScalar::sigmoid, 500);

    /** log(1 / (1 + e^-x)). */
    public static final UnaryKernel LOG_SIGMOID = new UnaryTwins(
            ActivationsScalar::logSigmoid,
            Kernels.simd() ? ActivationsSimd::logSigmoid : ActivationsScalar::logSigmoid,
            1000);

    /** x P(X <= x) for a normal X; Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    public static final UnaryKernel GELU =
            new UnaryTwins(GeluScalar::gelu, Kernels.simd() ? GeluSimd::gelu : GeluScalar::gelu, 450);

    /** The tanh form of GELU. */
    public static final UnaryKernel GELU_TANH = new UnaryTwins(
            ActivationsScalar::geluTanh, Kernels.simd() ? ActivationsSimd::geluTanh : ActivationsScalar::geluTanh, 600);

    /** x / (1 + e^-x). */
    public static final UnaryKernel SILU = new UnaryTwins(
            ActivationsScalar::silu, Kernels.simd() ? ActivationsSimd::silu : ActivationsScalar::silu, 500);

    /** x tanh(log(1 + e^x)). */
    public static final UnaryKernel MISH = new UnaryTwins(
            ActivationsScalar::mish, Kernels.simd() ? ActivationsSimd::mish : ActivationsScalar::mish, 600);

    /** a for a > 0, b a elsewhere. */
    public static final BinaryKernel PRELU = new BinaryTwins(
            ActivationsScalar::prelu,
            Kernels.simd() ? ActivationsSimd::prelu : ActivationsScalar::prelu,
            Kernels.MEMORY_PICOSECONDS);

    /** b times the derivative of the sigmoid at a. */
    public static final BinaryKernel SIGMOID_BACKWARD = new BinaryTwins(
            ActivationsScalar::sigmoidBackward,
            Kernels.simd() ? ActivationsSimd::sigmoidBackward : ActivationsScalar::sigmoidBackward,
            600);

    /** b times the derivative of GELU at a. */
    public static final BinaryKernel GELU_BACKWARD = new BinaryTwins(
            GeluScalar::geluBackward, Kernels.simd() ? GeluSimd::geluBackward : GeluScalar::geluBackward, 500);

    /** b times the derivative of the tanh form of GELU at a. */
    public static final BinaryKernel GELU_TANH_BACKWARD = new BinaryTwins(
            ActivationsScalar::geluTanhBackward,
            Kernels.simd() ? ActivationsSimd::geluTanhBackward : ActivationsScalar::geluTanhBackward,
            700);

    private Activations() {}

    /** x for x > 0, slope x elsewhere. */
    public static UnaryKernel leakyRelu(float slope) {
        return new UnaryTwins(
                (x, xo, y, yo, n) -> ActivationsScalar.leakyRelu(x, xo, y, yo, n, slope),
                Kernels.simd()
                        ? (x, xo, y, yo, n) -> ActivationsSimd.leakyRelu(x, xo, y, yo, n, slope)
                        : (x, xo, y, yo, n) -> ActivationsScalar.leakyRelu(x, xo, y, yo, n, slope),
                Kernels.MEMORY_PICOSECONDS);
    }

    /** min(max(x, low), high). */
    public static UnaryKernel clamp(float low, float high) {
        return new UnaryTwins(
                (x, xo, y, yo, n) -> ActivationsScalar.clamp(x, xo, y, yo, n, low, high),
                Kernels.simd()
                        ? (x, xo, y, yo, n) -> ActivationsSimd.clamp(x, xo, y, yo, n, low, high)
                        : (x, xo, y, yo, n) -> ActivationsScalar.clamp(x, xo, y, yo, n, low, high),
                Kernels.MEMORY_PICOSECONDS);
    }

    /** scale x for x > 0, scale alpha (e^x - 1) elsewhere. */
    public static UnaryKernel elu(double alpha, double scale) {
        return new UnaryTwins(
                (x, xo, y, yo, n) -> ActivationsScalar.elu(x, xo, y, yo, n, alpha, scale),
                Kernels.simd()
                        ? (x, xo, y, yo, n) -> ActivationsSimd.elu(x, xo, y, yo, n, alpha, scale)
                        : (x, xo, y, yo, n) -> ActivationsScalar.elu(x, xo, y, yo, n, alpha, scale),
                600);
    }

    /** log(1 + e^(beta x)) / beta, and x where beta x is above the threshold. */
    public static UnaryKernel softplus(double beta, double threshold) {
        return new UnaryTwins(
                (x, xo, y, yo, n) -> ActivationsScalar.softplus(x, xo, y, yo, n, beta, threshold),
                Kernels.simd()
                        ? (x, xo, y, yo, n) -> ActivationsSimd.softplus(x, xo, y, yo, n, beta, threshold)
                        : (x, xo, y, yo, n) -> ActivationsScalar.softplus(x, xo, y, yo, n, beta, threshold),
                1200);
    }
}
