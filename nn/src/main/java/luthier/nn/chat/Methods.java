package luthier.nn.chat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.nn.chat.Value.Function;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.View;
import org.jspecify.annotations.Nullable;

/** The methods of Python's values. One that Python has and this reader has not is refused when it is called. */
final class Methods {
    private static final Set<String> MAP_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    /** Methods that are refused when they are called, by the type. */
    private static final Map<String, Set<String>> LACKING = Map.of(
            "str", Set.of("encode", "maketrans", "translate"),
            "dict", Set.of("fromkeys"),
            "int", Set.of("as_integer_ratio", "bit_count", "bit_length", "conjugate", "from_bytes", "to_bytes"),
            "float", Set.of("as_integer_ratio", "conjugate", "fromhex", "hex"),
            "dict_keys", Set.of("isdisjoint", "mapping"),
            "range", Set.of("count", "index"));

    private Methods() {}

    static boolean changes(Value target, String name) {
        return switch (target) {
            case Mapping ignored -> MAP_CHANGES.contains(name);
            case Value.Items ignored -> LIST_CHANGES.contains(name);
            default -> false;
        };
    }

    static @Nullable Value find(Value target, String name) {
        Function found = switch (target) {
            case Text text -> TextMethods.find(text, name);
            case Mapping map -> ofMap(map, name);
            case Sequence list -> ofList(list, name);
            case Real number
            when name.equals("is_integer") ->
                method((given, run) ->
                        Value.of(number.value() == Math.rint(number.value()) && !Double.isInfinite(number.value())));
            default -> null;
        };
        if (found != null) {
            return found;
        }
        if (target instanceof Int || target instanceof Real) {
            switch (name) {
                case "real" -> {
                    return target;
                }
                case "imag" -> {
                    return target instanceof Int ? Value.of(0) : new Real(0);
                }
                default -> {}
            }
        }
        String type = target instanceof Text ? "str" : target instanceof View ? "dict_keys" : target.type();
        return LACKING.getOrDefault(type, Set.of()).contains(name)
                ? method((given, run) -> {
                    throw TemplateException.unsupported("the method '" + name + "' of a " + type);
                })
                : null;
    }

    private static NamedFunction method(NamedFunction function) {
        return function;
    }

    private static @Nullable Function ofMap(Mapping map, String name) {
        return switch (name) {
            case "keys", "values", "items" ->
                method((given, run) -> {
                    given.bind(name);
                    return new View(name, map);
                });
            case "get" ->
                method((given, run) -> {
                    Arguments.Bound bound = given.bind("get", "key", "default");
                    Value value = map.entries().get(bound.get("key"));
                    return value != null ? value : bound.get("default", Value.None.NONE);
                });
            case "copy" -> method((given, run) -> map);
            default -> null;
        };
    }

    private static @Nullable Function ofList(Sequence list, String name) {
        return switch (name) {
            case "count" ->
                method((given, run) -> {
                    Value item = given.bind("count", "value").get("value");
                    run.budget().steps(list.weight());
                    return Value.of(list.items().stream()
                            .filter(other -> Comparing.equal(other, item))
                            .count());
                });
            case "index" -> method((given, run) -> index(list, given, run));
            case "copy" -> list instanceof Value.Items ? method((given, run) -> list) : null;
            default -> null;
        };
    }

    private static Value index(Sequence list, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("index", "value", "start", "stop");
        run.budget().steps(list.weight());
        List<Value> items = list.items();
        int start = bound.integer("start", 0);
        int stop = bound.integer("stop", Integer.MAX_VALUE);
        int from = start < 0 ? Math.max(0, start + items.size()) : start;
        int to = Math.min(items.size(), stop < 0 ? stop + items.size() : stop);
        for (int i = from; i < to; i++) {
            if (Comparing.equal(items.get(i), bound.get("value"))) {
                return Value.of((long) i);
            }
        }
        throw TemplateException.type("index: the value must be in the list");
    }
}
