package luthier.tensor.kernel;

/** Activation functions and their derivatives: {@link ActivationsScalar} is the definition, {@link ActivationsSimd} its twin with the same bits. */
public final class Activations {
    /** max(x, 0). */
    public static final UnaryKernel RELU =
            UnaryTwins.of(ActivationsScalar::relu, () -> ActivationsSimd::relu, Kernels.MEMORY_PICOSECONDS);

    /** min(max(x, 0), 6). */
    public static final UnaryKernel RELU6 =
            UnaryTwins.of(ActivationsScalar::relu6, () -> ActivationsSimd::relu6, Kernels.MEMORY_PICOSECONDS);

    /** min(max(x + 3, 0), 6) / 6. */
    public static final UnaryKernel HARD_SIGMOID = UnaryTwins.of(
            ActivationsScalar::hardSigmoid, () -> ActivationsSimd::hardSigmoid, Kernels.MEMORY_PICOSECONDS);

    /** x min(max(x + 3, 0), 6) / 6. */
    public static final UnaryKernel HARD_SWISH =
            UnaryTwins.of(ActivationsScalar::hardSwish, () -> ActivationsSimd::hardSwish, Kernels.MEMORY_PICOSECONDS);

    /** x / (1 + |x|). */
    public static final UnaryKernel SOFTSIGN =
            UnaryTwins.of(ActivationsScalar::softsign, () -> ActivationsSimd::softsign, Kernels.MEMORY_PICOSECONDS);

    /** 1 / (1 + e^-x). */
    public static final UnaryKernel SIGMOID =
            UnaryTwins.of(ActivationsScalar::sigmoid, () -> ActivationsSimd::sigmoid, 500);

    /** log(1 / (1 + e^-x)). */
    public static final UnaryKernel LOG_SIGMOID =
            UnaryTwins.of(ActivationsScalar::logSigmoid, () -> ActivationsSimd::logSigmoid, 1000);

    /** x P(X <= x) for a normal X; Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    public static final UnaryKernel GELU = UnaryTwins.of(GeluScalar::gelu, () -> GeluSimd::gelu, 450);

    /** The tanh form of GELU. */
    public static final UnaryKernel GELU_TANH =
            UnaryTwins.of(ActivationsScalar::geluTanh, () -> ActivationsSimd::geluTanh, 600);

    /** x / (1 + e^-x). */
    public static final UnaryKernel SILU = UnaryTwins.of(ActivationsScalar::silu, () -> ActivationsSimd::silu, 500);

    /** x tanh(log(1 + e^x)). */
    public static final UnaryKernel MISH = UnaryTwins.of(ActivationsScalar::mish, () -> ActivationsSimd::mish, 600);

    /** a for a > 0, b a elsewhere. */
    public static final BinaryKernel PRELU =
            BinaryTwins.of(ActivationsScalar::prelu, () -> ActivationsSimd::prelu, Kernels.MEMORY_PICOSECONDS);

    /** b times the derivative of the sigmoid at a. */
    public static final BinaryKernel SIGMOID_BACKWARD =
            BinaryTwins.of(ActivationsScalar::sigmoidBackward, () -> ActivationsSimd::sigmoidBackward, 600);

    /** b times the derivative of GELU at a. */
    public static final BinaryKernel GELU_BACKWARD =
            BinaryTwins.of(GeluScalar::geluBackward, () -> GeluSimd::geluBackward, 500);

    /** b times the derivative of the tanh form of GELU at a. */
    public static final BinaryKernel GELU_TANH_BACKWARD =
            BinaryTwins.of(ActivationsScalar::geluTanhBackward, () -> ActivationsSimd::geluTanhBackward, 700);

    private Activations() {}

    /** x for x > 0, slope x elsewhere. */
    public static UnaryKernel leakyRelu(float slope) {
        return UnaryTwins.of(
                (x, xo, y, yo, n) -> ActivationsScalar.leakyRelu(x, xo, y, yo, n, slope),
                () -> (x, xo, y, yo, n) -> ActivationsSimd.leakyRelu(x, xo, y, yo, n, slope),
                Kernels.MEMORY_PICOSECONDS);
    }

    /** min(max(x, low), high). */
    public static UnaryKernel clamp(float low, float high) {
        return UnaryTwins.of(
                (x, xo, y, yo, n) -> ActivationsScalar.clamp(x, xo, y, yo, n, low, high),
                () -> (x, xo, y, yo, n) -> ActivationsSimd.clamp(x, xo, y, yo, n, low, high),
                Kernels.MEMORY_PICOSECONDS);
    }

    /** scale x for x > 0, scale alpha (e^x - 1) elsewhere. */
    public static UnaryKernel elu(double alpha, double scale) {
        return UnaryTwins.of(
                (x, xo, y, yo, n) -> ActivationsScalar.elu(x, xo, y, yo, n, alpha, scale),
                () -> (x, xo, y, yo, n) -> ActivationsSimd.elu(x, xo, y, yo, n, alpha, scale),
                600);
    }

    /** log(1 + e^(beta x)) / beta, and x where beta x is above the threshold. */
    public static UnaryKernel softplus(double beta, double threshold) {
        return UnaryTwins.of(
                (x, xo, y, yo, n) -> ActivationsScalar.softplus(x, xo, y, yo, n, beta, threshold),
                () -> (x, xo, y, yo, n) -> ActivationsSimd.softplus(x, xo, y, yo, n, beta, threshold),
                1200);
    }
}
