package luthier.nn.chat;

import java.time.LocalDateTime;
import java.util.List;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.data.LabelledTokens;
import luthier.nn.text.Encoding;
import luthier.nn.text.EncodingOptions;
import luthier.nn.text.Span;
import luthier.nn.text.Tokenizer;

/**
 * Makes rows to train on of conversations: the whole is rendered once and encoded without further special tokens, and a token is
 * learned if it overlaps what is to be learned, the end of a turn included. Immutable.
 *
 * {@snippet :
 * ChatTemplate template = ChatTemplate.parse(
 *         "{% for m in messages %}{{ m.content }};{% endfor %}{{ '' if add_generation_prompt }}", "mine.jinja");
 * String json = """
 *     {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, ";": 2}, "merges": []}}
 *     """;
 * Tokenizer letters = Tokenizer.fromJson(json.getBytes(), "tokenizer.json");
 * ChatRows rows = new ChatRows(ChatFormat.of(template, Map.of()), letters, Trained.ASSISTANT, true, LocalDateTime.now());
 * LabelledTokens row = rows.row(Conversation.of(Message.user("a"), Message.assistant("b")), 100);
 * Arrays.toString(row.ids()); // [0, 2, 1, 2]
 * Arrays.toString(row.labels()); // [-100, -100, 1, 2]
 * }
 */
public final class ChatRows {
    private final ChatFormat format;
    private final Tokenizer tokenizer;
    private final Trained trained;
    private final boolean contentsAsText;
    private final LocalDateTime now;
    private final List<String> specials;

    /**
     * @param contentsAsText whether special tokens that stand in messages are only text, so that no message can end its turn or open
     *     another's
     * @param now what the template's clock says
     */
    public ChatRows(
            ChatFormat format, Tokenizer tokenizer, Trained trained, boolean contentsAsText, LocalDateTime now) {
        this.format = format;
        this.tokenizer = tokenizer;
        this.trained = trained;
        this.contentsAsText = contentsAsText;
        this.now = now;
        this.specials =
                tokenizer.specialIds().stream().map(tokenizer::token).sorted().toList();
    }

    /**
     * Returns the text of a conversation and what of it is learned, in code points.
     *
     * @throws TemplateException if there is no template, the template refuses the messages, or the places of the answers cannot be told
     */
    public Rendered text(Conversation conversation) {
        return new AnswerSpans(format, specials, now).of(conversation, trained);
    }

    /**
     * Returns the tokens of a conversation, {@code maxLength} at most, and which of them are learned.
     *
     * @throws TemplateException as {@link #text}; also (kind MESSAGES) if no token is left to train on
     */
    public LabelledTokens row(Conversation conversation, int maxLength) {
        LabelledTokens row = contentsAsText ? literalRow(conversation) : row(text(conversation), List.of());
        LabelledTokens cut = row.cut(maxLength);
        if (cut.trained() == 0) {
            throw new TemplateException(
                    TemplateException.Kind.MESSAGES,
                    "a conversation must leave something to learn; got no token to train on"
                            + (row.trained() > 0
                                    ? " among the first " + maxLength + " of " + row.length() + "; allow longer rows"
                                    : "; it has no answer, or empty ones"));
        }
        return cut;
    }

    private LabelledTokens literalRow(Conversation conversation) {
        LiteralContents.Restored restored = LiteralContents.of(tokenizer).restored(conversation, this::text);
        return row(restored.rendered(), restored.literal());
    }

    private LabelledTokens row(Rendered rendered, List<Span> literal) {
        Encoding encoding = tokenizer.encode(
                List.of(rendered.text()), EncodingOptions.USUAL.unframed().literal(literal));
        boolean[] learned = new boolean[encoding.length()];
        for (int i = 0; i < learned.length; i++) {
            int start = encoding.starts()[i];
            int end = encoding.ends()[i];
            learned[i] = rendered.generated().stream().anyMatch(span -> start < span.end() && end > span.start());
        }
        return LabelledTokens.of(encoding.ids(), learned);
    }
}
