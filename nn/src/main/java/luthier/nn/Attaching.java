package luthier.nn;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What hangs on a tree now, and how that changes: a tree's root holds it, and passes take what they find. */
final class Attaching {
    private volatile Attached now = Attached.NOTHING;

    Attached now() {
        return now;
    }

    /** As {@link Layer#attach(String, Map, Map)}. */
    Attachment attach(
            Layer root,
            String as,
            Map<? extends Layer, ? extends Adapter> on,
            Map<Parameter, ? extends ParameterAdapter> values) {
        Attached.Group group = new Attached.Group(new LinkedHashMap<>(on), new LinkedHashMap<>(values));
        requireOf(root, as, group);
        change(root, attached -> attached.with(as, group));
        on.forEach((layer, adapter) -> adapter.parameters().forEach(parameter -> parameter.hang(layer, as)));
        values.forEach((parameter, adapter) -> parameter.hangAll(adapter.parameters(), as));
        return new Attachment(as, () -> change(root, attached -> attached.without(as)));
    }

    private static void requireOf(Layer root, String as, Attached.Group group) {
        if (as.isEmpty() || as.contains("/")) {
            throw new IllegalArgumentException(
                    "attach: an adaptation needs a name without a slash; got \"" + as + "\"");
        }
        Set<Parameter> own = Collections.newSetFromMap(new IdentityHashMap<>());
        own.addAll(root.names().values());
        group.adapters().keySet().forEach(layer -> {
            if (!layer.root().equals(root)) {
                throw new IllegalArgumentException("attach: layers must be of this tree; got " + layer.describe()
                        + " at \"" + layer.place() + "\" of another");
            }
        });
        group.values().keySet().forEach(parameter -> {
            if (!own.contains(parameter)) {
                throw new IllegalArgumentException(
                        "attach: parameters must be of this tree; got " + parameter.path() + " of another");
            }
        });
    }

    /** As {@link Layer#use}. */
    void use(Layer root, Active usual) {
        if (usual.isByRows()) {
            throw new IllegalArgumentException("use: a choice by rows belongs to one batch; got " + usual
                    + "; give it with(Context.ACTIVE, ..) to the pass");
        }
        change(root, attached -> attached.using(usual));
    }

    /** Lets the tree's own parameters rest before, and wake after, a pass could see that something attached trains. */
    private synchronized void change(Layer root, UnaryOperator<Attached> what) {
        Attached next = what.apply(now);
        boolean changes = next.trains() != now.trains();
        if (changes && next.trains()) {
            root.parameters().values().forEach(parameter -> parameter.rest(true));
        }
        now = next;
        if (changes && !next.trains()) {
            root.parameters().values().forEach(parameter -> parameter.rest(false));
        }
    }
}
