package luthier.autograd;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** What watches or changes the gradient of one variable, in the order in which it was added. */
final class GradientHooks {
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** One hook; two of them may do the same. */
    private final class Entry implements Variable.Hook {
        private final UnaryOperator<Variable> change;

        private Entry(UnaryOperator<Variable> change) {
            this.change = change;
        }

        @Override
        public void close() {
            entries.remove(this);
        }
    }

    Variable.Hook add(UnaryOperator<Variable> change) {
        Entry added = new Entry(change);
        entries.add(added);
        return added;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns what the hooks make of a gradient. */
    Variable apply(Variable gradient) {
        Variable result = gradient;
        for (Entry hook : entries) {
            result = hook.change.apply(result);
            if (!result.shape().equals(gradient.shape()) || result.dtype() != gradient.dtype()) {
                throw new GradException(
                        "onGradient: a hook must return a gradient of the variable's shape and type; got "
                                + result.dtype() + result.shape() + " for " + gradient.dtype() + gradient.shape());
            }
        }
        return result;
    }
}
