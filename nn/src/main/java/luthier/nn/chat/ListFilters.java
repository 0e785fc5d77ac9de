package luthier.nn.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;

/** Filters of lists and of whatever can be walked over. */
final class ListFilters {
    private ListFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("list", (value, given, run) -> Items.of(Walking.list(value, run)));
        all.put("first", (value, given, run) -> first(Walking.over(value, run)));
        all.put(
                "last",
                (value, given, run) -> first(Walking.reversed(value, run).iterator()));
        all.put("join", ListFilters::join);
        all.put("reverse", ListFilters::reverse);
        all.put("sort", ListFilters::sort);
        all.put("dictsort", ListFilters::sortedMap);
        all.put("unique", ListFilters::unique);
        all.put("min", (value, given, run) -> extreme("min", value, given, run));
        all.put("max", (value, given, run) -> extreme("max", value, given, run));
        all.put("sum", ListFilters::sum);
        all.put("batch", ListFilters::batch);
        all.put("slice", ListFilters::columns);
        all.put("groupby", ListFilters::groups);
    }

    private static Value first(Iterator<Value> items) {
        return items.hasNext() ? items.next() : new Undefined("the sequence is empty", false);
    }

    private static Value join(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("join", "d", "attribute");
        AttributePath path = AttributePath.of(bound.get("attribute", Value.None.NONE), Value.None.NONE);
        String separator = Printing.text(bound.get("d", Value.of("")), run.budget());
        StringBuilder joined = new StringBuilder();
        String between = "";
        for (Iterator<Value> items = Walking.over(value, run); items.hasNext(); ) {
            String part = Printing.text(path.in(items.next()), run.budget());
            run.budget().characters(between.length() + (long) part.length());
            joined.append(between).append(part);
            between = separator;
        }
        return Value.of(joined.toString());
    }

    private static Value reverse(Value value, Arguments given, Run run) {
        given.bind("reverse");
        if (value instanceof Text) {
            return Slicing.slice(value, Value.None.NONE, Value.None.NONE, Value.of(-1), run);
        }
        if (value instanceof Value.Walk) {
            return Items.of(Walking.list(value, run).reversed());
        }
        return Walking.lazy(Walking.reversed(value, run).iterator(), value.depth() + 1);
    }

    /** Texts without regard to case unless it is asked for. */
    private static UnaryOperator<Value> folded(boolean caseSensitive) {
        return key -> !caseSensitive && key instanceof Text text ? Value.of(Texts.lower(text.value())) : key;
    }

    // ---- order

    private static Value sort(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("sort", "reverse", "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth("case_sensitive", false));
        List<AttributePath> paths = new ArrayList<>();
        if (bound.get("attribute", Value.None.NONE) instanceof Text several) {
            Texts.split(several.value(), ",", -1)
                    .forEach(part -> paths.add(AttributePath.of(Value.of(part), Value.None.NONE)));
        } else {
            paths.add(AttributePath.of(bound.get("attribute", Value.None.NONE), Value.None.NONE));
        }
        List<Value> items = Walking.list(value, run);
        return Items.of(Sorting.sorted(
                items,
                item -> Items.of(
                        paths.stream().map(path -> fold.apply(path.in(item))).toList()),
                bound.truth("reverse", false),
                run.budget()));
    }

    private static Value sortedMap(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(value instanceof Mapping map)) {
            throw value instanceof Undefined undefined
                    ? undefined.used()
                    : TemplateException.type("dictsort needs a map; got " + value.type());
        }
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw TemplateException.type("dictsort sorts by key or value; got '" + by + "'");
        }
        UnaryOperator<Value> fold = folded(bound.truth("case_sensitive", false));
        return Items.of(Sorting.sorted(
                map.entries().pairs(),
                pair -> fold.apply(((Tuple) pair).items().get(by.equals("key") ? 0 : 1)),
                bound.truth("reverse", false),
                run.budget()));
    }

    private static Value extreme(String name, Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind(name, "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth("case_sensitive", false));
        AttributePath path = AttributePath.of(bound.get("attribute", Value.None.NONE), Value.None.NONE);
        Iterator<Value> items = Walking.over(value, run);
        if (!items.hasNext()) {
            return new Undefined("the sequence is empty", false);
        }
        Value best = items.next();
        while (items.hasNext()) {
            Value item = items.next();
            run.budget().steps(item.weight());
            int order = Comparing.order(fold.apply(path.in(item)), fold.apply(path.in(best)));
            if (name.equals("min") ? order < 0 : order > 0) {
                best = item;
            }
        }
        return best;
    }

    private static Value unique(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("unique", "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth("case_sensitive", false));
        AttributePath path = AttributePath.of(bound.get("attribute", Value.None.NONE), Value.None.NONE);
        Set<Object> seen = new HashSet<>();
        List<Value> kept = new ArrayList<>();
        for (Value item : Walking.list(value, run)) {
            if (seen.add(Entries.hashed(fold.apply(path.in(item))))) {
                kept.add(item);
            }
        }
        return Walking.lazy(kept.iterator(), value.depth() + 1);
    }

    private static Value sum(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("sum", "attribute", "start");
        AttributePath path = AttributePath.of(bound.get("attribute", Value.None.NONE), Value.None.NONE);
        Value sum = bound.get("start", Value.of(0));
        for (Iterator<Value> items = Walking.over(value, run); items.hasNext(); ) {
            sum = Operators.apply("+", sum, path.in(items.next()), run);
        }
        return sum;
    }

    // ---- groups

    private static Value batch(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("batch", "linecount", "fill_with");
        bound.get("linecount");
        int size = bound.integer("linecount", 1);
        List<Value> items = Walking.list(value, run);
        List<Value> batches = new ArrayList<>();
        for (int start = 0; start < items.size(); start += Math.max(1, Math.min(size, items.size()))) {
            List<Value> batch =
                    new ArrayList<>(items.subList(start, Math.min(items.size(), start + Math.max(1, size))));
            if (bound.says("fill_with")) {
                run.budget().steps(Math.max(0, size - (long) batch.size()));
                while (batch.size() < size) {
                    batch.add(bound.get("fill_with"));
                }
            }
            batches.add(Items.of(batch));
        }
        return Walking.lazy(batches.iterator(), value.depth() + 1);
    }

    private static Value columns(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("slice", "slices", "fill_with");
        bound.get("slices");
        int count = bound.integer("slices", 1);
        if (count < 1) {
            throw TemplateException.type("slice needs a positive number; got " + count);
        }
        run.budget().steps(count);
        List<Value> items = Walking.list(value, run);
        int each = items.size() / count;
        int longer = items.size() % count;
        List<Value> columns = new ArrayList<>();
        for (int i = 0, start = 0; i < count; i++) {
            int end = start + each + (i < longer ? 1 : 0);
            List<Value> column = new ArrayList<>(items.subList(start, end));
            if (bound.says("fill_with") && i >= longer) {
                column.add(bound.get("fill_with"));
            }
            columns.add(Items.of(column));
            start = end;
        }
        return Walking.lazy(columns.iterator(), value.depth() + 1);
    }

    private static Value groups(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("groupby", "attribute", "default", "case_sensitive");
        AttributePath path = AttributePath.of(bound.get("attribute"), bound.get("default", Value.None.NONE));
        UnaryOperator<Value> fold = folded(bound.truth("case_sensitive", false));
        List<Value> sorted =
                Sorting.sorted(Walking.list(value, run), item -> fold.apply(path.in(item)), false, run.budget());
        List<Value> groups = new ArrayList<>();
        for (int start = 0; start < sorted.size(); ) {
            Value key = fold.apply(path.in(sorted.get(start)));
            int end = start + 1;
            while (end < sorted.size() && Comparing.equal(fold.apply(path.in(sorted.get(end))), key)) {
                end++;
            }
            groups.add(Tuple.of(path.in(sorted.get(start)), Items.of(sorted.subList(start, end))));
            start = end;
        }
        return Items.of(groups);
    }
}
