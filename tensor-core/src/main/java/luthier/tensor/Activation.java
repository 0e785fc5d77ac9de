package luthier.tensor;

import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.Unary;

/** Activation functions of neural networks with their fused backward kernels. All throw {@link DTypeException} for integers. */
public final class Activation {
    private Activation() {}

    /** Returns max(x, 0); NaN stays. */
    public static Tensor relu(Tensor x) {
        return Elementwise.unary("relu", x, Unary.RELU, u -> Math.max(u, 0));
    }

    /** Returns x P(X <= x) for a normal X, by erf. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    public static Tensor gelu(Tensor x) {
        return Elementwise.unary("gelu", x, Unary.GELU, DoubleFunctions::gelu);
    }

    /** Returns dY (P(X <= x) + x p(x)) with the normal density p. */
    public static Tensor geluBackward(Tensor x, Tensor dY) {
        return Elementwise.binary("geluBackward", x, dY, Binary.GELU_BACKWARD, DoubleFunctions::geluBackward, null);
    }

    /** Returns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), the form that GPT-2 uses. */
    public static Tensor geluTanh(Tensor x) {
        return Elementwise.unary("geluTanh", x, Unary.GELU_TANH, DoubleFunctions::geluTanh);
    }

    /** Returns dY times the derivative of {@link #geluTanh} at x. */
    public static Tensor geluTanhBackward(Tensor x, Tensor dY) {
        return Elementwise.binary(
                "geluTanhBackward", x, dY, Binary.GELU_TANH_BACKWARD, DoubleFunctions::geluTanhBackward, null);
    }
}
