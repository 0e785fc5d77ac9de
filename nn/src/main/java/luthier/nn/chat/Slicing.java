package luthier.nn.chat;

import java.util.ArrayList;
import java.util.List;
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;

/** {@code value[start:stop:step]} of texts, lists, tuples and ranges; bounds beyond the ends are the ends. */
final class Slicing {
    private Slicing() {}

    static Value slice(Value target, Value start, Value stop, Value step, Run run) {
        run.budget().steps(target.weight());
        return switch (target) {
            case Text text -> text(text, start, stop, step, run);
            case Items list -> Items.of(picked(list.items(), start, stop, step));
            case Tuple tuple -> Tuple.of(picked(tuple.items(), start, stop, step));
            case Range range -> {
                List<Value> numbers = picked(Walking.list(range, run), start, stop, step);
                long apart = range.step() * step(step);
                long first = numbers.isEmpty()
                        ? range.start()
                        : ((Value.Int) numbers.getFirst()).value().longValueExact();
                yield new Range(first, first + apart * numbers.size(), apart, numbers.size());
            }
            case Undefined undefined -> throw undefined.used();
            default -> new Undefined("a value of type " + target.type() + " has no slices", false);
        };
    }

    private static Value text(Text text, Value start, Value stop, Value step, Run run) {
        String string = text.value();
        int[] characters = string.codePoints().toArray();
        run.budget().characters(characters.length);
        StringBuilder picked = new StringBuilder();
        for (int at : places(characters.length, start, stop, step)) {
            picked.appendCodePoint(characters[at]);
        }
        return text.with(picked.toString());
    }

    private static List<Value> picked(List<Value> items, Value start, Value stop, Value step) {
        List<Value> picked = new ArrayList<>();
        for (int at : places(items.size(), start, stop, step)) {
            picked.add(items.get(at));
        }
        return picked;
    }

    private static long step(Value step) {
        long by = step instanceof None ? 1 : Arguments.whole(step, "a slice");
        if (by == 0) {
            throw TemplateException.type("the step of a slice must not be zero");
        }
        return by;
    }

    private static int[] places(int length, Value start, Value stop, Value step) {
        long by = step(step);
        long low = by > 0 ? 0 : -1;
        long high = by > 0 ? length : length - 1;
        long from = start instanceof None ? (by > 0 ? low : high) : bound(start, length, low, high);
        long to = stop instanceof None ? (by > 0 ? high : low) : bound(stop, length, low, high);
        long count = by > 0 ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
        int[] places = new int[(int) Math.max(0, count)];
        for (int i = 0; i < places.length; i++) {
            places[i] = (int) (from + i * by);
        }
        return places;
    }

    private static long bound(Value bound, int length, long low, long high) {
        long at = Arguments.whole(bound, "a slice");
        return Math.clamp(at < 0 ? at + length : at, low, high);
    }
}
