package luthier.nn.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;

/**
 * y = Down(act(Gate x) * Up x): SwiGLU with silu, GeGLU with gelu, ReGLU with relu. {@code x [.., D] -> [.., D]} through {@code [.., inner]}.
 * Shazeer 2020, arXiv:2002.05202, eq. 5.
 */
public final class GatedFeedForward extends Layer {
    private final Linear gate;
    private final Linear up;
    private final Linear down;
    private final UnaryOperator<Variable> activation;

    /** Creates the layer with projections named {@code gate_proj}, {@code up_proj} and {@code down_proj}. */
    public GatedFeedForward(long dimension, long inner, boolean withBias, UnaryOperator<Variable> activation) {
        this(dimension, inner, withBias, activation, List.of("gate_proj", "up_proj", "down_proj"));
    }

    /**
     * Creates the layer.
     *
     * @param names what public checkpoints call the projections of the gate, in and out
     */
    public GatedFeedForward(
            long dimension, long inner, boolean withBias, UnaryOperator<Variable> activation, List<String> names) {
        this.activation = activation;
        gate = child(names.get(0), Role.MLP_IN, new Linear(dimension, inner, withBias));
        up = child(names.get(1), Role.MLP_IN, new Linear(dimension, inner, withBias));
        down = child(names.get(2), Role.MLP_OUT, new Linear(inner, dimension, withBias));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable open = activation.apply(gate.forward(x, context));
        return down.forward(open.mul(up.forward(x, context)), context);
    }

    @Override
    protected String describe() {
        return "GatedFeedForward(" + gate.inFeatures() + " -> " + gate.outFeatures() + ")";
    }
}
