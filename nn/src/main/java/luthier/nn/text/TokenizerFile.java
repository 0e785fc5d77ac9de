package luthier.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Reads the parts of a Hugging Face {@code tokenizer.json} and refuses, by name, what is not of the BERT family. */
final class TokenizerFile {
    private final JsonObject root;
    private final String source;

    TokenizerFile(JsonValue root, String source) {
        this.root = root.asObject();
        this.source = source;
    }

    WordPieceTokenizer read() {
        JsonObject modelFields = model();
        JsonObject normalizer = part("normalizer", "normalizers", "BertNormalizer");
        part("pre_tokenizer", "pretokenizers", "BertPreTokenizer");
        Optional<JsonObject> decoder = root.find("decoder").isPresent()
                ? Optional.of(part("decoder", "decoders", "WordPiece"))
                : Optional.empty();
        Map<String, Integer> vocabulary = vocabulary(modelFields.get("vocab").asObject());
        JsonValue unknown = modelFields.get("unk_token");
        if (!vocabulary.containsKey(unknown.asString())) {
            throw error(unknown, "the unk_token must be in the vocabulary; got " + unknown.asString());
        }
        WordPiece model = new WordPiece(
                vocabulary,
                unknown.asString(),
                modelFields
                        .find("continuing_subword_prefix")
                        .map(JsonValue::asString)
                        .orElse(WordPiece.CONTINUES),
                modelFields
                        .find("max_input_chars_per_word")
                        .map(JsonValue::asInt)
                        .orElse(WordPiece.LONGEST));
        List<AddedToken> added = addedTokens(vocabulary);
        List<Frame> frames = frames(vocabulary, added);
        return new WordPieceTokenizer(
                normalizer(normalizer),
                model,
                added,
                frames.get(0),
                frames.get(1),
                decoder.flatMap(fields -> fields.find("cleanup"))
                        .map(JsonValue::asBoolean)
                        .orElse(false));
    }

    private ModelFormatException error(JsonValue at, String rule) {
        return new ModelFormatException(source, at.place().offset(), "tokenizer: " + rule);
    }

    private static String type(JsonValue part) {
        return part instanceof JsonNull ? "null" : part.asObject().get("type").asString();
    }

    /** Returns the model. Files that were published before it had a type hold a WordPiece one if it has a vocabulary and no merges. */
    private JsonObject model() {
        JsonObject model = root.get("model").asObject();
        Optional<String> type = model.find("type").map(JsonValue::asString);
        boolean untyped = type.isEmpty()
                && model.find("vocab").filter(JsonObject.class::isInstance).isPresent()
                && model.find("merges").isEmpty();
        if (!untyped && !type.equals(Optional.of("WordPiece"))) {
            throw error(model, "the model must be WordPiece; got " + type.orElse("one without a type"));
        }
        return model;
    }

    /** Returns a part of the wanted type, also one that is alone in a sequence. */
    private JsonObject part(String name, String sequence, String wanted) {
        JsonValue part = alone(root.get(name), sequence);
        if (!type(part).equals(wanted)) {
            throw error(part, "the " + name + " must be " + wanted + "; got " + type(part));
        }
        return part.asObject();
    }

    private static JsonValue alone(JsonValue part, String sequence) {
        return type(part).equals("Sequence")
                        && part.asObject()
                                .find(sequence)
                                .filter(list -> list.asList().size() == 1)
                                .isPresent()
                ? part.asObject().get(sequence).asList().getFirst()
                : part;
    }

    private static BertNormalizer normalizer(JsonObject fields) {
        boolean lowercase = fields.get("lowercase").asBoolean();
        return new BertNormalizer(
                fields.get("clean_text").asBoolean(),
                fields.get("handle_chinese_chars").asBoolean(),
                // Without a wish of its own, stripping follows lowercasing, as in the original BERT.
                fields.find("strip_accents").map(JsonValue::asBoolean).orElse(lowercase),
                lowercase);
    }

    private int id(JsonValue value) {
        long id = value.asLong();
        if (id < 0 || id > Integer.MAX_VALUE) {
            throw error(value, "an id must be a number from 0 to " + Integer.MAX_VALUE + "; got " + id);
        }
        return (int) id;
    }

    private Map<String, Integer> vocabulary(JsonObject fields) {
        Map<String, Integer> result = new LinkedHashMap<>();
        Map<Integer, String> owners = new HashMap<>();
        fields.members().forEach((token, value) -> {
            claim(owners, id(value), token, value);
            result.put(token, id(value));
        });
        return result;
    }

    private void claim(Map<Integer, String> owners, int id, String token, JsonValue at) {
        String owner = owners.putIfAbsent(id, token);
        if (owner != null) {
            throw error(at, "every token must have an id of its own; got " + id + " for " + owner + " and " + token);
        }
    }

    private List<AddedToken> addedTokens(Map<String, Integer> vocabulary) {
        Map<Integer, String> owners = new HashMap<>();
        vocabulary.forEach((token, id) -> owners.put(id, token));
        List<AddedToken> result = new ArrayList<>();
        for (JsonValue value : root.find("added_tokens").map(JsonValue::asList).orElse(List.of())) {
            JsonObject fields = value.asObject();
            String content = fields.get("content").asString();
            int id = id(fields.get("id"));
            Integer known = vocabulary.get(content);
            if (known != null && known != id) {
                throw error(
                        fields.get("id"),
                        "an added token must keep its id in the vocabulary; got " + id + " for " + content
                                + ", which is " + known);
            }
            if (known == null) {
                claim(owners, id, content, fields.get("id"));
            }
            result.add(new AddedToken(
                    id,
                    content,
                    is(fields, "single_word"),
                    is(fields, "lstrip"),
                    is(fields, "rstrip"),
                    is(fields, "normalized"),
                    is(fields, "special")));
        }
        return result;
    }

    private static boolean is(JsonObject fields, String name) {
        return fields.find(name).map(JsonValue::asBoolean).orElse(false);
    }

    /** The frames around one text and around a pair. */
    private List<Frame> frames(Map<String, Integer> vocabulary, List<AddedToken> added) {
        Map<Integer, String> known = new HashMap<>();
        vocabulary.forEach((token, id) -> known.put(id, token));
        added.forEach(token -> known.put(token.id(), token.content()));
        if (root.find("post_processor").isEmpty()) {
            return List.of(Frame.single(List.of(), List.of()), Frame.pair(List.of(), List.of(), List.of(), 1));
        }
        JsonValue processor = alone(root.get("post_processor"), "processors");
        return switch (type(processor)) {
            case "BertProcessing" -> {
                List<Integer> cls = List.of(pairId(processor.asObject().get("cls"), known));
                List<Integer> sep = List.of(pairId(processor.asObject().get("sep"), known));
                yield List.of(Frame.single(cls, sep), Frame.pair(cls, sep, sep, 1));
            }
            case "RobertaProcessing" -> {
                List<Integer> cls = List.of(pairId(processor.asObject().get("cls"), known));
                int sep = pairId(processor.asObject().get("sep"), known);
                yield List.of(Frame.single(cls, List.of(sep)), Frame.pair(cls, List.of(sep, sep), List.of(sep), 0));
            }
            case "TemplateProcessing" ->
                List.of(
                        template(processor.asObject(), "single", known, 1),
                        template(processor.asObject(), "pair", known, 2));
            default ->
                throw error(
                        processor,
                        "the post_processor must be TemplateProcessing, BertProcessing or RobertaProcessing; got "
                                + type(processor));
        };
    }

    private int pairId(JsonValue tokenAndId, Map<Integer, String> known) {
        List<JsonValue> pair = tokenAndId.asList();
        if (pair.size() != 2) {
            throw error(tokenAndId, "a special token must be given as [token, id]; got " + tokenAndId);
        }
        return requireKnown(pair.get(1), pair.get(0).asString(), known);
    }

    private int requireKnown(JsonValue idValue, String token, Map<Integer, String> known) {
        int id = id(idValue);
        if (!known.containsKey(id)) {
            throw error(
                    idValue, "a special token of the template must be in the vocabulary; got " + id + " for " + token);
        }
        return id;
    }

    /** A template of one sequence or two, each exactly once and in order. */
    private Frame template(JsonObject processor, String which, Map<Integer, String> known, int sequences) {
        JsonObject specials = processor.get("special_tokens").asObject();
        List<Frame.Part> parts = new ArrayList<>();
        List<String> order = new ArrayList<>();
        List<String> names = new ArrayList<>();
        JsonValue template = processor.get(which);
        if (sequences == 2 && template.asList().isEmpty()) {
            return Frame.NONE;
        }
        for (JsonValue part : template.asList()) {
            JsonObject fields = part.asObject();
            boolean sequence = fields.find("Sequence").isPresent();
            JsonObject named =
                    fields.get(sequence ? "Sequence" : "SpecialToken").asObject();
            String name = named.get("id").asString();
            names.add(name);
            int type = named.find("type_id").map(JsonValue::asInt).orElse(0);
            if (sequence) {
                parts.add(Frame.Part.ofText(order.size(), type));
                order.add(name);
            } else {
                List<Integer> ids = new ArrayList<>();
                for (JsonValue id : specials.get(name).asObject().get("ids").asList()) {
                    ids.add(requireKnown(id, name, known));
                }
                parts.add(Frame.Part.ofSpecial(ids, type));
            }
        }
        if (!order.equals(List.of("A", "B").subList(0, sequences))) {
            throw error(
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
