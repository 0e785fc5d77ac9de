package luthier.nn.models;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;

/** The activation of a feed-forward layer, by its names in {@code config.json}. */
public enum HiddenActivation {
    /** x Phi(x), with the error function. */
    GELU,
    /** GELU's approximation with tanh. */
    GELU_TANH,
    /** max(x, 0). */
    RELU,
    /** x sigmoid(x). */
    SILU,
    /** tanh(x). */
    TANH;

    /** Returns the activation of a name, if it is known. */
    public static Optional<HiddenActivation> find(String name) {
        return switch (name) {
            case "gelu" -> Optional.of(GELU);
            case "gelu_new", "gelu_pytorch_tanh" -> Optional.of(GELU_TANH);
            case "relu" -> Optional.of(RELU);
            case "silu", "swish" -> Optional.of(SILU);
            case "tanh" -> Optional.of(TANH);
            default -> Optional.empty();
        };
    }

    /** Returns the activation of every element. */
    public Variable of(Variable x) {
        return switch (this) {
            case GELU -> ActivationOps.gelu(x);
            case GELU_TANH -> ActivationOps.geluTanh(x);
            case RELU -> ActivationOps.relu(x);
            case SILU -> ActivationOps.silu(x);
            case TANH -> ElementaryOps.tanh(x);
        };
    }
}
