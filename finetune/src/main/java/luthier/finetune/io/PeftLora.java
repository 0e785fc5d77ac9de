package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import luthier.finetune.lora.Lora;
import luthier.finetune.lora.LoraConfig;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.tensor.Tensor;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;

/**
 * LoRA adapters as PEFT folders: {@code adapter_config.json} and {@code adapter_model.safetensors} with keys {@code
 * base_model.model.<path>.lora_A.weight}. Layers that are trained whole, such as a fresh head, go along as {@code
 * modules_to_save} under their plain paths.
 */
public final class PeftLora {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    private PeftLora() {}

    /**
     * Writes the adapters of a model and the layers trained beside them.
     *
     * @param directory is created if missing
     * @param wholeLayers paths of layers saved whole
     * @throws IOException if the files cannot be written; what was there before is kept
     */
    public static void save(
            Path directory, Layer model, Map<String, Lora> adapters, List<String> wholeLayers, String taskType)
            throws IOException {
        Files.createDirectories(directory);
        LoraConfig config = adapters.values().iterator().next().config();
        Map<String, Tensor> tensors = new TreeMap<>();
        adapters.forEach((path, adapter) -> adapter.parameters()
                .forEach(parameter -> tensors.put(PREFIX + path + "." + parameter.name(), parameter.value())));
        Map<String, Parameter> parameters = model.parameters();
        for (String layer : wholeLayers) {
            parameters.forEach((path, parameter) -> {
                if (path.startsWith(layer + ".")) {
                    tensors.put(PREFIX + path, parameter.value());
                }
            });
        }
        Safetensors.write(directory.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
        AtomicFiles.writeString(
                directory.resolve(CONFIG),
                Json.of(configFields(config, adapters, wholeLayers, taskType)).toJson(2) + "\n");
    }

    private static Map<String, Object> configFields(
            LoraConfig config, Map<String, Lora> adapters, List<String> wholeLayers, String taskType) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("alpha_pattern", Map.of());
        fields.put("bias", "none");
        fields.put("fan_in_fan_out", false);
        fields.put("inference_mode", true);
        fields.put("init_lora_weights", true);
        fields.put("lora_alpha", wholeNumberIfPossible(config.alpha()));
        fields.put("lora_dropout", config.dropout());
        fields.put("modules_to_save", wholeLayers);
        fields.put("peft_type", "LORA");
        fields.put("r", config.rank());
        fields.put("rank_pattern", Map.of());
        fields.put("target_modules", targets(config, adapters));
        fields.put("task_type", taskType);
        fields.put("use_dora", false);
        fields.put("use_rslora", false);
        return fields;
    }

    private static Object wholeNumberIfPossible(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
    }

    /** Plain names stay as given; regular expressions, which PEFT's lists do not know, become the paths they matched. */
    private static List<String> targets(LoraConfig config, Map<String, Lora> adapters) {
        boolean plain = config.targets().stream()
                .allMatch(target -> adapters.keySet().stream()
                        .anyMatch(path -> path.equals(target) || path.endsWith("." + target)));
        return plain ? new ArrayList<>(new TreeSet<>(config.targets())) : new ArrayList<>(adapters.keySet());
    }

    /**
     * Attaches the adapters of a PEFT folder to a model and loads the layers saved beside them. The model is frozen but for
     * them. Every tensor of the file must find its place and every adapted layer its tensors.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file is malformed
     * @throws WeightsException if the adapter does not fit the model; names say where
     */
    public static Map<String, Lora> load(Path directory, Layer model) throws IOException {
        LoraConfig config = readConfig(directory.resolve(CONFIG));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Safetensors.read(directory.resolve(WEIGHTS)).forEach((key, tensor) -> {
            if (!key.startsWith(PREFIX)) {
                throw new WeightsException("peft: keys must begin with " + PREFIX + "; got " + key);
            }
            tensors.put(key.substring(PREFIX.length()), tensor);
        });
        Map<String, Lora> adapters = Lora.attach(model, config, Seed.of(0).withType(model.dtype()));
        Map<String, Parameter> places = model.adapterParameters();
        Map<String, Parameter> whole = model.parameters();
        tensors.keySet().stream()
                .filter(key -> !key.contains(".lora_"))
                .filter(whole::containsKey)
                .forEach(key -> places.put(key, whole.get(key)));
        List<String> missing = places.keySet().stream()
                .filter(key -> !tensors.containsKey(key))
                .toList();
        List<String> unknown = tensors.keySet().stream()
                .filter(key -> !places.containsKey(key))
                .toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new WeightsException("peft: the adapter's tensors must be the model's places, one by one; missing "
                    + missing + ", unknown " + unknown);
        }
        places.forEach((path, parameter) -> {
            parameter.load(Objects.requireNonNull(tensors.get(path), path));
            parameter.unfreeze();
        });
        return adapters;
    }

    private static LoraConfig readConfig(Path file) throws IOException {
        JsonObject json = Json.parse(Files.readAllBytes(file), file.toString()).asObject();
        String type = json.get("peft_type").asString();
        if (!type.equals("LORA")) {
            throw new ModelFormatException(file.toString(), 0, "peft_type must be LORA; got " + type);
        }
        for (String variant : List.of("use_dora", "use_rslora", "fan_in_fan_out")) {
            if (json.find(variant).map(JsonValue::asBoolean).orElse(false)) {
                throw new ModelFormatException(file.toString(), 0, variant + " is not supported");
            }
        }
        return new LoraConfig(
                json.get("r").asInt(),
                json.get("lora_alpha").asDouble(),
                json.find("lora_dropout").map(JsonValue::asDouble).orElse(0.0),
                targets(json.get("target_modules"), file));
    }

    private static List<String> targets(JsonValue value, Path file) {
        return switch (value) {
            case JsonString text -> List.of(text.asString());
            case JsonArray list ->
                list.asList().stream().map(JsonValue::asString).toList();
            default ->
                throw new ModelFormatException(
                        file.toString(), 0, "target_modules must be a string or a list of strings");
        };
    }
}
