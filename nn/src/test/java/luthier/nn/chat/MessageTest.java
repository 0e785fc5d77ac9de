package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.tensor.io.Json;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static String normalized(String json) {
        return new Message(Json.parse(json, "chat.jsonl").asObject()).fields().toJson(0);
    }

    @Test
    void argumentsOfCallsAreMaps() {
        assertEquals(
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\":1.0}}}]}",
                normalized(
                        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\": 1.0}\"}}]}"));
        assertEquals(
                "{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":{}}]}",
                normalized("{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":\"\"}]}"));
    }

    @Test
    void noCallsAreNoKey() {
        assertEquals(
                "{\"role\":\"assistant\",\"content\":\"x\"}",
                normalized("{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[]}"));
        assertEquals("{\"role\":\"user\"}", normalized("{\"role\":\"user\",\"tool_calls\":null}"));
    }

    @Test
    void whatIsNoMessageIsRefused() {
        ModelFormatException role = assertThrows(ModelFormatException.class, () -> normalized("{\"content\":\"x\"}"));
        assertEquals("chat.jsonl: a message must have a role, a text", role.file() + ": " + role.rule());
        assertThrows(
                ModelFormatException.class,
                () -> normalized("{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":\"{x\"}]}"));
    }
}
