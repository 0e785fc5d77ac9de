package luthier.nn;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/**
 * A change to what one layer computes, attached around it with {@link Layer#attach} and taken off again without a trace. Adapters are
 * nested: the one attached last lies outermost, and what {@link Inner#forward} computes is the host with all adapters inside.
 */
public interface Adapter {
    /**
     * Computes the adapted layer, as a rule from {@code inner.forward(x, c)}: {@code inner.forward(x, c).add(..)} changes the
     * output, {@code inner.forward(rotate(x), c)} the input.
     *
     * @param inner the host and the adapters inside this one
     * @param x the host's input, as the adapters outside this one leave it
     * @param c the pass
     */
    Variable forward(Inner inner, Variable x, Context c);

    /** Returns the adapter's own parameters and fixed buffers; their names are local, {@code lora_A.weight}. */
    List<Parameter> parameters();

    /**
     * Returns the host's weights with this change folded in; empty if the change is none of weights.
     *
     * @param own the host's weights by local name, as the adapters inside this one leave them
     */
    default Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
        return Optional.empty();
    }
}
