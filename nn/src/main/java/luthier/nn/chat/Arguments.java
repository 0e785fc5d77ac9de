package luthier.nn.chat;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;
import org.jspecify.annotations.Nullable;

/** What a call, a filter or a test was given. */
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    long weight() {
        long weight = 0;
        for (Value value : positional) {
            weight += value.weight();
        }
        for (Value value : named.values()) {
            weight += value.weight();
        }
        return weight;
    }

    /** The arguments but the first {@code count}. */
    Arguments without(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    /** Gives each argument its parameter's name; too many, unknown or doubled ones are refused. */
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateException.type(
                    function + " takes at most " + parameters.length + " arguments; got " + positional.size());
        }
        Map<String, Value> bound = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            bound.put(parameters[i], positional.get(i));
        }
        List<String> known = List.of(parameters);
        named.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw TemplateException.type(function + " takes no argument '" + name + "'");
            }
            if (bound.put(name, value) != null) {
                throw TemplateException.type(function + " takes '" + name + "' once; got it twice");
            }
        });
        return new Bound(function, bound);
    }

    /** Arguments by the names of the parameters. */
    record Bound(String function, Map<String, Value> values) {
        @Nullable
        Value find(String name) {
            return values.get(name);
        }

        Value get(String name) {
            Value value = values.get(name);
            if (value == null) {
                throw TemplateException.type(function + " needs the argument '" + name + "'");
            }
            return value;
        }

        Value get(String name, Value otherwise) {
            return values.getOrDefault(name, otherwise);
        }

        boolean has(String name) {
            return values.containsKey(name);
        }

        /** Whether it is there and not None. */
        boolean says(String name) {
            return !(values.getOrDefault(name, Value.None.NONE) instanceof None);
        }

        boolean truth(String name, boolean otherwise) {
            Value value = values.get(name);
            return value == null ? otherwise : value.truth();
        }

        /** A whole number; beyond 32 bits it is the nearest of those. */
        int integer(String name, int otherwise) {
            return says(name) ? whole(get(name), function) : otherwise;
        }

        String text(String name) {
            return text(get(name));
        }

        String text(String name, String otherwise) {
            return values.containsKey(name) ? text(get(name)) : otherwise;
        }

        private String text(Value value) {
            return switch (value) {
                case Text text -> text.value();
                case Undefined undefined -> throw undefined.used();
                default -> throw TemplateException.type(function + " needs a str; got " + value.type());
            };
        }
    }

    /** A whole number; beyond 32 bits the nearest of those. */
    static int whole(Value value, String function) {
        BigInteger number = switch (value) {
            case Int integer -> integer.value();
            case Bool truth -> truth.value() ? BigInteger.ONE : BigInteger.ZERO;
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateException.type(function + " needs an int; got " + value.type());
        };
        if (number.bitLength() > 31) {
            return number.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        return number.intValue();
    }
}
