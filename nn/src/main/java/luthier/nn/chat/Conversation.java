package luthier.nn.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * What a chat template is given.
 *
 * @param messages the messages in order
 * @param tools the tools that the assistant may call, as JSON schemas; empty for none
 * @param variables further variables of the template, such as documents or enable_thinking
 */
public record Conversation(List<Message> messages, List<JsonObject> tools, Map<String, JsonValue> variables) {
    /** Keeps copies. */
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        variables = Map.copyOf(variables);
    }

    /** Returns a conversation without tools. */
    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages), List.of(), Map.of());
    }

    /** Returns the same with these tools. */
    public Conversation withTools(List<JsonObject> others) {
        return new Conversation(messages, others, variables);
    }

    /** Returns the same with one more variable for the template. */
    public Conversation with(String name, JsonValue value) {
        Map<String, JsonValue> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new Conversation(messages, tools, more);
    }

    /** Returns the same with a message at the end. */
    public Conversation plus(Message next) {
        List<Message> longer = new java.util.ArrayList<>(messages);
        longer.add(next);
        return new Conversation(longer, tools, variables);
    }

    /** Returns the same up to a message, without it. */
    Conversation before(int message) {
        return new Conversation(messages.subList(0, message), tools, variables);
    }
}
