package luthier.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/** Reads the model of a {@code tokenizer.json}. */
record ModelReader(JsonObject fields, String source) {
    private ModelFormatException error(JsonValue at, String rule) {
        return new ModelFormatException(source, at.place().offset(), "tokenizer: " + rule);
    }

    Model read() {
        String type = type();
        return switch (type) {
            case "BPE" -> bytePair();
            case "WordPiece" -> wordPiece();
            case "WordLevel" -> wordLevel();
            case "Unigram" -> unigram();
            default ->
                throw error(
                        fields,
                        "the model must be BPE, WordPiece, WordLevel or Unigram; got "
                                + ModelFormatException.escape(type));
        };
    }

    /** Files that were published before their model had a type are told apart by what it holds. */
    private String type() {
        Optional<String> type = fields.find("type").map(JsonValue::asString);
        if (type.isPresent()) {
            return type.get();
        }
        if (fields.find("merges").isPresent()) {
            return "BPE";
        }
        if (fields.get("vocab") instanceof JsonArray) {
            return "Unigram";
        }
        return fields.find("continuing_subword_prefix").isPresent()
                        || fields.find("max_input_chars_per_word").isPresent()
                ? "WordPiece"
                : "WordLevel";
    }

    private JsonPart only(String... settings) {
        List<String> known = List.of(settings);
        fields.members().forEach((name, value) -> {
            if (!known.contains(name) && !name.equals("type") && !JsonPart.isNull(value)) {
                throw error(value, "the settings of the model must be known; got " + ModelFormatException.escape(name));
            }
        });
        return new JsonPart(fields, source);
    }

    /** Returns an id. */
    static int id(JsonValue value, String source) {
        long id = value.asLong();
        if (id < 0 || id > Integer.MAX_VALUE - 8) {
            throw new ModelFormatException(
                    source,
                    value.place().offset(),
                    "tokenizer: an id must be a number from 0 to " + (Integer.MAX_VALUE - 8) + "; got " + id);
        }
        return (int) id;
    }

    Vocabulary vocabulary() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        Map<Integer, String> owners = new HashMap<>();
        fields.get("vocab").asObject().members().forEach((token, value) -> {
            int id = id(value, source);
            String owner = owners.putIfAbsent(id, token);
            if (owner != null) {
                throw error(
                        value,
                        "every token must have an id of its own; got " + id + " for "
                                + ModelFormatException.escape(owner) + " and " + ModelFormatException.escape(token));
            }
            ids.put(token, id);
        });
        return new Vocabulary(ids);
    }

    private void requireKnown(Vocabulary vocabulary, JsonValue token, String what) {
        if (vocabulary.id(token.asString()) < 0) {
            throw error(
                    token, what + " must be in the vocabulary; got " + ModelFormatException.escape(token.asString()));
        }
    }

    private Model wordPiece() {
        JsonPart part = only("vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word");
        Vocabulary vocabulary = vocabulary();
        JsonValue unknown = fields.get("unk_token");
        requireKnown(vocabulary, unknown, "the unk_token");
        return new WordPiece(
                vocabulary,
                unknown.asString(),
                part.text("continuing_subword_prefix", WordPiece.CONTINUES),
                part.number("max_input_chars_per_word", WordPiece.LONGEST));
    }

    private Model wordLevel() {
        only("vocab", "unk_token");
        return new WordLevel(vocabulary(), fields.get("unk_token").asString());
    }

    private Model unigram() {
        only("vocab", "unk_id", "byte_fallback");
        List<JsonValue> pieces = fields.get("vocab").asList();
        List<String> tokens = new ArrayList<>();
        double[] scores = new double[pieces.size()];
        for (JsonValue piece : pieces) {
            List<JsonValue> both = piece.asList();
            if (both.size() != 2) {
                throw error(piece, "a piece must be given as [token, score]; got " + both.size() + " values");
            }
            scores[tokens.size()] = both.get(1).asDouble();
            tokens.add(both.get(0).asString());
        }
        int unknown = fields.find("unk_id").map(value -> id(value, source)).orElse(-1);
        if (unknown >= tokens.size()) {
            throw error(fields.get("unk_id"), "the unk_id must be in the vocabulary; got " + unknown);
        }
        boolean[] found = new boolean[tokens.size()];
        Arrays.fill(found, true);
        return new Unigram(
                Vocabulary.of(tokens),
                scores,
                found,
                unknown,
                fields.find("byte_fallback").map(JsonValue::asBoolean).orElse(false));
    }

    private Model bytePair() {
        JsonPart part = only(
                "vocab",
                "merges",
                "dropout",
                "unk_token",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges");
        fields.find("dropout").filter(dropout -> dropout.asDouble() != 0).ifPresent(dropout -> {
            throw error(dropout, "dropout of merges is not supported; got " + dropout);
        });
        Vocabulary vocabulary = vocabulary();
        String prefix = part.text("continuing_subword_prefix", "");
        MergeTable merges = new MergeTable(vocabulary, prefix);
        for (JsonValue merge : fields.get("merges").asList()) {
            List<String> both = pair(merge);
            String wrong = merges.add(both.get(0), both.get(1));
            if (wrong != null) {
                throw error(merge, wrong);
            }
        }
        return new BytePair(
                vocabulary,
                merges.table(),
                new BytePair.Options(
                        fields.find("unk_token").map(JsonValue::asString).orElse(null),
                        part.flag("fuse_unk", false),
                        part.flag("byte_fallback", false),
                        part.flag("ignore_merges", false),
                        prefix,
                        part.text("end_of_word_suffix", "")));
    }

    /** Merges are pairs, or texts with one space between the parts. */
    private List<String> pair(JsonValue merge) {
        List<String> both = merge instanceof JsonString text
                ? List.of(text.value().split(" ", -1))
                : merge.asList().stream().map(JsonValue::asString).toList();
        if (both.size() != 2) {
            throw error(merge, "a merge must be of two tokens; got " + both.size());
        }
        return both;
    }
}
