package luthier.nn;

import luthier.autograd.Variable;

/** An adapter of an attention layer that puts keys and values of its own before those of the sequence. Attention asks for it itself. */
public interface KeyValueAdapter extends Adapter {
    /** Returns the keys to put in front, {@code [P, groups, d]}. */
    Variable keys(Layer host, Context c);

    /** Returns the values to put in front, {@code [P, groups, d]}. */
    Variable values(Layer host, Context c);

    @Override
    default Variable forward(Inner inner, Variable x, Context c) {
        return inner.forward(x, c);
    }
}
