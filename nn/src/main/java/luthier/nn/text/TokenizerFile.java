package luthier.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        requireType("decoder", "WordPiece");
        requireType("model", "WordPiece");
        requireType("normalizer", "BertNormalizer");
        requireType("pre_tokenizer", "BertPreTokenizer");
        JsonObject modelFields = root.get("model").asObject();
        Map<String, Integer> vocabulary = vocabulary(modelFields.get("vocab").asObject());
        JsonValue unknown = modelFields.get("unk_token");
        if (!vocabulary.containsKey(unknown.asString())) {
            throw error(unknown, "the unk_token must be in the vocabulary; got " + unknown.asString());
        }
        WordPiece model = new WordPiece(
                vocabulary,
                unknown.asString(),
                modelFields.get("continuing_subword_prefix").asString(),
                modelFields.get("max_input_chars_per_word").asInt());
        List<AddedToken> added = addedTokens(vocabulary);
        List<List<Integer>> frame = frame(vocabulary, added);
        return new WordPieceTokenizer(
                normalizer(),
                model,
                added,
                frame.get(0).stream().mapToInt(Integer::intValue).toArray(),
                frame.get(1).stream().mapToInt(Integer::intValue).toArray(),
                root.get("decoder").asObject().get("cleanup").asBoolean());
    }

    private ModelFormatException error(JsonValue at, String rule) {
        return new ModelFormatException(source, at.place().offset(), "tokenizer: " + rule);
    }

    private static String type(JsonValue part) {
        return part instanceof JsonNull ? "null" : part.asObject().get("type").asString();
    }

    private void requireType(String name, String wanted) {
        JsonValue part = root.get(name);
        if (!type(part).equals(wanted)) {
            throw error(part, "the " + name + " must be " + wanted + "; got " + type(part));
        }
    }

    private BertNormalizer normalizer() {
        JsonObject fields = root.get("normalizer").asObject();
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
        for (JsonValue value : root.get("added_tokens").asList()) {
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
                    fields.get("single_word").asBoolean(),
                    fields.get("lstrip").asBoolean(),
                    fields.get("rstrip").asBoolean(),
                    fields.get("normalized").asBoolean(),
                    fields.get("special").asBoolean()));
        }
        return result;
    }

    /** The ids before and after a single sequence. */
    private List<List<Integer>> frame(Map<String, Integer> vocabulary, List<AddedToken> added) {
        Map<Integer, String> known = new HashMap<>();
        vocabulary.forEach((token, id) -> known.put(id, token));
        added.forEach(token -> known.put(token.id(), token.content()));
        JsonValue processor = root.get("post_processor");
        return switch (type(processor)) {
            case "null" -> List.of(List.of(), List.of());
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
