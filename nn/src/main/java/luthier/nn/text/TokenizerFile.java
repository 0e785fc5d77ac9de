package luthier.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/** Reads a Hugging Face {@code tokenizer.json}; a part or a setting that is not known is refused by its name. */
final class TokenizerFile {
    private final JsonObject root;
    private final String source;

    TokenizerFile(JsonValue root, String source) {
        this.root = root.asObject();
        this.source = source;
    }

    TokenizerParts read() {
        PartReader reader = new PartReader(source);
        Normalizer normalizer = reader.normalizer(part("normalizer"));
        PreTokenizer preTokenizer = reader.preTokenizer(part("pre_tokenizer"));
        Model model = new ModelReader(root.get("model").asObject(), source).read();
        List<AddedToken> added = addedTokens(model.vocabulary());
        FrameReader frames = new FrameReader(model.vocabulary(), added, source);
        root.find("post_processor").ifPresent(frames::read);
        return new TokenizerParts(
                normalizer,
                preTokenizer,
                model,
                added,
                frames.single(),
                frames.pair(),
                frames.trim(),
                reader.decoder(part("decoder")),
                TokenizerParts.Roles.NONE,
                root.find("truncation").map(this::truncation),
                root.find("padding").map(this::padding));
    }

    private JsonValue part(String name) {
        return root.find(name).orElse(Json.of(null));
    }

    private ModelFormatException error(JsonValue at, String rule) {
        return new ModelFormatException(source, at.place().offset(), "tokenizer: " + rule);
    }

    private List<AddedToken> addedTokens(Vocabulary vocabulary) {
        Map<Integer, String> owners = new HashMap<>();
        List<AddedToken> result = new ArrayList<>();
        for (JsonValue value : root.find("added_tokens").map(JsonValue::asList).orElse(List.of())) {
            JsonObject fields = value.asObject();
            String content = fields.get("content").asString();
            int id = ModelReader.id(fields.get("id"), source);
            int known = vocabulary.id(content);
            if (known >= 0 && known != id) {
                throw error(
                        fields.get("id"),
                        "an added token must keep its id in the vocabulary; got " + id + " for "
                                + ModelFormatException.escape(content) + ", which is " + known);
            }
            String owner = known >= 0 ? null : vocabulary.token(id);
            String before = owner == null ? owners.putIfAbsent(id, content) : owner;
            if (before != null && !before.equals(content)) {
                throw error(
                        fields.get("id"),
                        "every token must have an id of its own; got " + id + " for "
                                + ModelFormatException.escape(before) + " and " + ModelFormatException.escape(content));
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

    private Side side(JsonValue value) {
        return switch (value.asString()) {
            case "Left" -> Side.LEFT;
            case "Right" -> Side.RIGHT;
            default ->
                throw error(
                        value,
                        "a direction must be Left or Right; got " + ModelFormatException.escape(value.asString()));
        };
    }

    private int count(JsonValue value) {
        int count = value.asInt();
        if (count < 0) {
            throw error(value, "a length must not be negative; got " + count);
        }
        return count;
    }

    private Truncation truncation(JsonValue value) {
        JsonObject fields = value.asObject();
        String strategy = fields.find("strategy").map(JsonValue::asString).orElse("LongestFirst");
        return new Truncation(
                count(fields.get("max_length")),
                fields.find("stride").map(this::count).orElse(0),
                switch (strategy) {
                    case "LongestFirst" -> Truncation.Strategy.LONGEST_FIRST;
                    case "OnlyFirst" -> Truncation.Strategy.ONLY_FIRST;
                    case "OnlySecond" -> Truncation.Strategy.ONLY_SECOND;
                    default ->
                        throw error(
                                fields.get("strategy"),
                                "a strategy must be LongestFirst, OnlyFirst or OnlySecond; got "
                                        + ModelFormatException.escape(strategy));
                },
                fields.find("direction").map(this::side).orElse(Side.RIGHT));
    }

    private Padding padding(JsonValue value) {
        JsonObject fields = value.asObject();
        Optional<JsonValue> fixed = fields.find("strategy")
                .filter(strategy -> !(strategy instanceof JsonString))
                .map(strategy -> strategy.asObject().get("Fixed"));
        return new Padding(
                fields.find("pad_id").map(id -> ModelReader.id(id, source)).orElse(0),
                fields.find("pad_type_id").map(JsonValue::asInt).orElse(0),
                fields.find("direction").map(this::side).orElse(Side.RIGHT),
                Math.max(1, fields.find("pad_to_multiple_of").map(this::count).orElse(1)),
                fixed.map(this::count).orElse(0));
    }
}
