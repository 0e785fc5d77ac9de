package luthier.nn.models;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;

/** The activation of a feed-forward layer, by its names in {@code config.json}. */
public enum HiddenActivation {
    /** x Phi(x), with the error function. */
    GELU("gelu"),
    /** GELU's approximation with tanh. */
    GELU_TANH("gelu_new", "gelu_pytorch_tanh"),
    /** max(x, 0). */
    RELU("relu"),
    /** x sigmoid(x). */
    SILU("silu", "swish"),
    /** tanh(x). */
    TANH("tanh");

    private final List<String> names;

    HiddenActivation(String... names) {
        this.names = List.of(names);
    }

    /** Returns the activation of a name, if it is known. */
    public static Optional<HiddenActivation> find(String name) {
        return Arrays.stream(values())
                .filter(activation -> activation.names.contains(name))
                .findFirst();
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
