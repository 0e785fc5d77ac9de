package luthier.nn.chat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import luthier.nn.chat.ChatFormat.Ending;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.text.Span;

/**
 * Finds what the assistant says in one rendering of a whole conversation. A template that marks it says so itself. Of another one the
 * conversation is cut before and after an answer: where both renderings are what the whole begins with, the answer reaches from the
 * end of the first, with what opens an answer, to the token that ends the turn. Where a cut rendering is something else, because the
 * template rewrites what came before, nothing is guessed.
 */
final class AnswerSpans {
    private final ChatFormat format;
    private final List<String> specials;
    private final LocalDateTime now;

    /** @param specials the texts of special tokens, among them those that end turns */
    AnswerSpans(ChatFormat format, List<String> specials, LocalDateTime now) {
        this.format = format;
        this.specials = specials;
        this.now = now;
    }

    /** Returns the whole text with what is learned of it. */
    Rendered of(Conversation conversation, Trained trained) {
        Rendered whole = format.render(conversation, Ending.WHOLE, now);
        if (trained == Trained.ALL) {
            return new Rendered(whole.text(), List.of(new Span(0, Texts.length(whole.text()))));
        }
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < conversation.messages().size(); i++) {
            if (conversation.messages().get(i).isAnswer()) {
                answers.add(i);
            }
        }
        if (answers.isEmpty()) {
            return new Rendered(whole.text(), List.of());
        }
        if (format.template(conversation).marksAnswers()) {
            return trained == Trained.LAST ? lastMarked(conversation, whole, answers.getLast()) : whole;
        }
        List<Span> spans = new ArrayList<>();
        for (int answer : trained == Trained.LAST ? List.of(answers.getLast()) : answers) {
            spans.add(cut(conversation, whole.text(), answer));
        }
        return new Rendered(whole.text(), spans);
    }

    /** The marks that the last answer adds; one answer may have several, for its thoughts and its text. */
    private Rendered lastMarked(Conversation conversation, Rendered whole, int last) {
        List<Span> spans = whole.generated();
        int before = last == 0
                ? 0
                : format.render(conversation.before(last), Ending.WHOLE, now)
                        .generated()
                        .size();
        if (before >= spans.size()) {
            throw refused(
                    last,
                    "its marks must be told from those before; got " + spans.size() + " marks with it and " + before
                            + " without");
        }
        return new Rendered(whole.text(), spans.subList(before, spans.size()));
    }

    private Span cut(Conversation conversation, String whole, int answer) {
        String opened =
                format.render(conversation.before(answer), Ending.ANSWER, now).text();
        String closed = format.render(conversation.before(answer + 1), Ending.WHOLE, now)
                .text();
        if (!closed.startsWith(opened) || !whole.startsWith(closed)) {
            throw refused(
                    answer,
                    "the template marks no answers, and the conversation cut "
                            + (closed.startsWith(opened) ? "after" : "before")
                            + " the answer is not what the whole text begins with");
        }
        String turn = closed.substring(opened.length());
        int start = Texts.length(opened);
        return new Span(start, start + Texts.length(turn.substring(0, end(turn))));
    }

    /** Where a turn ends: behind its end token; line breaks behind that belong to the next turn. */
    private int end(String turn) {
        String stripped = Texts.stripRight(turn);
        boolean token = specials.stream().anyMatch(special -> !special.isEmpty() && stripped.endsWith(special));
        return token ? stripped.length() : turn.length();
    }

    private static TemplateException refused(int message, String rule) {
        return new TemplateException(
                TemplateException.Kind.MESSAGES,
                "training on an answer needs its place in the text: message " + (message + 1) + ": " + rule
                        + "; train on the last answer, on all of the text, or use a template with {% generation %}");
    }
}
