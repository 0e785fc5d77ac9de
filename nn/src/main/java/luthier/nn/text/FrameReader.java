package luthier.nn.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Reads the post-processor of a {@code tokenizer.json}: the frame around a text, around a pair, and what places leave out. */
final class FrameReader {
    private final String source;
    private final Vocabulary vocabulary;
    private final Set<Integer> added;
    private Optional<Frame> single = Optional.empty();
    private Frame pair = TokenizerParts.PLAIN_PAIR;
    private Trim trim = Trim.NONE;

    FrameReader(Vocabulary vocabulary, List<AddedToken> added, String source) {
        this.source = source;
        this.vocabulary = vocabulary;
        this.added = added.stream().map(AddedToken::id).collect(Collectors.toSet());
    }

    Frame single() {
        return single.orElse(TokenizerParts.PLAIN);
    }

    Frame pair() {
        return pair;
    }

    Trim trim() {
        return trim;
    }

    void read(JsonValue value) {
        JsonPart part = JsonPart.of(value, source);
        switch (part.type()) {
            case "Sequence" ->
                part.only("processors").fields().get("processors").asList().forEach(this::read);
            case "ByteLevel" -> trim(part.only("add_prefix_space", "trim_offsets", "use_regex"));
            case "BertProcessing" -> {
                List<Integer> cls = List.of(pairId(part.only("cls", "sep"), "cls"));
                List<Integer> sep = List.of(pairId(part, "sep"));
                frame(part, Frame.single(cls, sep), Frame.pair(cls, sep, sep, 1));
            }
            case "RobertaProcessing" -> {
                List<Integer> cls = List.of(pairId(part.only("cls", "sep", "trim_offsets", "add_prefix_space"), "cls"));
                int sep = pairId(part, "sep");
                trim(part);
                frame(part, Frame.single(cls, List.of(sep)), Frame.pair(cls, List.of(sep, sep), List.of(sep), 0));
            }
            case "TemplateProcessing" ->
                frame(
                        part.only("single", "pair", "special_tokens"),
                        template(part, "single", 1),
                        template(part, "pair", 2));
            default -> throw part.unknown("post_processor");
        }
    }

    private void trim(JsonPart part) {
        if (part.flag("trim_offsets", true)) {
            trim = new Trim(true, part.flag("add_prefix_space", true));
        }
    }

    private void frame(JsonPart part, Frame around, Frame aroundPair) {
        if (single.isPresent()) {
            throw part.error(part.fields(), "a sequence must have one template; got another, " + part.type());
        }
        single = Optional.of(around);
        pair = aroundPair;
    }

    private int pairId(JsonPart part, String name) {
        JsonValue tokenAndId = part.fields().get(name);
        List<JsonValue> both = tokenAndId.asList();
        if (both.size() != 2) {
            throw part.error(tokenAndId, "a special token must be given as [token, id]; got " + tokenAndId);
        }
        return requireKnown(part, both.get(1), both.get(0).asString());
    }

    private int requireKnown(JsonPart part, JsonValue idValue, String token) {
        int id = idValue.asInt();
        if (!added.contains(id) && vocabulary.token(id) == null) {
            throw part.error(
                    idValue,
                    "a special token of the template must be in the vocabulary; got " + id + " for "
                            + ModelFormatException.escape(token));
        }
        return id;
    }

    /** A template of one sequence or two, each exactly once and in order. */
    private Frame template(JsonPart processor, String which, int sequences) {
        JsonObject specials = processor.fields().get("special_tokens").asObject();
        List<Frame.Part> parts = new ArrayList<>();
        List<String> order = new ArrayList<>();
        List<String> names = new ArrayList<>();
        JsonValue template = processor.fields().get(which);
        if (sequences == 2 && template.asList().isEmpty()) {
            return Frame.NONE;
        }
        for (JsonValue part : template.asList()) {
            JsonObject fields = part.asObject();
            boolean sequence = fields.find("Sequence").isPresent();
            JsonObject named =
                    fields.get(sequence ? "Sequence" : "SpecialToken").asObject();
            String name = named.get("id").asString();
            names.add(ModelFormatException.escape(name));
            int type = named.find("type_id").map(JsonValue::asInt).orElse(0);
            if (sequence) {
                parts.add(Frame.Part.ofText(order.size(), type));
                order.add(name);
            } else {
                List<Integer> ids = new ArrayList<>();
                for (JsonValue id : specials.get(name).asObject().get("ids").asList()) {
                    ids.add(requireKnown(processor, id, name));
                }
                parts.add(Frame.Part.ofSpecial(ids, type));
            }
        }
        if (!order.equals(List.of("A", "B").subList(0, sequences))) {
            throw processor.error(
                    template,
                    "the template of a "
                            + (sequences == 1
                                    ? "single sequence must hold the sequence A"
                                    : "pair must hold the sequences A and B")
                            + " exactly once; got "
                            + String.join(" ", names));
        }
        return new Frame(parts);
    }
}
