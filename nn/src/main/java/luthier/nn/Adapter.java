package luthier.nn;

import java.util.List;
import luthier.autograd.Variable;

/**
 * A change to what one layer computes, attached with {@link Layer#attach} and taken off again without a trace. The host's own
 * parameters keep their names and values.
 */
public interface Adapter {
    /**
     * Returns the changed output of the host.
     *
     * @param host the layer this adapter is attached to
     * @param x the host's input
     * @param y the host's output, after the adapters attached before this one
     * @param context the pass
     */
    Variable adapt(Layer host, Variable x, Variable y, Context context);

    /** Returns the adapter's own parameters; their names are local, {@code lora_A.weight}. */
    List<Parameter> parameters();
}
