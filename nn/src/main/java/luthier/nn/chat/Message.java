package luthier.nn.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/**
 * A message of a conversation: a role, and what templates read by name: usually {@code content}, a text or a list of parts; {@code
 * tool_calls}; {@code reasoning_content}; {@code name}.
 *
 * @param fields all of it; the arguments of calls are maps, and a message without calls has no {@code tool_calls}
 */
public record Message(JsonObject fields) {
    private static final String CALLS = "tool_calls";
    private static final String FUNCTION = "function";
    private static final String ARGUMENTS = "arguments";

    /**
     * Takes a message as it stands in a file. Arguments of calls that are written as a text of JSON become the map that they say, as
     * templates expect it; an empty list of calls is left out.
     *
     * @throws ModelFormatException if there is no role, or the arguments of a call are no JSON
     */
    public Message {
        if (!(fields.members().get("role") instanceof JsonString)) {
            throw new ModelFormatException(
                    fields.place().source(), fields.place().offset(), "a message must have a role, a text");
        }
        fields = normalized(fields);
    }

    /** Returns a message of this role. */
    public static Message of(String role, String content) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", role);
        fields.put("content", content);
        return new Message(Json.of(fields).asObject());
    }

    /** Returns a system message. */
    public static Message system(String content) {
        return of("system", content);
    }

    /** Returns a user's message. */
    public static Message user(String content) {
        return of("user", content);
    }

    /** Returns an answer. */
    public static Message assistant(String content) {
        return of("assistant", content);
    }

    /** Returns who speaks. */
    public String role() {
        return fields.get("role").asString();
    }

    /** Returns whether the assistant speaks. */
    public boolean isAnswer() {
        return role().equals("assistant");
    }

    private static JsonObject normalized(JsonObject fields) {
        JsonValue calls = fields.members().get(CALLS);
        if (calls == null) {
            return fields;
        }
        Map<String, JsonValue> members = new LinkedHashMap<>(fields.members());
        if (!(calls instanceof JsonArray list) || list.elements().isEmpty()) {
            members.remove(CALLS);
        } else {
            List<JsonValue> normalized = new ArrayList<>();
            list.elements().forEach(call -> normalized.add(call(call)));
            members.put(CALLS, new JsonArray(normalized, list.place()));
        }
        return new JsonObject(members, fields.place());
    }

    /** A call, {@code {"function": {"name": .., "arguments": ..}}} or the function alone. */
    private static JsonValue call(JsonValue call) {
        if (!(call instanceof JsonObject object)) {
            return call;
        }
        if (object.members().get(FUNCTION) instanceof JsonObject function) {
            return with(object, FUNCTION, call(function));
        }
        if (object.members().get(ARGUMENTS) instanceof JsonString text) {
            String written = text.value().isBlank() ? "{}" : text.value();
            return with(object, ARGUMENTS, Json.parse(written, text.place().source() + ": arguments of a call"));
        }
        return object;
    }

    private static JsonObject with(JsonObject object, String name, JsonValue value) {
        Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
        members.put(name, value);
        return new JsonObject(members, object.place());
    }
}
