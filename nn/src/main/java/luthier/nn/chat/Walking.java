package luthier.nn.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;
import luthier.nn.chat.Value.View;
import luthier.nn.chat.Value.Walk;

/** Values one by one: characters of a text, items of a list, keys of a map. */
final class Walking {
    /** A walk over a source that is not one itself, such as what a filter keeps of a list. */
    private record Lazy(Iterator<Value> source, int depth) implements Walk {
        @Override
        public boolean hasNext() {
            return source.hasNext();
        }

        @Override
        public Value next() {
            return source.next();
        }
    }

    private Walking() {}

    static Walk lazy(Iterator<Value> source, int depth) {
        if (depth > Budget.NESTING) {
            throw TemplateException.limit("filters must be nested at most " + Budget.NESTING + " deep");
        }
        return new Lazy(source, depth);
    }

    static Iterator<Value> over(Value value, Run run) {
        return switch (value) {
            case Text text -> characters(text, run);
            case Sequence list -> list.items().iterator();
            case Mapping map -> map.entries().keys().iterator();
            case View view -> view.items().iterator();
            case Range range -> numbers(range);
            case Walk walk -> walk;
            case Undefined ignored -> List.<Value>of().iterator();
            default -> throw TemplateException.type("a value to walk over is needed; got " + value.type());
        };
    }

    private static Iterator<Value> characters(Text text, Run run) {
        run.budget().steps(text.value().length());
        List<Value> characters = new ArrayList<>();
        Texts.characters(text.value()).forEach(character -> characters.add(text.with(character)));
        return characters.iterator();
    }

    private static Iterator<Value> numbers(Range range) {
        List<Value> numbers = new ArrayList<>();
        for (int i = 0; i < range.count(); i++) {
            numbers.add(range.at(i));
        }
        return numbers.iterator();
    }

    static List<Value> list(Value value, Run run) {
        List<Value> all = new ArrayList<>();
        Iterator<Value> items = over(value, run);
        while (items.hasNext()) {
            run.budget().step();
            all.add(items.next());
        }
        return all;
    }

    /** From the last to the first. */
    static List<Value> reversed(Value value, Run run) {
        if (value instanceof Walk) {
            throw TemplateException.type("a value with an end is needed; got " + value.type());
        }
        return list(value, run).reversed();
    }

    static int length(Value value) {
        return switch (value) {
            case Text text -> Texts.length(text.value());
            case Sequence list -> list.items().size();
            case Mapping map -> map.entries().size();
            case View view -> view.map().entries().size();
            case Range range -> range.count();
            case Loop loop -> loop.length();
            case Undefined ignored -> 0;
            default -> throw TemplateException.type("a value with a length is needed; got " + value.type());
        };
    }
}
