package luthier.nn.chat;

import java.util.HashMap;
import java.util.Map;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import org.jspecify.annotations.Nullable;

/** What {@code namespace(...)} makes: the one value that a template may change, also from within a loop. */
final class Namespace implements Value.Fields {
    private final Map<String, Value> fields = new HashMap<>();

    Namespace(Entries entries) {
        for (Value pair : entries.pairs()) {
            if (((Tuple) pair).items().getFirst() instanceof Text name) {
                set(name.value(), ((Tuple) pair).items().getLast());
            }
        }
    }

    void set(String name, Value value) {
        if (name.startsWith("_")) {
            throw new TemplateException(
                    TemplateException.Kind.FORBIDDEN,
                    "a namespace must not hold names that begin with '_'; got '" + name + "'");
        }
        fields.put(name, value);
    }

    @Override
    public @Nullable Value field(String name) {
        return fields.get(name);
    }

    @Override
    public String type() {
        return "Namespace";
    }
}
