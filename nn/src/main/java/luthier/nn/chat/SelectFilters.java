package luthier.nn.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Predicate;
import luthier.nn.chat.Value.Text;
import org.jspecify.annotations.Nullable;

/** Filters that keep or change the items of a list one by one, when they are asked for. */
final class SelectFilters {
    private SelectFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("select", (value, given, run) -> kept(value, given, run, false, true));
        all.put("reject", (value, given, run) -> kept(value, given, run, false, false));
        all.put("selectattr", (value, given, run) -> kept(value, given, run, true, true));
        all.put("rejectattr", (value, given, run) -> kept(value, given, run, true, false));
        all.put("map", SelectFilters::map);
    }

    private static Value kept(Value value, Arguments given, Run run, boolean attribute, boolean holds) {
        return Walking.lazy(
                () -> value.truth()
                        ? new Kept(
                                Walking.over(value, run),
                                item -> test(given, run, attribute).test(item) == holds,
                                run)
                        : Collections.emptyIterator(),
                value.depth() + 1);
    }

    private static Predicate<Value> test(Arguments given, Run run, boolean attribute) {
        if (attribute && given.positional().isEmpty()) {
            throw TemplateException.type("selectattr and rejectattr need the name of an attribute");
        }
        AttributePath path =
                AttributePath.of(attribute ? given.positional().getFirst() : Value.None.NONE, Value.None.NONE);
        Arguments rest = given.without(attribute ? 1 : 0);
        if (rest.positional().isEmpty()) {
            return item -> path.in(item).truth();
        }
        Tests.Test named = Tests.find(name(rest.positional().getFirst()));
        Arguments arguments = rest.without(1);
        return item -> named.test(path.in(item), arguments, run);
    }

    private static String name(Value value) {
        if (value instanceof Text text) {
            return text.value();
        }
        throw TemplateException.type("the name of a filter or test must be a str; got " + value.type());
    }

    private static Value map(Value value, Arguments given, Run run) {
        return Walking.lazy(
                () -> value.truth() ? changed(Walking.over(value, run), given, run) : Collections.emptyIterator(),
                value.depth() + 1);
    }

    private static Iterator<Value> changed(Iterator<Value> items, Arguments given, Run run) {
        Filter change = change(given);
        Arguments arguments = given.positional().isEmpty() ? Arguments.NONE : given.without(1);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Value next() {
                Value item = items.next();
                run.budget().steps(item.weight() + arguments.weight());
                return change.apply(item, arguments, run);
            }
        };
    }

    private static Filter change(Arguments given) {
        if (!given.positional().isEmpty()) {
            return Filters.find(name(given.positional().getFirst()));
        }
        if (!given.named().containsKey("attribute")) {
            throw TemplateException.type("map needs the name of a filter or an attribute");
        }
        Arguments.Bound bound = given.bind("map", "attribute", "default");
        AttributePath path = AttributePath.of(bound.get("attribute"), bound.get("default", Value.None.NONE));
        return (item, none, ignored) -> path.in(item);
    }

    /** The items that pass. */
    private static final class Kept implements Iterator<Value> {
        private final Iterator<Value> items;
        private final Predicate<Value> passes;
        private final Run run;
        private @Nullable Value next;

        Kept(Iterator<Value> items, Predicate<Value> passes, Run run) {
            this.items = items;
            this.passes = passes;
            this.run = run;
        }

        @Override
        public boolean hasNext() {
            while (next == null && items.hasNext()) {
                Value item = items.next();
                run.budget().steps(item.weight());
                next = passes.test(item) ? item : null;
            }
            return next != null;
        }

        @Override
        public Value next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Value item = Objects.requireNonNull(next);
            next = null;
            return item;
        }
    }
}
