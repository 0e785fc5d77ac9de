package luthier.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.finetune.Methods;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.Recipe;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Everything that decides the bits of a run of the main job; {@code config.json} holds it and the other commands read it back.
 *
 * @param method how to fine-tune
 * @param options the method's options
 * @param epochs passes over the training data
 * @param steps after which the run ends early; {@link Long#MAX_VALUE} for none
 * @param batchSize examples in a batch
 * @param learningRate the highest learning rate of the schedule
 * @param trainSize training definitions
 * @param seed of data, first values and order
 */
record Settings(
        Method method,
        Config options,
        int epochs,
        long steps,
        int batchSize,
        double learningRate,
        int trainSize,
        long seed) {
    /** The version of the layout of {@code config.json}. */
    static final int FORMAT = 2;

    /** Definitions in a batch where nothing is typed. */
    static final int BATCH_SIZE = 32;

    /** What the main job prefers to a method's defaults: small adapters where they help most, and the head beside them. */
    static final Map<String, Object> PREFERRED = Map.of(
            "rank", 8,
            "alpha", 16,
            "targets", List.of("query", "value"),
            "freeze", List.of("bert.embeddings", "bert\\.encoder\\.layer\\.[0-2]"),
            "modules-to-save", List.of("classifier"));

    /** Rates and decays that were measured for this job; a stronger decay keeps LoRA's third epoch from losing accuracy on OOD. */
    private static final Map<String, Recipe> MEASURED = Map.of(
            "head", new Recipe(1e-2, 0.01),
            "full", new Recipe(1e-4, 0.01),
            "freeze", new Recipe(2e-4, 0.01),
            "lora", new Recipe(2e-3, 0.1),
            "loreft", new Recipe(5e-3, 0.01));

    Settings {
        atLeastOne("--epochs", epochs);
        atLeastOne("--steps", steps);
        atLeastOne("--batch-size", batchSize);
        atLeastOne("--train-size", trainSize);
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new UsageException("--learning-rate: must be positive and finite; got " + learningRate);
        }
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw new UsageException(option + ": must be at least 1; got " + value);
        }
    }

    static Recipe recipe(Method method) {
        return MEASURED.getOrDefault(method.name(), method.recipe());
    }

    double weightDecay() {
        return recipe(method).weightDecay();
    }

    /** The main job's own configuration of a method, with what was typed; targets of other methods than LoRA are their own. */
    static Config options(Method method, Map<String, String> typed) {
        Map<String, Object> preferred = new LinkedHashMap<>(PREFERRED);
        if (!method.name().equals("lora")) {
            preferred.remove("targets");
        }
        return MethodOptions.config(method, preferred, typed);
    }

    /** Returns the settings by the options' names. */
    Map<String, Object> toFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("method", method.name());
        fields.put("options", options.fields());
        fields.put("epochs", epochs);
        fields.put("steps", steps == Long.MAX_VALUE ? 0 : steps);
        fields.put("batch_size", batchSize);
        fields.put("learning_rate", learningRate);
        fields.put("train_size", trainSize);
        fields.put("seed", seed);
        return fields;
    }

    /** Reads the settings back; a field that is missing or malformed is a {@code ModelFormatException}. */
    static Settings fromJson(JsonObject json) {
        long format = json.get("format").asLong();
        if (format != FORMAT) {
            throw new UsageException("config.json: this version reads format " + FORMAT + "; got " + format);
        }
        Method method = method(json.get("method").asString());
        Map<String, Object> options = new LinkedHashMap<>();
        json.get("options").asObject().members().forEach((name, value) -> options.put(name, plain(value)));
        long steps = json.get("steps").asLong();
        return new Settings(
                method,
                method.options().parse(options),
                json.get("epochs").asInt(),
                steps == 0 ? Long.MAX_VALUE : steps,
                json.get("batch_size").asInt(),
                json.get("learning_rate").asDouble(),
                json.get("train_size").asInt(),
                json.get("seed").asLong());
    }

    private static Object plain(JsonValue value) {
        return switch (value) {
            case JsonNumber number -> number.asDouble();
            case JsonBoolean flag -> flag.asBoolean();
            case JsonArray list -> list.asList().stream().map(Settings::plain).toList();
            case JsonObject object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.members().forEach((name, each) -> map.put(name, plain(each)));
                yield map;
            }
            default -> value.asString();
        };
    }

    /** Returns the method of this name. */
    static Method method(String name) {
        try {
            return Methods.named(name);
        } catch (OptionException e) {
            throw new UsageException("--" + Objects.requireNonNull(e.getMessage()));
        }
    }
}
