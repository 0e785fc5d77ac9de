package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Activations;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.DoubleUnary;

/**
 * Activation functions of neural networks with their fused backward kernels, for F32 and F64, in forms that do not overflow. NaN stays.
 * F32 results are within 1 ulp (GELU within 2.2), F64 results within 2, in the tails too; a backward kernel within that of the larger of the two terms of its
 * derivative, which cancel near its zero. All throw {@link DTypeException} for other types.
 */
public final class Activation {
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_SCALE = 1.0507009873554805;

    private Activation() {}

    /**
     * Returns max(x, 0), 0 at -0; NaN stays.
     *
     * {@snippet :
     * Activation.relu(Tensor.of(new float[] {-1, 2}, 2)); // F32[2][0.0, 2.0]
     * }
     */
    public static Tensor relu(Tensor x) {
        return ElementLoops.unary("relu", x, Activations.RELU, DoubleUnary.RELU);
    }

    /**
     * Returns min(max(x, 0), 6); NaN stays. Howard et al. 2017, arXiv:1704.04861.
     *
     * {@snippet :
     * Activation.relu6(Tensor.of(new float[] {-1, 2, 7}, 3)); // F32[3][0.0, 2.0, 6.0]
     * }
     */
    public static Tensor relu6(Tensor x) {
        return ElementLoops.unary("relu6", x, Activations.RELU6, u -> Math.min(Math.max(u, 0), 6));
    }

    /**
     * Returns min(max(x + 3, 0), 6) / 6. Howard et al. 2019, arXiv:1905.02244.
     *
     * {@snippet :
     * Activation.hardSigmoid(Tensor.of(new float[] {-4, 0, 4}, 3)); // F32[3][0.0, 0.5, 1.0]
     * }
     */
    public static Tensor hardSigmoid(Tensor x) {
        return ElementLoops.unary("hardSigmoid", x, Activations.HARD_SIGMOID, u -> Math.min(Math.max(u + 3, 0), 6) / 6);
    }

    /**
     * Returns x min(max(x + 3, 0), 6) / 6; -0 left of -3, at minus infinity too. Howard et al. 2019, arXiv:1905.02244.
     *
     * {@snippet :
     * Activation.hardSwish(Tensor.of(new float[] {1, 4}, 2)); // F32[2][0.6666667, 4.0]
     * }
     */
    public static Tensor hardSwish(Tensor x) {
        return ElementLoops.unary(
                "hardSwish", x, Activations.HARD_SWISH, u -> Math.max(u, -3) * Math.min(Math.max(u + 3, 0), 6) / 6);
    }

    /**
     * Returns x / (1 + |x|); 1 and -1 at the infinities.
     *
     * {@snippet :
     * Activation.softsign(Tensor.of(new float[] {1, -3}, 2)); // F32[2][0.5, -0.75]
     * }
     */
    public static Tensor softsign(Tensor x) {
        return ElementLoops.unary("softsign", x, Activations.SOFTSIGN, DoubleFunctions::softsign);
    }

    /**
     * Returns 1 / (1 + e^-x), without overflow.
     *
     * {@snippet :
     * Activation.sigmoid(Tensor.of(new float[] {0, -100}, 2)); // F32[2][0.5, 3.8E-44]
     * }
     */
    public static Tensor sigmoid(Tensor x) {
        return ElementLoops.unary("sigmoid", x, Activations.SIGMOID, DoubleFunctions::sigmoid);
    }

    /**
     * Returns dY times the derivative of {@link #sigmoid} at x, dY e^-|x| / (1 + e^-|x|)^2.
     *
     * {@snippet :
     * Activation.sigmoidBackward(Tensor.scalar(-40.0), Tensor.scalar(1.0)); // F64[][4.248354255291589E-18]
     * }
     */
    public static Tensor sigmoidBackward(Tensor x, Tensor dY) {
        return ElementLoops.binary(
                "sigmoidBackward", x, dY, Activations.SIGMOID_BACKWARD, DoubleFunctions::sigmoidBackward, null);
    }

    /**
     * Returns log(1 / (1 + e^-x)), without overflow.
     *
     * {@snippet :
     * Activation.logSigmoid(Tensor.of(new float[] {0, -1000}, 2)); // F32[2][-0.6931472, -1000.0]
     * }
     */
    public static Tensor logSigmoid(Tensor x) {
        return ElementLoops.unary("logSigmoid", x, Activations.LOG_SIGMOID, DoubleFunctions::logSigmoid);
    }

    /**
     * Returns x / (1 + e^-x), also called swish; -0 at minus infinity, its limit. Elfwing et al. 2017, arXiv:1702.03118.
     *
     * {@snippet :
     * Activation.silu(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.7310586]
     * }
     */
    public static Tensor silu(Tensor x) {
        return ElementLoops.unary("silu", x, Activations.SILU, DoubleFunctions::silu);
    }

    /**
     * Returns x tanh(log(1 + e^x)); -0 at minus infinity, its limit. Misra 2019, arXiv:1908.08681.
     *
     * {@snippet :
     * Activation.mish(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.8650984]
     * }
     */
    public static Tensor mish(Tensor x) {
        return ElementLoops.unary("mish", x, Activations.MISH, DoubleFunctions::mish);
    }

    /**
     * Returns {@code x P(X <= x)} for a normal X, accurate in the tail; -0 at minus infinity, its limit. Hendrycks and Gimpel 2016, arXiv:1606.08415.
     *
     * {@snippet :
     * Activation.gelu(Tensor.of(new float[] {1, -5}, 2)); // F32[2][0.8413447, -1.4332578E-6]
     * }
     */
    public static Tensor gelu(Tensor x) {
        return ElementLoops.unary("gelu", x, Activations.GELU, DoubleFunctions::gelu);
    }

    /**
     * Returns {@code dY (P(X <= x) + x p(x))} with the normal density p.
     *
     * {@snippet :
     * Activation.geluBackward(Tensor.scalar(0f), Tensor.scalar(2f)); // F32[][1.0]
     * }
     */
    public static Tensor geluBackward(Tensor x, Tensor dY) {
        return ElementLoops.binary(
                "geluBackward", x, dY, Activations.GELU_BACKWARD, DoubleFunctions::geluBackward, null);
    }

    /**
     * Returns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), the form that GPT-2 uses, accurate in the tail; -0 at minus infinity.
     *
     * {@snippet :
     * Activation.geluTanh(Tensor.of(new float[] {1, -5}, 2)); // F32[2][0.841192, -2.2917962E-7]
     * }
     */
    public static Tensor geluTanh(Tensor x) {
        return ElementLoops.unary("geluTanh", x, Activations.GELU_TANH, DoubleFunctions::geluTanh);
    }

    /**
     * Returns dY times the derivative of {@link #geluTanh} at x.
     *
     * {@snippet :
     * Activation.geluTanhBackward(Tensor.scalar(0f), Tensor.scalar(2f)); // F32[][1.0]
     * }
     */
    public static Tensor geluTanhBackward(Tensor x, Tensor dY) {
        return ElementLoops.binary(
                "geluTanhBackward", x, dY, Activations.GELU_TANH_BACKWARD, DoubleFunctions::geluTanhBackward, null);
    }

    /**
     * Returns log(1 + e^(beta x)) / beta, and x where beta x is above the threshold, as PyTorch (which has 1 and 20).
     *
     * {@snippet :
     * Activation.softplus(Tensor.of(new float[] {0, 1000}, 2), 1, 20); // F32[2][0.6931472, 1000.0]
     * }
     */
    public static Tensor softplus(Tensor x, double beta, double threshold) {
        return ElementLoops.unary(
                "softplus",
                x,
                Activations.softplus(beta, threshold),
                u -> DoubleFunctions.softplus(u, beta, threshold));
    }

    /**
     * Returns log(1 + e^x), with no threshold.
     *
     * {@snippet :
     * Activation.softplus(Tensor.of(new float[] {-100}, 1)); // F32[1][3.8E-44]
     * }
     */
    public static Tensor softplus(Tensor x) {
        return softplus(x, 1, Double.POSITIVE_INFINITY);
    }

    /**
     * Returns x for x > 0 and slope x elsewhere. Maas et al. 2013.
     *
     * {@snippet :
     * Activation.leakyRelu(Tensor.of(new float[] {-2, 3}, 2), 0.5); // F32[2][-1.0, 3.0]
     * }
     */
    public static Tensor leakyRelu(Tensor x, double slope) {
        return ElementLoops.unary("leakyRelu", x, Activations.leakyRelu((float) slope), u -> u > 0 ? u : u * slope);
    }

    /**
     * Returns x for x > 0 and weight x elsewhere, with one weight or one for each index of axis 1 (axis 0 of a vector).
     * He et al. 2015, arXiv:1502.01852.
     *
     * {@snippet :
     * Activation.prelu(Tensor.of(new float[] {-2, 3}, 2), Tensor.scalar(0.5f)); // F32[2][-1.0, 3.0]
     * }
     *
     * @throws ShapeException if the weight is neither
     */
    public static Tensor prelu(Tensor x, Tensor weight) {
        long channels = x.rank() == 0 ? 1 : x.size(Math.min(1, x.rank() - 1));
        if (weight.rank() > 1 || weight.elementCount() != 1 && weight.elementCount() != channels) {
            throw ShapeRule.of(marks -> marks.whole(1))
                    .broken(
                            "prelu: the weight must have one element or one for each of " + channels + " channels of "
                                    + x.shape() + "; got " + weight.shape(),
                            "x, weight",
                            x,
                            weight);
        }
        long[] sizes = new long[weight.elementCount() == 1 ? 0 : Math.max(1, x.rank() - 1)];
        Arrays.fill(sizes, 1);
        if (sizes.length > 0) {
            sizes[0] = channels;
        }
        Tensor slopes = weight.reshape(sizes);
        return ElementLoops.binary("prelu", x, slopes, Activations.PRELU, (u, w) -> u > 0 ? u : u * w, null);
    }

    /**
     * Returns x for x > 0 and alpha (e^x - 1) elsewhere. Clevert et al. 2015, arXiv:1511.07289.
     *
     * {@snippet :
     * Activation.elu(Tensor.of(new float[] {-1, 3}, 2), 1); // F32[2][-0.63212055, 3.0]
     * }
     */
    public static Tensor elu(Tensor x, double alpha) {
        return scaledElu("elu", x, alpha, 1);
    }

    /**
     * Returns 1.0507 times elu with alpha 1.6733, the constants that keep mean and variance. Klambauer et al. 2017, arXiv:1706.02515.
     *
     * {@snippet :
     * Activation.selu(Tensor.of(new float[] {-1, 1}, 2)); // F32[2][-1.1113307, 1.050701]
     * }
     */
    public static Tensor selu(Tensor x) {
        return scaledElu("selu", x, SELU_ALPHA, SELU_SCALE);
    }

    private static Tensor scaledElu(String name, Tensor x, double alpha, double scale) {
        return ElementLoops.unary(name, x, Activations.elu(alpha, scale), u -> DoubleFunctions.elu(u, alpha, scale));
    }
}
