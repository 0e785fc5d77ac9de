package luthier.tensor.io;

import java.util.Iterator;
import java.util.Map;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** Prints JSON. */
final class JsonWriter {
    /** How much of a value a message shows. */
    static final int SHOWN = 60;

    private JsonWriter() {}

    /** Appends a value; nothing more is begun once the text is longer than {@code limit}. */
    static void write(JsonValue value, int indent, int depth, StringBuilder text, int limit) {
        switch (value) {
            case JsonObject object -> {
                Iterator<Map.Entry<String, JsonValue>> members =
                        object.members().entrySet().iterator();
                text.append('{');
                boolean any = members.hasNext();
                while (members.hasNext() && text.length() <= limit) {
                    var member = members.next();
                    newLine(indent, depth + 1, text);
                    quote(member.getKey(), text);
                    text.append(indent > 0 ? ": " : ":");
                    write(member.getValue(), indent, depth + 1, text, limit);
                    text.append(members.hasNext() ? "," : "");
                }
                close(any, indent, depth, '}', text);
            }
            case JsonArray array -> {
                Iterator<JsonValue> elements = array.elements().iterator();
                text.append('[');
                boolean any = elements.hasNext();
                while (elements.hasNext() && text.length() <= limit) {
                    newLine(indent, depth + 1, text);
                    write(elements.next(), indent, depth + 1, text, limit);
                    text.append(elements.hasNext() ? "," : "");
                }
                close(any, indent, depth, ']', text);
            }
            case JsonString string -> quote(string.value(), text);
            case JsonNumber number -> text.append(number.text());
            case JsonBoolean truth -> text.append(truth.value());
            case JsonNull ignored -> text.append("null");
        }
    }

    private static void close(boolean any, int indent, int depth, char bracket, StringBuilder text) {
        if (any) {
            newLine(indent, depth, text);
        }
        text.append(bracket);
    }

    private static void newLine(int indent, int depth, StringBuilder text) {
        if (indent > 0) {
            text.append('\n').repeat(' ', indent * depth);
        }
    }

    static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // Separators that end a line in scripts are escaped too, so JSON can stand inside a page.
                    if (c < 0x20
                            || c == 0x7F
                            || c == '\u2028'
                            || c == '\u2029'
                            || (Character.isSurrogate(c) && lone(value, i))) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean lone(String value, int i) {
        char c = value.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
        }
        return i == 0 || !Character.isHighSurrogate(value.charAt(i - 1));
    }
}
