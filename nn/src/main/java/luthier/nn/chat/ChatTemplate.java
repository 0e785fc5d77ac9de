package luthier.nn.chat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * A chat template as models bring them, in Jinja's language: it renders messages as the text that the model was trained on. Read once,
 * rendered any number of times, also by several threads.
 *
 * <p>It is what Jinja 3.1 makes of it within Transformers' sandbox (trim_blocks, lstrip_blocks, loop controls, {@code tojson} without
 * HTML, {@code raise_exception}, {@code strftime_now}, {@code {% generation %}}). A rendering cannot change its variables, reads no
 * clock but the one it is given, and ends within 20 million steps, 64 million characters and 1,500 levels. What it does not have
 * (include, import, from, extends, block, autoescape; the filters filesizeformat, pprint, random, striptags, truncate, urlencode,
 * urlize, wordwrap, xmlattr) is refused by name when it is reached.
 *
 * <p>Source: Jinja 3.1, Template Designer Documentation. <b>Differences</b>: no part of a template reaches outside of it; the bounds;
 * numbers below 0 are not raised to fractions.
 */
public final class ChatTemplate {
    private static final int MAX_CHARACTERS = 1 << 21;

    private final String source;
    private final List<Statement> body;

    private ChatTemplate(String source, List<Statement> body) {
        this.source = source;
        this.body = body;
    }

    /**
     * What a rendering made.
     *
     * @param text the whole text
     * @param generated what the assistant says, as the template marks it, in code points of the text; empty if it marks nothing
     */
    public record Rendered(String text, List<Span> generated) {
        /** Keeps a copy of the list. */
        public Rendered {
            generated = List.copyOf(generated);
        }
    }

    /**
     * Reads a template.
     *
     * {@snippet :
     * ChatTemplate template = ChatTemplate.parse("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}", "mine.jinja");
     * template.render(Map.of("messages", Json.of(List.of(Map.of("role", "user", "content", "Hi")))), LocalDateTime.now()).text(); // <user>Hi
     * }
     *
     * @param source the template's origin, for messages
     * @throws TemplateException if it is no template (kind SYNTAX), is nested deeper than 100 levels or longer than 2 million characters
     */
    public static ChatTemplate parse(String template, String source) {
        try {
            if (template.length() > MAX_CHARACTERS) {
                throw TemplateException.limit(
                        "a template must have at most " + MAX_CHARACTERS + " characters; got " + template.length());
            }
            return new ChatTemplate(source, TemplateParser.parse(template));
        } catch (TemplateException refused) {
            throw refused.at(source, 0);
        }
    }

    /**
     * Renders the template with these variables: usually messages, add_generation_prompt, tools, documents (null where there are none),
     * bos_token, eos_token.
     *
     * @param now what {@code strftime_now} writes
     * @throws TemplateException as its kind says; RAISED with the template's own words if it refuses the messages
     */
    public Rendered render(Map<String, ? extends JsonValue> variables, LocalDateTime now) {
        return render(variables, now, new Budget());
    }

    /**
     * Renders the template as {@link #render} does, but leaves the last message open: the text ends within it, so that the model goes on
     * with it.
     *
     * @throws TemplateException also (kind MESSAGES) if there is no such message or the template does not keep its text
     */
    public Rendered renderOpen(Map<String, ? extends JsonValue> variables, LocalDateTime now) {
        return Continuation.of(variables, marked -> render(marked, now));
    }

    Rendered render(Map<String, ? extends JsonValue> variables, LocalDateTime now, Budget budget) {
        return Room.of(() -> rendered(variables, now, budget));
    }

    private Rendered rendered(Map<String, ? extends JsonValue> variables, LocalDateTime now, Budget budget) {
        Map<String, Value> values = new LinkedHashMap<>();
        variables.forEach((name, value) -> values.put(name, value(value)));
        Run run = new Run(values, now, budget);
        Output output = new Output(budget);
        try {
            new Renderer(run, output).all(body, new Scope(null));
        } catch (TemplateException refused) {
            throw refused.at(source, run.line());
        }
        return new Rendered(output.text(), output.generated());
    }

    private static Value value(JsonValue json) {
        return switch (json) {
            case JsonNull ignored -> Value.None.NONE;
            case JsonBoolean truth -> Value.of(truth.value());
            case JsonNumber number -> number(number.text());
            case JsonString text -> Value.of(text.value());
            case JsonArray array -> {
                List<Value> items = new ArrayList<>();
                array.elements().forEach(element -> items.add(value(element)));
                yield Value.Items.of(items);
            }
            case JsonObject object -> {
                Entries entries = new Entries();
                object.members().forEach((name, member) -> entries.put(Value.of(name), value(member)));
                yield Value.Mapping.of(entries);
            }
        };
    }

    /** 1 is a whole number, 1.0 and 1e0 are not. */
    private static Value number(String written) {
        boolean whole = written.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        return whole ? new Value.Int(new java.math.BigInteger(written)) : new Value.Real(Double.parseDouble(written));
    }
}
