package luthier.nn;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import luthier.autograd.Variable;

/**
 * A change of one parameter's value, W' = g(W), wherever and under however many names it is used. Merging is the same formula, with
 * the same bits.
 */
public interface ParameterAdapter {
    /**
     * Returns the value that a pass uses.
     *
     * @param own gives the value as the adapters inside this one leave it; computed only if asked for
     */
    Variable value(Supplier<Variable> own, Context c);

    /** Returns the adapter's own parameters and fixed buffers by local name. */
    List<Parameter> parameters();

    /** Returns where a pass's proposals for the adapted buffer go; empty if the buffer stays as it is. */
    default Optional<Parameter> target() {
        return Optional.empty();
    }
}
