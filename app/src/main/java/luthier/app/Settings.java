package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.finetune.reft.Positions;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Everything that decides the bits of a run; {@code config.json} holds it and the other commands read it back.
 *
 * @param method how to fine-tune
 * @param rank rank of adapters and edits
 * @param alpha LoRA's alpha
 * @param targets LoRA's target layers
 * @param layers the blocks that are adapted or edited
 * @param positions the tokens that LoReFT edits
 * @param freeze what method freeze keeps as it is
 * @param epochs passes over the training data
 * @param steps after which the run ends early; {@link Long#MAX_VALUE} for none
 * @param batchSize examples in a batch
 * @param learningRate the highest learning rate of the schedule
 * @param trainSize training definitions
 * @param seed of data, first values and order
 */
record Settings(
        Method method,
        int rank,
        double alpha,
        List<String> targets,
        List<Integer> layers,
        Positions positions,
        List<String> freeze,
        int epochs,
        long steps,
        int batchSize,
        double learningRate,
        int trainSize,
        long seed) {
    /** The version of the layout of {@code config.json}. */
    static final int FORMAT = 1;

    Settings {
        atLeastOne("--epochs", epochs);
        atLeastOne("--steps", steps);
        atLeastOne("--batch-size", batchSize);
        atLeastOne("--train-size", trainSize);
        atLeastOne("--rank", rank);
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new UsageException("--alpha: must be positive and finite; got " + alpha);
        }
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new UsageException("--learning-rate: must be positive and finite; got " + learningRate);
        }
        targets = List.copyOf(targets);
        layers = List.copyOf(layers);
        freeze = List.copyOf(freeze);
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw new UsageException(option + ": must be at least 1; got " + value);
        }
    }

    /** Returns the settings that matter to the method, by the options' names. */
    Map<String, Object> toFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("method", method.toString());
        fields.put("rank", rank);
        fields.put("alpha", alpha);
        fields.put("targets", targets);
        fields.put("layers", layers);
        fields.put("positions", positions.toString());
        fields.put("freeze", freeze);
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
        List<Integer> layers = new ArrayList<>();
        for (JsonValue layer : json.get("layers").asList()) {
            layers.add(layer.asInt());
        }
        long steps = json.get("steps").asLong();
        return new Settings(
                method(json.get("method").asString()),
                json.get("rank").asInt(),
                json.get("alpha").asDouble(),
                strings(json.get("targets")),
                layers,
                Positions.parse(json.get("positions").asString()),
                strings(json.get("freeze")),
                json.get("epochs").asInt(),
                steps == 0 ? Long.MAX_VALUE : steps,
                json.get("batch_size").asInt(),
                json.get("learning_rate").asDouble(),
                json.get("train_size").asInt(),
                json.get("seed").asLong());
    }

    private static List<String> strings(JsonValue list) {
        return list.asList().stream().map(JsonValue::asString).toList();
    }

    /** Returns the method of this name. */
    static Method method(String name) {
        for (Method method : Method.values()) {
            if (method.toString().equals(name)) {
                return method;
            }
        }
        throw new UsageException("--method: must be one of " + List.of(Method.values()) + "; got " + name);
    }
}
