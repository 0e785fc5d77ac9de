package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDateTime;
import java.util.Map;
import luthier.nn.chat.TemplateException.Kind;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;

/** Short ways to render a template in a test. */
final class Rendering {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 9, 7, 3);

    private Rendering() {}

    static String text(String template, Map<String, ?> variables) {
        Map<String, JsonValue> values = new java.util.LinkedHashMap<>();
        variables.forEach((name, value) -> values.put(name, Json.of(value)));
        return ChatTemplate.parse(template, "test.jinja").render(values, NOW).text();
    }

    static void assertText(String expected, String template) {
        assertEquals(expected, text(template, Map.of()), template);
    }

    static void assertRefused(Kind kind, String message, String template) {
        TemplateException refused = assertThrows(TemplateException.class, () -> text(template, Map.of()), template);
        assertEquals(message, refused.getMessage(), template);
        assertEquals(kind, refused.kind(), template);
    }

    static Kind kind(String template) {
        return assertThrows(TemplateException.class, () -> text(template, Map.of()), template)
                .kind();
    }
}
