package luthier.nn.chat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import org.jspecify.annotations.Nullable;

/** The members of a map in order of insertion. 1, 1.0 and True are one key, the first that came, as in Python. */
final class Entries {
    private record Entry(Value key, Value value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /** Sets a member while the map is made. */
    void put(Value key, Value value) {
        Object hash = hashed(key);
        Entry before = entries.get(hash);
        entries.put(hash, new Entry(before == null ? key : before.key, value));
    }

    void putAll(Entries others) {
        others.entries.values().forEach(entry -> put(entry.key, entry.value));
    }

    @Nullable
    Value get(Value key) {
        Entry entry = entries.get(hashed(key));
        return entry == null ? null : entry.value;
    }

    @Nullable
    Value get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.value;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    List<Value> keys() {
        return entries.values().stream().map(Entry::key).toList();
    }

    List<Value> values() {
        return entries.values().stream().map(Entry::value).toList();
    }

    List<Value> pairs() {
        List<Value> pairs = new ArrayList<>();
        entries.values().forEach(entry -> pairs.add(Tuple.of(entry.key, entry.value)));
        return pairs;
    }

    /** Keys and values. */
    List<Value> all() {
        List<Value> all = new ArrayList<>(keys());
        all.addAll(values());
        return all;
    }

    /** What equals for equal keys. */
    static Object hashed(Value key) {
        return switch (key) {
            case Text text -> text.value();
            case Int number -> number.value();
            case Bool truth -> Value.of(truth.value() ? 1 : 0).value();
            case Real number ->
                number.value() == Math.rint(number.value()) && !Double.isInfinite(number.value())
                        ? new BigDecimal(number.value()).toBigInteger()
                        : (Object) number.value();
            case None none -> none;
            case Tuple tuple -> tuple.items().stream().map(Entries::hashed).toList();
            case Value.Range range -> range;
            case Value.Undefined ignored -> Value.Undefined.class;
            case Value.Function function -> function;
            case Value.Fields fields -> fields;
            case Value.Walk walk -> walk;
            default -> throw TemplateException.type("a key must be hashable; got " + key.type());
        };
    }
}
