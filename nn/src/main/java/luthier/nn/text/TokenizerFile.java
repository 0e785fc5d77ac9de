package luthier.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
        List<List<Integer>> frame = frame(vocabulary, added);
        return new WordPieceTokenizer(
                normalizer(normalizer),
                model,
                added,
                frame.get(0).stream().mapToInt(Integer::intValue).toArray(),
                frame.get(1).stream().mapToInt(Integer::intValue).toArray(),
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
                        && part.asObject().find(sequence).filter(list -> list.asList().size() == 1).isPresent()
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

    /** The ids before and after a single sequence. */
    private List<List<Integer>> frame(Map<String, Integer> vocabulary, List<AddedToken> added) {
        Map<Integer, String> known = new HashMap<>();
        vocabulary.forEach((token, id) -> known.put(id, token));
        added.forEach(token -> known.put(token.id(), token.content()));
        if (root.find("post_processor").isEmpty()) {
            return List.of(List.of(), List.of());
        }
        JsonValue processor = alone(root.get("post_processor"), "processors");
        return switch (type(processor)) {
            case "BertProcessing", "RobertaProcessing" ->
                List.of(
                        List.of(pairId(processor.asObject().get("cls"), known)),
                        List.of(pairId(processor.asObject().get("sep"), known)));
            case "TemplateProcessing" -> template(processor.asObject(), known);
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

    private List<List<Integer>> template(JsonObject processor, Map<Integer, String> known) {
        JsonObject specials = processor.get("special_tokens").asObject();
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        List<String> names = new ArrayList<>();
        JsonValue single = processor.get("single");
        for (JsonValue part : single.asList()) {
            JsonObject fields = part.asObject();
            boolean sequence = fields.find("Sequence").isPresent();
            String name = fields.get(sequence ? "Sequence" : "SpecialToken")
                    .asObject()
                    .get("id")
                    .asString();
            if (!sequence) {
                List<Integer> side = names.contains("A") ? after : before;
                for (JsonValue id : specials.get(name).asObject().get("ids").asList()) {
                    side.add(requireKnown(id, name, known));
                }
            }
            names.add(name);
        }
        long sequences = single.asList().stream()
                .filter(part -> part.asObject().find("Sequence").isPresent())
                .count();
        if (sequences != 1 || !names.contains("A")) {
            throw error(
                    single,
                    "the template of a single sequence must hold the sequence A exactly once; got "
                            + names.stream().collect(Collectors.joining(" ")));
        }
        return List.of(before, after);
    }
}
