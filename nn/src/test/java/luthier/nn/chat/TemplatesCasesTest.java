package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.chat.TemplateException.Kind;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Templates made from public reports, rendered as Jinja does: the text and what the assistant says, or the kind of the refusal. */
class TemplatesCasesTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 30, 12, 34, 56);

    @TestFactory
    Stream<DynamicTest> templates() {
        return CaseFile.tests("templates.json", TemplatesCasesTest::check);
    }

    private static void check(JsonObject c) {
        LocalDateTime now =
                c.find("now").map(JsonValue::asString).map(LocalDateTime::parse).orElse(NOW);
        boolean extra = c.get("tier").asString().equals("extra");
        Rendered rendered;
        try {
            rendered = rendered(c, now);
        } catch (TemplateException refused) {
            if (extra && refused.kind() == Kind.UNSUPPORTED) {
                throw new NotCovered(refused.rule());
            }
            checkRefusal(c, refused);
            return;
        }
        assertTrue(
                c.find("error").isEmpty(),
                () -> "must be refused: " + c.get("error").asString() + "; got " + rendered.text());
        assertEquals(c.get("text").asString(), rendered.text());
        if (c.find("generated").isPresent()) {
            List<Span> spans = c.get("generated").asList().stream()
                    .map(span -> new Span(
                            span.asList().getFirst().asInt(),
                            span.asList().getLast().asInt()))
                    .toList();
            assertEquals(spans, rendered.generated());
        }
    }

    private static Rendered rendered(JsonObject c, LocalDateTime now) {
        ChatTemplate template =
                ChatTemplate.parse(c.get("template").asString(), c.get("id").asString());
        var variables = c.get("variables").asObject().members();
        return c.find("continue_final").isPresent()
                ? template.renderOpen(variables, now)
                : template.render(variables, now);
    }

    private static void checkRefusal(JsonObject c, TemplateException refused) {
        String sort = c.find("error").map(JsonValue::asString).orElse("none");
        Kind kind = switch (sort) {
            case "syntax" -> Kind.SYNTAX;
            case "undefined" -> Kind.UNDEFINED;
            case "type" -> Kind.TYPE;
            case "forbidden" -> Kind.FORBIDDEN;
            case "limit" -> Kind.LIMIT;
            case "raised" -> Kind.RAISED;
            case "continue" -> Kind.MESSAGES;
            case "none" -> throw refused;
            default -> throw new NotCovered("refusal " + sort);
        };
        assertEquals(kind, refused.kind(), refused.getMessage());
        if (kind == Kind.RAISED) {
            assertEquals(c.get("message").asString(), refused.rule());
        }
    }
}
