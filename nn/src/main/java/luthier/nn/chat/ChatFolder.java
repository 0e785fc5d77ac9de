package luthier.nn.chat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/** The files of a model's folder that say how it writes conversations. */
final class ChatFolder {
    static final String CONFIG = "tokenizer_config.json";

    private static final String SINGLE = "chat_template.jinja";
    private static final String FURTHER = "additional_chat_templates";
    private static final String OLDER = "chat_template.json";
    private static final String MAP = "special_tokens_map.json";
    private static final String FIELD = "chat_template";
    private static final String SUFFIX = ".jinja";
    private static final long MAX_BYTES = 1 << 22;
    private static final List<String> TOKENS =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path folder;

    ChatFolder(Path folder) {
        this.folder = folder;
    }

    ChatFormat read() throws IOException {
        JsonObject config = object(CONFIG);
        return ChatFormat.of(folder.toString(), templates(config), tokens(config));
    }

    /** A file's object, empty if there is no such file. */
    private JsonObject object(String name) throws IOException {
        Path file = folder.resolve(name);
        return (Files.exists(file) ? Json.read(file) : Json.of(Map.of())).asObject();
    }

    // ---- templates

    private Map<String, ChatTemplate> templates(JsonObject config) throws IOException {
        Map<String, ChatTemplate> templates = new LinkedHashMap<>();
        Path single = folder.resolve(SINGLE);
        if (Files.exists(single)) {
            templates.put("default", template(single));
        }
        Path further = folder.resolve(FURTHER);
        if (Files.isDirectory(further)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(further, "*" + SUFFIX)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    templates.put(name.substring(0, name.length() - SUFFIX.length()), template(file));
                }
            }
        }
        if (templates.isEmpty() && config.find(FIELD).isPresent()) {
            add(config.get(FIELD), templates);
        }
        if (templates.isEmpty()) {
            JsonObject older = object(OLDER);
            if (older.find(FIELD).isPresent()) {
                add(older.get(FIELD), templates);
            }
        }
        return templates;
    }

    private static ChatTemplate template(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    file.toString(),
                    0,
                    "a chat template must have at most " + MAX_BYTES + " bytes; got " + Files.size(file));
        }
        try {
            return ChatTemplate.parse(Files.readString(file), file.toString());
        } catch (CharacterCodingException malformed) {
            throw new ModelFormatException(file.toString(), 0, "a chat template must be UTF-8");
        }
    }

    /** One template, a list of them with names, or an object whose members they are. */
    private static void add(JsonValue written, Map<String, ChatTemplate> templates) {
        String file = written.place().source();
        switch (written) {
            case JsonArray list ->
                list.elements().forEach(each -> {
                    JsonObject named = each.asObject();
                    String name = named.get("name").asString();
                    templates.put(name, ChatTemplate.parse(named.get("template").asString(), file + ": " + name));
                });
            case JsonObject named ->
                named.members()
                        .forEach((name, text) ->
                                templates.put(name, ChatTemplate.parse(text.asString(), file + ": " + name)));
            default -> templates.put("default", ChatTemplate.parse(written.asString(), file));
        }
    }

    // ---- special tokens

    /** The configuration's own; those of the older file go before them unless the configuration lists all added tokens. */
    private Map<String, String> tokens(JsonObject config) throws IOException {
        JsonObject older = config.find("added_tokens_decoder").isPresent()
                ? Json.of(Map.of()).asObject()
                : object(MAP);
        Map<String, String> tokens = new LinkedHashMap<>();
        for (String name : TOKENS) {
            JsonValue token = older.members().get(name);
            token = token == null ? config.members().get(name) : token;
            if (token != null && !(token instanceof JsonNull)) {
                tokens.put(name, text(token));
            }
        }
        return tokens;
    }

    /** A special token is a text, or an object with the text as its content. */
    private static String text(JsonValue token) {
        return token instanceof JsonString
                ? token.asString()
                : token.asObject().get("content").asString();
    }
}
