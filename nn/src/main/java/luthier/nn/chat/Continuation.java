package luthier.nn.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * Renders a conversation whose last message stays open: the text ends within it. A mark is put at the end of the message, and the
 * text is cut where the mark comes out; if the template trims the message, with the space before it.
 */
final class Continuation {
    private static final String CONTENT = "content";

    private final Map<String, ? extends JsonValue> variables;
    private final List<JsonValue> messages;
    private final JsonObject last;

    private Continuation(Map<String, ? extends JsonValue> variables) {
        this.variables = variables;
        JsonValue given = variables.get("messages");
        messages = given == null ? List.of() : given.asList();
        if (messages.isEmpty()) {
            throw refused("continuing needs a message to continue; got none");
        }
        last = messages.getLast().asObject();
    }

    static Rendered of(Map<String, ? extends JsonValue> variables, Function<Map<String, JsonValue>, Rendered> render) {
        Continuation continuation = new Continuation(variables);
        String mark = continuation.mark();
        String content = continuation.content();
        Rendered rendered = render.apply(continuation.marked(mark));
        int at = rendered.text().lastIndexOf(mark);
        if (at < 0 || !rendered.text().contains(Texts.strip(content))) {
            throw refused("continuing needs a template that keeps the last message; it leaves out or changes "
                    + "'content' of the role '" + continuation.role() + "'");
        }
        boolean trimmed = !rendered.text().startsWith(mark + " ", at);
        String open = rendered.text().substring(0, at);
        String text = trimmed ? Texts.stripRight(open) : open;
        return new Rendered(text, clipped(rendered.generated(), Texts.length(text)));
    }

    private static TemplateException refused(String rule) {
        return new TemplateException(TemplateException.Kind.MESSAGES, rule);
    }

    private static List<Span> clipped(List<Span> spans, int end) {
        return spans.stream()
                .filter(span -> span.start() < end)
                .map(span -> new Span(span.start(), Math.min(span.end(), end)))
                .toList();
    }

    private String role() {
        return last.find("role")
                .map(role -> role instanceof JsonString word ? word.value() : "")
                .orElse("");
    }

    /** A word that no variable holds. */
    private String mark() {
        String all = Json.of(variables).toJson(0);
        String mark = "CONTINUE_HERE";
        while (all.contains(mark)) {
            mark += "_";
        }
        return mark;
    }

    private String content() {
        return last.find(CONTENT)
                .map(content -> content instanceof JsonString text
                        ? text.value()
                        : part(content.asList()).get("text").asString())
                .orElseThrow(() -> refused("continuing needs a text as 'content' of the last message; got none"));
    }

    private static JsonObject part(List<JsonValue> parts) {
        return parts.reversed().stream()
                .map(JsonValue::asObject)
                .filter(part -> part.find("text").isPresent())
                .findFirst()
                .orElseThrow(() -> refused("continuing needs a part with a text in the last message; got none"));
    }

    private Map<String, JsonValue> marked(String mark) {
        JsonValue content = last.get(CONTENT);
        JsonValue open;
        if (content instanceof JsonString text) {
            open = Json.of(text.value() + mark + " ");
        } else {
            JsonObject part = part(content.asList());
            List<JsonValue> parts = new ArrayList<>(content.asList());
            parts.set(
                    parts.lastIndexOf(part),
                    with(part, "text", Json.of(part.get("text").asString() + mark + " ")));
            open = Json.of(parts);
        }
        List<JsonValue> all = new ArrayList<>(messages);
        all.set(all.size() - 1, with(last, CONTENT, open));
        Map<String, JsonValue> marked = new LinkedHashMap<>(variables);
        marked.put("messages", new JsonArray(all, messages.getLast().place()));
        return marked;
    }

    private static JsonObject with(JsonObject object, String name, JsonValue value) {
        Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
        members.put(name, value);
        return new JsonObject(members, object.place());
    }
}
