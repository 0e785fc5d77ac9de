package luthier.nn.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import luthier.nn.chat.Value.Undefined;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: where a loop stands. It looks one item ahead only if it is asked to. */
final class Loop implements Value.Function, Value.Fields {
    private final int depth;
    private final Run run;
    private final @Nullable BiFunction<Value, Integer, Value> again;
    private Iterator<Value> source;
    private int index = -1;
    private int length = -1;
    private @Nullable Value before;
    private @Nullable Value current;
    private @Nullable Value after;
    private @Nullable Value changed;

    /**
     * @param depth 0 for the outermost
     * @param again what a call of a recursive loop does; null if it is none
     */
    Loop(Iterator<Value> source, int depth, @Nullable BiFunction<Value, Integer, Value> again, Run run) {
        this.source = source;
        this.depth = depth;
        this.again = again;
        this.run = run;
    }

    boolean hasNext() {
        return after != null || source.hasNext();
    }

    Value next() {
        before = current;
        Value next = after != null ? after : source.next();
        current = next;
        after = null;
        index++;
        return next;
    }

    int length() {
        if (length < 0) {
            List<Value> rest = new ArrayList<>();
            while (source.hasNext()) {
                run.budget().step();
                rest.add(source.next());
            }
            source = rest.iterator();
            length = index + 1 + rest.size() + (after == null ? 0 : 1);
        }
        return length;
    }

    private @Nullable Value peek() {
        if (after == null && source.hasNext()) {
            after = source.next();
        }
        return after;
    }

    @Override
    public @Nullable Value field(String name) {
        return switch (name) {
            case "index" -> Value.of(index + 1L);
            case "index0" -> Value.of((long) index);
            case "revindex" -> Value.of((long) length() - index);
            case "revindex0" -> Value.of((long) length() - index - 1);
            case "first" -> Value.of(index == 0);
            case "last" -> Value.of(peek() == null);
            case "length" -> Value.of((long) length());
            case "depth" -> Value.of(depth + 1L);
            case "depth0" -> Value.of((long) depth);
            case "previtem" -> before == null ? new Undefined("there is no previous item", false) : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? new Undefined("there is no next item", false) : next;
            }
            case "cycle" -> (NamedFunction) (given, ignored) -> cycle(given.positional());
            case "changed" -> (NamedFunction) (given, ignored) -> changed(Value.Tuple.of(given.positional()));
            default -> null;
        };
    }

    private Value cycle(List<Value> items) {
        if (items.isEmpty()) {
            throw TemplateException.type("cycle needs an item");
        }
        return items.get(index % items.size());
    }

    private Value changed(Value now) {
        if (changed != null && Comparing.equal(changed, now)) {
            return Value.Bool.FALSE;
        }
        changed = now;
        return Value.Bool.TRUE;
    }

    @Override
    public Value call(Arguments arguments, Run ignored) {
        if (again == null) {
            throw TemplateException.type("a loop must be marked 'recursive' to be called");
        }
        return again.apply(arguments.bind("loop", "iterable").get("iterable"), depth + 1);
    }

    @Override
    public String type() {
        return "LoopContext";
    }

    @Override
    public boolean truth() {
        return length() > 0;
    }
}
