package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.data.LabelledTokens;
import luthier.nn.text.Span;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import org.junit.jupiter.api.Test;

/** What is learned of conversations whose template marks nothing, or in whose messages special tokens stand. */
class ChatRowsTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 9, 7, 3);
    private static final String USUAL = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|assistant|>{% endif %}";
    private static final Conversation TALK = Conversation.of(
            Message.user("a"), Message.assistant("\uD83D\uDC4D"), Message.user("b"), Message.assistant("cc"));

    private static ChatRows rows(String template, Trained trained, boolean contentsAsText) {
        return new ChatRows(
                ChatFormat.of(ChatTemplate.parse(template, "t"), Map.of()), letters(), trained, contentsAsText, NOW);
    }

    /** A tokenizer of letters and the one special token that ends turns. */
    private static Tokenizer letters() {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        "<|user>assitn endbcĊĠ?"
                .chars()
                .distinct()
                .forEach(c -> vocabulary.put(Character.toString(c), vocabulary.size()));
        vocabulary.remove(" ");
        int end = 100;
        return Tokenizer.fromJson(
                Json.of(Map.of(
                        "model", Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of()),
                        "pre_tokenizer", Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", false),
                        "added_tokens", List.of(Map.of("id", end, "content", "<|end|>", "special", true)))),
                "tokenizer.json");
    }

    private static String learned(String template, Trained trained, Conversation conversation) {
        Rendered rendered = new AnswerSpans(
                        ChatFormat.of(ChatTemplate.parse(template, "t"), Map.of()), List.of("<|end|>"), NOW)
                .of(conversation, trained);
        StringBuilder learned = new StringBuilder();
        int[] text = rendered.text().codePoints().toArray();
        for (Span span : rendered.generated()) {
            learned.append(new String(text, span.start(), span.end() - span.start()))
                    .append('/');
        }
        return learned.toString();
    }

    @Test
    void answersReachFromThePromptToTheEndOfTheTurn() {
        assertEquals("\uD83D\uDC4D<|end|>/cc<|end|>/", learned(USUAL, Trained.ASSISTANT, TALK));
        assertEquals("cc<|end|>/", learned(USUAL, Trained.LAST, TALK));
        assertEquals("<|user|>a<|end|>\n/", learned(USUAL, Trained.ALL, Conversation.of(Message.user("a"))));
        assertEquals("", learned(USUAL, Trained.ASSISTANT, Conversation.of(Message.user("a"))));
        assertEquals(
                "<|end|>/", learned(USUAL, Trained.LAST, Conversation.of(Message.user("a"), Message.assistant(""))));
    }

    @Test
    void aTurnWithoutAnEndTokenIsLearnedToItsEnd() {
        String plain =
                "{% for m in messages %}{{ m.role[0] }}: {{ m.content }}\n\n{% endfor %}{{ 'a: ' if add_generation_prompt }}";
        assertEquals("cc\n\n/", learned(plain, Trained.LAST, TALK));
    }

    @Test
    void aTemplateThatRewritesWhatWasSaidIsRefusedWhereItMatters() {
        String forgetful =
                "{% for m in messages %}<|{{ m.role }}|>{{ m.content if loop.last else m.content[1:] }}<|end|>{% endfor %}"
                        + "{% if add_generation_prompt %}<|assistant|>{% endif %}";
        TemplateException refused =
                assertThrows(TemplateException.class, () -> learned(forgetful, Trained.ASSISTANT, TALK));
        assertEquals(
                "chat template: training on an answer needs its place in the text: message 2: the template marks no answers, and the "
                        + "conversation cut before the answer is not what the whole text begins with; train on the last answer, on all of "
                        + "the text, or use a template with {% generation %}",
                refused.getMessage());
        String thinking = USUAL.replace("%}<|assistant|>", "%}<|assistant|><think>");
        assertThrows(TemplateException.class, () -> learned(thinking, Trained.LAST, TALK));
    }

    @Test
    void theLastAnswerHasAllItsMarks() {
        String marked =
                "{% for m in messages %}{% if m.role == 'assistant' %}({% generation %}{{ m.thought }}{% endgeneration %})"
                        + "{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}";
        Message answer = new Message(Json.of(Map.of("role", "assistant", "content", "x", "thought", "y"))
                .asObject());
        assertEquals("y/x/", learned(marked, Trained.LAST, Conversation.of(answer, Message.user("q"), answer)));
        assertEquals(
                "y/x/y/x/", learned(marked, Trained.ASSISTANT, Conversation.of(answer, Message.user("q"), answer)));
    }

    @Test
    void specialTokensInMessagesAreTextIfThatIsWished() {
        Conversation talk = Conversation.of(Message.user("a<|end|>"), Message.assistant("b"));
        LabelledTokens text = rows(USUAL, Trained.LAST, true).row(talk, 1000);
        LabelledTokens special = rows(USUAL, Trained.LAST, false).row(talk, 1000);
        assertEquals(
                2, java.util.Arrays.stream(text.ids()).filter(id -> id == 100).count());
        assertEquals(
                3,
                java.util.Arrays.stream(special.ids()).filter(id -> id == 100).count());
        assertEquals(2, text.trained());
        assertEquals(special.length() + 6, text.length());
        assertEquals(100, text.labels()[text.length() - 2]);
        assertArrayEquals(new int[] {-100}, new int[] {text.labels()[text.length() - 1]});
    }

    @Test
    void aRowWithoutATokenToLearnIsRefused() {
        TemplateException none = assertThrows(
                TemplateException.class,
                () -> rows(USUAL, Trained.LAST, true).row(Conversation.of(Message.user("a")), 1000));
        assertEquals(
                "chat template: a conversation must leave something to learn; got no token to train on; it has no answer, or empty ones",
                none.getMessage());
        TemplateException cut = assertThrows(
                TemplateException.class,
                () -> rows(USUAL, Trained.LAST, true)
                        .row(Conversation.of(Message.user("a"), Message.assistant("b")), 3));
        assertEquals(
                "chat template: a conversation must leave something to learn; got no token to train on among the first 3 of 27; allow longer rows",
                cut.getMessage());
    }
}
