package luthier.nn.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * What the files beside a vocabulary say about its tokens: {@code tokenizer_config.json}, then {@code special_tokens_map.json}, and {@code
 * added_tokens.json}.
 */
record SpecialTokens(JsonObject config, JsonObject map, JsonObject addedIds) {
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    static SpecialTokens of(Path folder) throws IOException {
        return new SpecialTokens(
                read(folder.resolve("tokenizer_config.json")),
                read(folder.resolve("special_tokens_map.json")),
                read(folder.resolve("added_tokens.json")));
    }

    private static JsonObject read(Path file) throws IOException {
        return (Files.exists(file) ? Json.read(file) : Json.of(Map.of())).asObject();
    }

    Optional<Boolean> flag(String name) {
        return config.find(name).map(JsonValue::asBoolean);
    }

    Optional<String> text(String name) {
        return config.find(name).filter(JsonString.class::isInstance).map(JsonValue::asString);
    }

    /** Returns the token of a role; it is a text, or an object with the text as its content. */
    Optional<String> token(String role) {
        return found(role)
                .map(value -> value instanceof JsonString
                        ? value.asString()
                        : value.asObject().get("content").asString());
    }

    private Optional<JsonValue> found(String role) {
        return config.find(role).or(() -> map.find(role));
    }

    /** Returns the id of a role's token, where there is one. */
    OptionalInt id(String role, ToIntFunction<String> ids) {
        return token(role).stream().mapToInt(ids).filter(id -> id >= 0).findFirst();
    }

    /** Returns the tokens that are found in a text as it stands, the special ones and the others, with their ids. */
    List<AddedToken> added(ToIntFunction<String> vocabulary, int next) {
        Map<String, AddedToken> result = new LinkedHashMap<>();
        addedIds.members().forEach((token, id) -> {
            result.put(token, token(Json.of(Map.of()).asObject(), token, id.asInt(), false));
        });
        config.find("added_tokens_decoder")
                .map(JsonValue::asObject)
                .ifPresent(list -> list.members().forEach((id, value) -> {
                    JsonObject fields = value.asObject();
                    String content = fields.get("content").asString();
                    result.put(content, token(fields, content, Integer.parseInt(id), is(fields, "special")));
                }));
        List<String> special = new ArrayList<>(
                ROLES.stream().flatMap(role -> token(role).stream()).toList());
        for (JsonObject fields : List.of(config, map)) {
            fields.find("additional_special_tokens")
                    .map(JsonValue::asList)
                    .ifPresent(list -> list.forEach(token -> special.add(
                            token instanceof JsonString
                                    ? token.asString()
                                    : token.asObject().get("content").asString())));
        }
        int free = next;
        for (String content : special) {
            AddedToken known = result.get(content);
            int id = known != null ? known.id() : vocabulary.applyAsInt(content);
            JsonObject fields = ROLES.stream()
                    .filter(role -> token(role).equals(Optional.of(content)))
                    .flatMap(role -> found(role).stream())
                    .filter(JsonObject.class::isInstance)
                    .map(JsonValue::asObject)
                    .findFirst()
                    .orElse(Json.of(Map.of()).asObject());
            AddedToken token = known != null && fields.members().isEmpty()
                    ? new AddedToken(
                            id,
                            content,
                            known.singleWord(),
                            known.stripLeft(),
                            known.stripRight(),
                            known.normalized(),
                            true)
                    : token(fields, content, id >= 0 ? id : free, true);
            free += token.id() == free ? 1 : 0;
            result.put(content, token);
        }
        return List.copyOf(result.values());
    }

    private static AddedToken token(JsonObject fields, String content, int id, boolean special) {
        return new AddedToken(
                id,
                content,
                is(fields, "single_word"),
                is(fields, "lstrip"),
                is(fields, "rstrip"),
                fields.find("normalized")
                        .map(JsonValue::asBoolean)
                        .orElse(!special && !fields.members().isEmpty()),
                special);
    }

    private static boolean is(JsonObject fields, String name) {
        return fields.find(name).map(JsonValue::asBoolean).orElse(false);
    }
}
