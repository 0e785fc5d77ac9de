package luthier.nn.chat;

import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;

/** Looking for a text in another, within bounds in code points that may count from the end. */
final class TextSearch {
    /** The part of a text between bounds. */
    private record Part(String text, int start, boolean exists) {}

    private TextSearch() {}

    private static Part part(String text, Arguments.Bound bound) {
        if (!bound.has("start") && !bound.has("end")) {
            return new Part(text, 0, true);
        }
        int length = Texts.length(text);
        int start = bound.integer("start", 0);
        int end = bound.integer("end", Integer.MAX_VALUE);
        int from = start < 0 ? Math.max(0, start + length) : start;
        int to = Math.min(length, end < 0 ? Math.max(0, end + length) : end);
        if (from > to) {
            return new Part("", 0, false);
        }
        return new Part(text.substring(Texts.offset(text, from), Texts.offset(text, to)), from, true);
    }

    static Value affix(String text, Arguments given, boolean prefix) {
        String method = prefix ? "startswith" : "endswith";
        Arguments.Bound bound = given.bind(method, "affix", "start", "end");
        Part part = part(text, bound);
        if (bound.get("affix") instanceof Tuple tuple) {
            for (Value each : tuple.items()) {
                if (!(each instanceof Text one)) {
                    throw TemplateException.type(method + " needs texts; got " + each.type());
                }
                if (holds(part, one.value(), prefix)) {
                    return Value.Bool.TRUE;
                }
            }
            return Value.Bool.FALSE;
        }
        return Value.of(holds(part, bound.text("affix"), prefix));
    }

    private static boolean holds(Part part, String affix, boolean prefix) {
        return part.exists && (prefix ? part.text.startsWith(affix) : part.text.endsWith(affix));
    }

    static int find(String text, Arguments given, boolean last) {
        Arguments.Bound bound = given.bind("find", "sub", "start", "end");
        String sought = bound.text("sub");
        Part part = part(text, bound);
        int at = !part.exists ? -1 : last ? part.text.lastIndexOf(sought) : part.text.indexOf(sought);
        return at < 0 ? -1 : part.start + part.text.codePointCount(0, at);
    }

    static Value index(String text, Arguments given, boolean last) {
        int at = find(text, given, last);
        if (at < 0) {
            throw TemplateException.type("index: the text must be in the other");
        }
        return Value.of((long) at);
    }

    static Value count(String text, Arguments given) {
        Arguments.Bound bound = given.bind("count", "sub", "start", "end");
        Part part = part(text, bound);
        return Value.of(part.exists ? Texts.count(part.text, bound.text("sub")) : 0L);
    }
}
