package luthier.nn.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Sorting as Python does it: stable, by {@code <} alone, an error for values that have no order. */
final class Sorting {
    private record Keyed(Value key, Value item) {}

    private Sorting() {}

    static List<Value> sorted(List<Value> items, Function<Value, Value> key, boolean descending, Budget budget) {
        List<Keyed> keyed = new ArrayList<>();
        items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
        Comparator<Keyed> order = (a, b) -> {
            budget.steps(a.key.weight() + b.key.weight());
            return Comparing.order(a.key, b.key);
        };
        // Equal items keep their order, also descending.
        keyed.sort(descending ? Collections.reverseOrder(order) : order);
        return keyed.stream().map(Keyed::item).toList();
    }
}
