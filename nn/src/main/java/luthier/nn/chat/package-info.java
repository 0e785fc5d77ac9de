/**
 * From messages to the text that a model was trained on, and back to what of it the assistant says. A model brings its own template in
 * Jinja's language; {@link luthier.nn.chat.ChatTemplate} reads the part of it that published templates use, with Python's values, and
 * bounds what a template may use up.
 *
 * {@snippet :
 * ChatTemplate template = ChatTemplate.parse("""
 *     {%- for m in messages %}
 *     {{- '<|' ~ m.role ~ '|>' ~ m.content | trim ~ '\n' }}
 *     {%- endfor %}
 *     {{- '<|assistant|>' if add_generation_prompt }}""", "mine.jinja");
 * JsonValue messages = Json.of(List.of(Map.of("role", "user", "content", " Hello! ")));
 * template.render(Map.of("messages", messages, "add_generation_prompt", Json.of(true)), LocalDateTime.now()).text(); // <|user|>Hello!\n<|assistant|>
 * }
 *
 * <p>A template goes through the lexer, which knows the rules of white space, the parser, which makes statements and expressions, and
 * the renderer and evaluator, which carry them out for one {@code Run}. Values never change, but for namespaces.
 */
@NullMarked
package luthier.nn.chat;

import org.jspecify.annotations.NullMarked;
