package luthier.nn.chat;

import java.util.Iterator;
import java.util.List;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;

/**
 * The filter tojson as Transformers has it: Python's {@code json.dumps}, in order of insertion, nothing escaped for HTML.
 *
 * @param ascii whether other characters are escaped
 * @param indent the space of a level; null for one line
 * @param item between items
 * @param key between key and value
 * @param sorted whether keys are sorted
 */
record JsonText(
        boolean ascii, @org.jspecify.annotations.Nullable String indent, String item, String key, boolean sorted) {
    String of(Value value, Budget budget) {
        budget.steps(value.weight());
        long level = indent == null ? 0 : Math.min((long) indent.length() * value.depth(), Budget.CHARACTERS);
        if ((level + item.length() + key.length()) * Math.min(value.weight(), Budget.CHARACTERS) > Budget.CHARACTERS) {
            throw TemplateException.limit("JSON must have at most " + Budget.CHARACTERS + " characters");
        }
        StringBuilder text = new StringBuilder();
        write(value, 0, text, budget);
        budget.characters(text.length());
        return text.toString();
    }

    private void write(Value value, int depth, StringBuilder text, Budget budget) {
        switch (value) {
            case None ignored -> text.append("null");
            case Bool truth -> text.append(truth.value());
            case Int number -> text.append(Printing.whole(number));
            case Real number -> text.append(real(number));
            case Text string -> quote(string.value(), text);
            case Sequence list -> list(list.items(), depth, text, budget);
            case Mapping map -> map(map, depth, text, budget);
            default -> throw TemplateException.type("tojson needs values of JSON; got " + value.type());
        }
    }

    private static String real(Real number) {
        double value = number.value();
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Printing.real(value);
    }

    private void list(List<Value> items, int depth, StringBuilder text, Budget budget) {
        if (items.isEmpty()) {
            text.append("[]");
            return;
        }
        text.append('[');
        newLine(depth + 1, text);
        for (Iterator<Value> all = items.iterator(); all.hasNext(); ) {
            write(all.next(), depth + 1, text, budget);
            if (all.hasNext()) {
                text.append(item);
                newLine(depth + 1, text);
            }
        }
        newLine(depth, text);
        text.append(']');
    }

    private void map(Mapping map, int depth, StringBuilder text, Budget budget) {
        List<Value> pairs = map.entries().pairs();
        if (pairs.isEmpty()) {
            text.append("{}");
            return;
        }
        if (sorted) {
            pairs = Sorting.sorted(pairs, pair -> ((Tuple) pair).items().getFirst(), false, budget);
        }
        text.append('{');
        newLine(depth + 1, text);
        for (Iterator<Value> all = pairs.iterator(); all.hasNext(); ) {
            List<Value> pair = ((Tuple) all.next()).items();
            quote(key(pair.getFirst()), text);
            text.append(key);
            write(pair.getLast(), depth + 1, text, budget);
            if (all.hasNext()) {
                text.append(item);
                newLine(depth + 1, text);
            }
        }
        newLine(depth, text);
        text.append('}');
    }

    private static String key(Value key) {
        return switch (key) {
            case Text text -> text.value();
            case None ignored -> "null";
            case Bool truth -> String.valueOf(truth.value());
            case Int number -> Printing.whole(number);
            case Real number -> real(number);
            default -> throw TemplateException.type("keys of JSON must be texts or numbers; got " + key.type());
        };
    }

    private void newLine(int depth, StringBuilder text) {
        if (indent != null) {
            text.append('\n').append(indent.repeat(depth));
        }
    }

    private void quote(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7E)) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
