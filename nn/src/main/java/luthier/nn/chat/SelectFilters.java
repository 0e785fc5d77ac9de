package luthier.nn.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Predicate;
import luthier.nn.chat.Value.Text;
import org.jspecify.annotations.Nullable;

/** Filters that keep or change the items of a list one by one, when they are asked for. */
final class SelectFilters {
    /** What is left of nothing, also of None. */
    private static final Value NOTHING = Walking.lazy(Collections.emptyIterator(), 1);

    private SelectFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("select", (value, given, run) -> kept(value, given, run, false, true));
        all.put("reject", (value, given, run) -> kept(value, given, run, false, false));
        all.put("selectattr", (value, given, run) -> kept(value, given, run, true, true));
        all.put("rejectattr", (value, given, run) -> kept(value, given, run, true, false));
        all.put("map", SelectFilters::map);
    }

    private static Value kept(Value value, Arguments given, Run run, boolean attribute, boolean holds) {
        if (!value.truth()) {
            return NOTHING;
        }
        List<Value> positional = given.positional();
        if (attribute && positional.isEmpty()) {
            throw TemplateException.type("selectattr and rejectattr need the name of an attribute");
        }
        AttributePath path = AttributePath.of(attribute ? positional.getFirst() : Value.None.NONE, Value.None.NONE);
        Arguments rest = given.without(attribute ? 1 : 0);
        Predicate<Value> test;
        if (rest.positional().isEmpty()) {
            test = Value::truth;
        } else {
            Tests.Test named = Tests.find(name(rest.positional().getFirst()));
            Arguments arguments = rest.without(1);
            test = item -> named.test(item, arguments, run);
        }
        Iterator<Value> items = Walking.over(value, run);
        return Walking.lazy(new Kept(items, item -> test.test(path.in(item)) == holds, run), value.depth() + 1);
    }

    private static String name(Value value) {
        if (value instanceof Text text) {
            return text.value();
        }
        throw TemplateException.type("the name of a filter or test must be a str; got " + value.type());
    }

    private static Value map(Value value, Arguments given, Run run) {
        if (!value.truth()) {
            return NOTHING;
        }
        Iterator<Value> items = Walking.over(value, run);
        Filter change;
        if (given.positional().isEmpty() && given.named().containsKey("attribute")) {
            Arguments.Bound bound = given.bind("map", "attribute", "default");
            AttributePath path = AttributePath.of(bound.get("attribute"), bound.get("default", Value.None.NONE));
            change = (item, none, ignored) -> path.in(item);
        } else if (given.positional().isEmpty()) {
            throw TemplateException.type("map needs the name of a filter or an attribute");
        } else {
            change = Filters.find(name(given.positional().getFirst()));
        }
        Arguments arguments = given.positional().isEmpty() ? Arguments.NONE : given.without(1);
        Iterator<Value> changed = new Iterator<>() {
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
        return Walking.lazy(changed, value.depth() + 1);
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
