package luthier.nn.chat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.text.EncodingOptions;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;

/**
 * How a model writes conversations: its templates by name, of which {@code default} is the usual one and {@code tool_use} stands for
 * conversations with tools, and the texts of its special tokens, which templates name {@code bos_token}, {@code eos_token} and so on.
 * Immutable.
 *
 * {@snippet :
 * ChatTemplate template = ChatTemplate.parse("{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}", "mine.jinja");
 * ChatFormat format = ChatFormat.of(template, Map.of("bos_token", "<s>", "eos_token", "</s>"));
 * format.render(Conversation.of(Message.user("Hi")), ChatFormat.Ending.WHOLE, LocalDateTime.now()).text(); // <s>Hi</s>
 * }
 */
public final class ChatFormat {
    /** How a rendered conversation ends. */
    public enum Ending {
        /** With its last message. */
        WHOLE,
        /** With what opens the assistant's next answer. */
        ANSWER,
        /** Within its last message, which is left open. */
        OPEN
    }

    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";

    private final String source;
    private final Map<String, ChatTemplate> templates;
    private final Map<String, String> tokens;

    private ChatFormat(String source, Map<String, ChatTemplate> templates, Map<String, String> tokens) {
        this.source = source;
        this.templates = Map.copyOf(templates);
        this.tokens = Map.copyOf(tokens);
    }

    /** Returns the format of one template and the texts of the special tokens by their names in it. */
    public static ChatFormat of(ChatTemplate template, Map<String, String> tokens) {
        return new ChatFormat("", Map.of(DEFAULT, template), tokens);
    }

    /**
     * Returns the format of templates by name, {@code default} being the usual one.
     *
     * @param source where they come from, for messages
     */
    public static ChatFormat of(String source, Map<String, ChatTemplate> templates, Map<String, String> tokens) {
        return new ChatFormat(source, templates, tokens);
    }

    /**
     * Reads what a model's folder says: {@code chat_template.jinja} with {@code additional_chat_templates}, else the {@code chat_template}
     * of {@code tokenizer_config.json}, a text or a list with names, else {@code chat_template.json}; the special tokens of {@code
     * tokenizer_config.json} and {@code special_tokens_map.json}. A folder without a template is a format that renders nothing: no
     * template is guessed.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     * @throws TemplateException if a template is none
     */
    public static ChatFormat open(Path folder) throws IOException {
        return new ChatFolder(folder).read();
    }

    /** Returns the text of a special token, {@code eos_token}. */
    public Optional<String> token(String name) {
        return Optional.ofNullable(tokens.get(name));
    }

    /** Returns whether there is a template for conversations without tools. */
    public boolean hasTemplate() {
        return templates.containsKey(DEFAULT);
    }

    /**
     * Returns the template that a conversation is rendered with: {@code tool_use} if it has tools and there is one.
     *
     * @throws TemplateException (kind MESSAGES) if there is no such template
     */
    public ChatTemplate template(Conversation conversation) {
        ChatTemplate withTools = templates.get(WITH_TOOLS);
        if (!conversation.tools().isEmpty() && withTools != null) {
            return withTools;
        }
        ChatTemplate usual = templates.get(DEFAULT);
        if (usual == null) {
            throw new TemplateException(
                            TemplateException.Kind.MESSAGES,
                            "a conversation needs the model's own chat template; got no template "
                                    + (templates.isEmpty()
                                            ? "(looked for chat_template.jinja, tokenizer_config.json, chat_template.json)"
                                            : "'" + DEFAULT + "', only "
                                                    + String.join(
                                                            ", ",
                                                            templates.keySet().stream()
                                                                    .sorted()
                                                                    .toList()))
                                    + "; use plain text, or put a chat_template.jinja beside the model")
                    .at(source, 0);
        }
        return usual;
    }

    /**
     * Returns the tokens after which a model answers a conversation. Special tokens that stand in messages are only text: no message can end
     * its turn or open another's.
     *
     * @param now what the template's clock says
     * @throws TemplateException as {@link #render}; also (kind MESSAGES) if the template makes something else of such a token
     */
    public int[] prompt(Conversation conversation, Tokenizer tokenizer, LocalDateTime now) {
        LiteralContents contents = LiteralContents.of(tokenizer);
        LiteralContents.Restored restored = contents.restored(conversation, each -> render(each, Ending.ANSWER, now));
        return tokenizer
                .encode(
                        List.of(restored.rendered().text()),
                        EncodingOptions.USUAL.unframed().literal(restored.literal()))
                .ids();
    }

    /**
     * Renders a conversation.
     *
     * @param now what the template's clock says
     * @throws TemplateException if there is no template, or as {@link ChatTemplate#render}
     */
    public Rendered render(Conversation conversation, Ending ending, LocalDateTime now) {
        ChatTemplate template = template(conversation);
        Map<String, JsonValue> variables = new LinkedHashMap<>();
        tokens.forEach((name, text) -> variables.put(name, Json.of(text)));
        variables.put("documents", Json.of(null));
        variables.putAll(conversation.variables());
        List<JsonValue> messages = conversation.messages().stream()
                .map(message -> (JsonValue) message.fields())
                .toList();
        variables.put("messages", Json.of(messages));
        variables.put("tools", Json.of(conversation.tools().isEmpty() ? null : conversation.tools()));
        variables.put("add_generation_prompt", Json.of(ending == Ending.ANSWER));
        return ending == Ending.OPEN ? template.renderOpen(variables, now) : template.render(variables, now);
    }
}
