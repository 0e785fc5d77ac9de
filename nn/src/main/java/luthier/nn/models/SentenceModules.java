package luthier.nn.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * What a sentence encoder's folder says beside its transformer: {@code modules.json} and the pooling's own folder. Modules and poolings
 * that are not computed here are refused by name, never left out.
 *
 * @param transformer the folder of the encoder, below the whole one or itself
 * @param pooling how vectors are gathered
 * @param normalize whether they are given the length 1
 * @param maxLength at which texts are cut, if the folder says so
 * @param lowercases whether texts are lowercased before the tokenizer sees them
 */
record SentenceModules(
        Path transformer, SentencePooling pooling, boolean normalize, OptionalInt maxLength, boolean lowercases) {
    private static final String MODULES = "modules.json";
    private static final Map<String, String> MODES =
            Map.of("mean", "pooling_mode_mean_tokens", "cls", "pooling_mode_cls_token");

    /** Reads a folder's modules; empty if it has no {@code modules.json}. */
    static Optional<SentenceModules> read(Path folder) throws IOException {
        Path file = folder.resolve(MODULES);
        return Files.exists(file) ? Optional.of(read(folder, Json.read(file).asList())) : Optional.empty();
    }

    private static SentenceModules read(Path folder, List<JsonValue> modules) throws IOException {
        Path transformer = folder;
        Optional<SentencePooling> pooling = Optional.empty();
        boolean normalize = false;
        for (JsonValue module : modules) {
            JsonObject fields = module.asObject();
            JsonValue type = fields.get("type");
            Path place = inside(folder, fields.get("path"));
            String name = type.asString().substring(type.asString().lastIndexOf('.') + 1);
            switch (name) {
                case "Transformer" -> {
                    requireOrder(module, modules.indexOf(module) == 0, name);
                    transformer = place;
                }
                case "Pooling" -> {
                    requireOrder(module, modules.indexOf(module) == 1, name);
                    pooling = Optional.of(pooling(place, fields.get("path")));
                }
                case "Normalize" -> {
                    requireOrder(module, pooling.isPresent(), name);
                    normalize = true;
                }
                default ->
                    throw error(
                            type,
                            "a module must be a Transformer, a Pooling or a Normalize; got "
                                    + ModelFormatException.escape(type.asString()) + " in "
                                    + ModelFormatException.escape(
                                            fields.get("path").asString())
                                    + "; without it the vectors would mean something else");
            }
        }
        if (pooling.isEmpty()) {
            throw new ModelFormatException(
                    folder.resolve(MODULES).toString(), 0, "the modules must include a Pooling; got none");
        }
        return settings(transformer, pooling.get(), normalize);
    }

    private static void requireOrder(JsonValue module, boolean inOrder, String name) {
        if (!inOrder) {
            throw error(
                    module,
                    "the modules must be a Transformer, a Pooling and perhaps a Normalize, in this order; got " + name
                            + " elsewhere");
        }
    }

    private static SentenceModules settings(Path transformer, SentencePooling pooling, boolean normalize)
            throws IOException {
        Path file = transformer.resolve("sentence_bert_config.json");
        OptionalInt maxLength = OptionalInt.empty();
        boolean lowercases = false;
        if (Files.exists(file)) {
            JsonObject settings = Json.read(file).asObject();
            Optional<JsonValue> length = settings.find("max_seq_length");
            maxLength = length.isPresent()
                    ? OptionalInt.of((int) new ConfigReader(settings).size("max_seq_length", 1))
                    : OptionalInt.empty();
            lowercases =
                    settings.find("do_lower_case").map(JsonValue::asBoolean).orElse(false);
        }
        return new SentenceModules(transformer, pooling, normalize, maxLength, lowercases);
    }

    /** Reads a pooling's folder: one mode as a word, or a truth value for each. */
    private static SentencePooling pooling(Path place, JsonValue path) throws IOException {
        Path file = place.resolve("config.json");
        if (!Files.exists(file)) {
            throw error(
                    path,
                    "the pooling's folder must hold a config.json; got none in "
                            + ModelFormatException.escape(path.asString()));
        }
        JsonObject config = Json.read(file).asObject();
        Optional<JsonValue> word = config.find("pooling_mode");
        List<String> chosen = word.isPresent()
                ? List.of(MODES.getOrDefault(word.get().asString(), word.get().asString()))
                : config.members().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("pooling_mode_")
                                && entry.getValue() instanceof JsonBoolean truth
                                && truth.value())
                        .map(Map.Entry::getKey)
                        .toList();
        if (chosen.equals(List.of("pooling_mode_mean_tokens"))) {
            return SentencePooling.MEAN;
        }
        if (chosen.equals(List.of("pooling_mode_cls_token"))) {
            return SentencePooling.FIRST;
        }
        throw error(
                config,
                "one pooling must be chosen, of pooling_mode_mean_tokens and pooling_mode_cls_token; got "
                        + (chosen.isEmpty() ? "none" : ModelFormatException.escape(String.join(" and ", chosen))));
    }

    /** Returns a module's folder: the whole one, or one directly in it. */
    private static Path inside(Path folder, JsonValue path) {
        String name = path.asString();
        if (!name.matches("[A-Za-z0-9_.-]*") || name.startsWith(".")) {
            throw error(
                    path,
                    "a module's path must be a folder in the folder; got \"" + ModelFormatException.escape(name)
                            + "\"");
        }
        return folder.resolve(name);
    }

    private static ModelFormatException error(JsonValue value, String rule) {
        return new ModelFormatException(value.place().source(), value.place().offset(), rule);
    }
}
