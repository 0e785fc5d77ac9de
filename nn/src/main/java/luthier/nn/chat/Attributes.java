package luthier.nn.chat;

import java.util.List;
import java.util.Set;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Fields;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;
import org.jspecify.annotations.Nullable;

/**
 * {@code value.name} and {@code value[index]}, as in Jinja's sandbox: a name is a method before it is an entry, an index an entry
 * before it is a method; what is missing is undefined, and methods that change values and names of Python's internals cannot be used.
 */
final class Attributes {
    private static final Set<String> INTERNAL = Set.of(
            "__class__",
            "__delattr__",
            "__dir__",
            "__doc__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getstate__",
            "__gt__",
            "__hash__",
            "__init__",
            "__init_subclass__",
            "__le__",
            "__lt__",
            "__ne__",
            "__new__",
            "__reduce__",
            "__reduce_ex__",
            "__repr__",
            "__setattr__",
            "__sizeof__",
            "__str__",
            "__subclasshook__");

    private Attributes() {}

    static Value attribute(Value target, String name) {
        Value found = own(target, name);
        if (found != null) {
            return found;
        }
        if (target instanceof Undefined undefined) {
            throw undefined.used();
        }
        Value entry = target instanceof Mapping map ? map.entries().get(name) : null;
        return entry != null ? entry : missing(target, name);
    }

    static Value entry(Value target, Value index) {
        if (target instanceof Undefined undefined) {
            throw undefined.used();
        }
        Value entry = item(target, index);
        if (entry == null && index instanceof Text name) {
            entry = own(target, name.value());
        }
        return entry != null ? entry : missing(target, index instanceof Text name ? name.value() : index.type());
    }

    /** A method or field of the value itself. */
    private static @Nullable Value own(Value target, String name) {
        if (target instanceof Fields fields) {
            Value field = fields.field(name);
            if (field != null) {
                return field;
            }
        }
        if (INTERNAL.contains(name) || Methods.changes(target, name)) {
            return new Undefined("the attribute '" + name + "' of a " + target.type() + " must not be used", true);
        }
        return Methods.find(target, name);
    }

    private static Undefined missing(Value target, String name) {
        String of = target instanceof Value.None ? "None" : "a value of type " + target.type();
        return new Undefined(of + " has no '" + name + "'", false);
    }

    private static @Nullable Value item(Value target, Value index) {
        return switch (target) {
            case Mapping map -> isKey(index) ? map.entries().get(index) : null;
            case Sequence list -> at(list.items(), index);
            case Range range -> {
                int at = position(index, range.count());
                yield at < 0 ? null : range.at(at);
            }
            case Text text -> {
                int at = position(index, Texts.length(text.value()));
                if (at < 0) {
                    yield null;
                }
                int start = Texts.offset(text.value(), at);
                yield text.with(Character.toString(text.value().codePointAt(start)));
            }
            default -> null;
        };
    }

    private static boolean isKey(Value index) {
        return !(index instanceof Mapping || index instanceof Value.Items || index instanceof Value.View);
    }

    private static @Nullable Value at(List<Value> items, Value index) {
        int at = position(index, items.size());
        return at < 0 ? null : items.get(at);
    }

    /** The place that an index means, counted from the end below zero; -1 if there is none. */
    private static int position(Value index, int length) {
        if (!(index instanceof Int || index instanceof Bool)) {
            return -1;
        }
        int at = Arguments.whole(index, "an index");
        int from = at < 0 ? at + length : at;
        return from >= 0 && from < length ? from : -1;
    }
}
