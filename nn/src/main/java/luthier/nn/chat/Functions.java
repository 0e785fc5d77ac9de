package luthier.nn.chat;

import java.util.List;
import java.util.Map;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Tuple;
import org.jspecify.annotations.Nullable;

/** The functions that every template can call. */
final class Functions {
    private static final Map<String, Value.Function> ALL = Map.of(
            "range", named(Functions::range),
            "dict", named((given, run) -> Mapping.of(entries(given, run))),
            "namespace", named((given, run) -> new Namespace(entries(given, run))),
            "cycler", named((given, run) -> new Cycler(given.positional())),
            "joiner", named(Functions::joiner),
            "lipsum",
                    named((given, run) -> {
                        throw TemplateException.unsupported("the function 'lipsum'");
                    }),
            "raise_exception", named(Functions::raise),
            "strftime_now",
                    named((given, run) -> Value.of(DateFormat.format(
                            given.bind("strftime_now", "format").text("format"), run.now(), run.budget()))));

    private Functions() {}

    static @Nullable Value find(String name) {
        return ALL.get(name);
    }

    private static NamedFunction named(NamedFunction function) {
        return function;
    }

    private static Value raise(Arguments given, Run run) {
        Value message = given.bind("raise_exception", "message").get("message");
        throw new TemplateException(TemplateException.Kind.RAISED, Printing.text(message, run.budget()));
    }

    private static Value range(Arguments given, Run run) {
        List<Value> bounds = given.positional();
        if (bounds.isEmpty() || bounds.size() > 3 || !given.named().isEmpty()) {
            throw TemplateException.type("range takes 1 to 3 numbers; got " + bounds.size());
        }
        long[] numbers = new long[bounds.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Arguments.whole(bounds.get(i), "range");
        }
        long start = numbers.length == 1 ? 0 : numbers[0];
        long stop = numbers.length == 1 ? numbers[0] : numbers[1];
        long step = numbers.length == 3 ? numbers[2] : 1;
        if (step == 0) {
            throw TemplateException.type("the step of a range must not be zero");
        }
        long count = Math.max(0, step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step);
        if (count > Budget.RANGE) {
            throw TemplateException.limit("a range must have at most " + Budget.RANGE + " numbers; got " + count);
        }
        run.budget().steps(count);
        return new Range(start, stop, step, (int) count);
    }

    /** What {@code dict(map or pairs, name=value)} holds. */
    static Entries entries(Arguments given, Run run) {
        Entries entries = new Entries();
        if (given.positional().size() > 1) {
            throw TemplateException.type("dict takes one map or list of pairs; got "
                    + given.positional().size() + " arguments");
        }
        for (Value from : given.positional()) {
            run.budget().steps(from.weight());
            if (from instanceof Mapping map) {
                entries.putAll(map.entries());
                continue;
            }
            for (Value pair : Walking.list(from, run)) {
                List<Value> both = Walking.list(pair, run);
                if (both.size() != 2) {
                    throw TemplateException.type("dict needs pairs; got " + both.size() + " values");
                }
                entries.put(both.getFirst(), both.getLast());
            }
        }
        given.named().forEach((name, value) -> entries.put(Value.of(name), value));
        return entries;
    }

    private static Value joiner(Arguments given, Run run) {
        Value separator = given.bind("joiner", "sep").get("sep", Value.of(", "));
        boolean[] used = {false};
        return named((none, ignored) -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? Value.of("") : separator;
        });
    }

    /** What {@code cycler(a, b)} makes: its items in turn. */
    private static final class Cycler implements Value.Fields {
        private final List<Value> items;
        private int at;

        Cycler(List<Value> items) {
            if (items.isEmpty()) {
                throw TemplateException.type("cycler needs an item");
            }
            this.items = items;
        }

        @Override
        public @Nullable Value field(String name) {
            return switch (name) {
                case "current" -> items.get(at);
                case "next" ->
                    named((given, run) -> {
                        Value item = items.get(at);
                        at = (at + 1) % items.size();
                        return item;
                    });
                case "reset" ->
                    named((given, run) -> {
                        at = 0;
                        return Value.None.NONE;
                    });
                case "pos" -> Value.of((long) at);
                case "items" -> Tuple.of(items);
                default -> null;
            };
        }

        @Override
        public String type() {
            return "Cycler";
        }
    }
}
