package luthier.nn.chat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import luthier.nn.chat.ChatTemplate.Rendered;
import luthier.nn.text.Span;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * Keeps special tokens that stand in messages apart from those that the template writes. In the messages each is replaced by one
 * character for private use that no message holds; in the rendered text these are put back, and their places are known.
 */
final class LiteralContents {
    private static final int FIRST = 0xF0000;
    private static final int LAST = 0xFFFFD;

    private final List<String> specials;
    private final Map<Integer, String> standIns = new LinkedHashMap<>();
    private final Map<String, Integer> codes = new LinkedHashMap<>();
    private int next = FIRST;

    LiteralContents(List<String> specials) {
        this.specials = specials.stream()
                .filter(special -> !special.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** A text with its spans, and the stretches in which special tokens are only text. */
    record Restored(Rendered rendered, List<Span> literal) {}

    /** Keeps a tokenizer's special tokens apart. */
    static LiteralContents of(Tokenizer tokenizer) {
        return new LiteralContents(
                tokenizer.specialIds().stream().map(tokenizer::token).sorted().toList());
    }

    /**
     * Renders a conversation and finds the stretches.
     *
     * @throws TemplateException (kind MESSAGES) if the template makes something else of such a token
     */
    Restored restored(Conversation conversation, Function<Conversation, Rendered> render) {
        Restored restored = restored(render.apply(hidden(conversation)));
        if (!restored.literal().isEmpty()
                && !restored.rendered().text().equals(render.apply(conversation).text())) {
            throw new TemplateException(
                    TemplateException.Kind.MESSAGES,
                    "a template must write special tokens of messages as they are; it makes something else of them;"
                            + " take them out of the messages");
        }
        return restored;
    }

    private Conversation hidden(Conversation conversation) {
        StringBuilder all = new StringBuilder();
        conversation.messages().forEach(message -> all.append(message.fields().toJson(0)));
        List<Message> messages = new ArrayList<>();
        for (Message message : conversation.messages()) {
            messages.add(new Message(hidden(message.fields(), all, "role").asObject()));
        }
        return new Conversation(messages, conversation.tools(), conversation.variables());
    }

    private JsonValue hidden(JsonValue value, StringBuilder all, String but) {
        return switch (value) {
            case JsonString text -> Json.of(hidden(text.value(), all));
            case JsonArray list -> {
                List<JsonValue> elements = new ArrayList<>();
                list.elements().forEach(element -> elements.add(hidden(element, all, "")));
                yield new JsonArray(elements, list.place());
            }
            case JsonObject object -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                object.members()
                        .forEach((name, member) ->
                                members.put(name, name.equals(but) ? member : hidden(member, all, "")));
                yield new JsonObject(members, object.place());
            }
            default -> value;
        };
    }

    private String hidden(String text, StringBuilder all) {
        String hidden = text;
        for (String special : specials) {
            if (hidden.contains(special)) {
                hidden = hidden.replace(
                        special, Character.toString(codes.computeIfAbsent(special, added -> free(added, all))));
            }
        }
        return hidden;
    }

    private int free(String special, StringBuilder all) {
        while (next <= LAST && all.indexOf(Character.toString(next)) >= 0) {
            next++;
        }
        if (next > LAST) {
            throw TemplateException.limit("messages must leave a character for private use free");
        }
        standIns.put(next, special);
        return next++;
    }

    private Restored restored(Rendered rendered) {
        String hidden = rendered.text();
        StringBuilder text = new StringBuilder();
        List<Span> literal = new ArrayList<>();
        int[] places = new int[Texts.length(hidden) + 1];
        int from = 0;
        int at = 0;
        for (int i = 0; i < hidden.length(); from++) {
            int c = hidden.codePointAt(i);
            i += Character.charCount(c);
            places[from] = at;
            String special = standIns.get(c);
            if (special == null) {
                text.appendCodePoint(c);
                at++;
            } else {
                text.append(special);
                literal.add(new Span(at, at + Texts.length(special)));
                at += Texts.length(special);
            }
        }
        places[from] = at;
        List<Span> spans = rendered.generated().stream()
                .map(span -> new Span(places[span.start()], places[span.end()]))
                .toList();
        return new Restored(new Rendered(text.toString(), spans), literal);
    }
}
