package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import luthier.nn.WeightsException;
import luthier.tensor.Tensor;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;

/**
 * Folders of the Python library PEFT: {@code adapter_config.json} and {@code adapter_model.safetensors} with keys {@code
 * base_model.model.<path>.lora_A.weight}. Layers that are trained whole, such as a fresh head, go along as {@code modules_to_save}
 * under their plain paths.
 *
 * <p>A field that no option of the method knows must be off, as null, false or empty are; anything else would change what the adapter
 * computes, and is refused by name.
 */
public final class Peft implements Dialect {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String TYPE = "peft_type";
    private static final String TASK = "task_type";
    private static final String WHOLE = "modules_to_save";

    /** Fields that say nothing of what a finished adapter computes. */
    private static final Set<String> INERT = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "inference_mode",
            "init_ia3_weights",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision");

    /** What PEFT's own folders say beside the options. */
    private static final Map<String, Map<String, Object>> BESIDE = Map.of(
            "LORA", Map.of("bias", "none", "fan_in_fan_out", false, "inference_mode", true, "init_lora_weights", true),
            "IA3", Map.of("fan_in_fan_out", false, "inference_mode", true, "init_ia3_weights", true),
            "LN_TUNING", Map.of("inference_mode", true));

    /** Creates the dialect. */
    public Peft() {}

    @Override
    public String name() {
        return "peft";
    }

    @Override
    public boolean reads(Path path) {
        return Files.isRegularFile(path.resolve(CONFIG));
    }

    @Override
    public Saved read(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonObject json = Json.parse(Files.readAllBytes(file), file.toString()).asObject();
        String type = json.get(TYPE).asString();
        Optional<String> task = json.find(TASK)
                .filter(value -> !(value instanceof JsonValue.JsonNull))
                .map(JsonValue::asString);
        Map<String, Tensor> tensors = tensors(folder.resolve(WEIGHTS));
        Map<String, Object> fields = new LinkedHashMap<>();
        json.members().forEach((name, value) -> {
            if (!INERT.contains(name) && !name.equals(TYPE) && !name.equals(TASK) && !isStart(name, value)) {
                fields.put(name, value instanceof JsonValue.JsonNull ? null : JsonPlain.of(value));
            }
        });
        // PEFT lists the usual names of heads, those that the model lacks too: the file tells which it has.
        if (fields.get(WHOLE) instanceof List<?> names) {
            fields.put(
                    WHOLE,
                    names.stream()
                            .filter(name -> isIn(tensors, name.toString()))
                            .toList());
        }
        return new Saved(type, fields, tensors, task);
    }

    private static Map<String, Tensor> tensors(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Safetensors.read(file).forEach((key, tensor) -> {
            if (!key.startsWith(PREFIX)) {
                throw new WeightsException("peft: keys must begin with " + PREFIX + "; got " + key);
            }
            tensors.put(key.substring(PREFIX.length()), tensor);
        });
        return tensors;
    }

    private static boolean isIn(Map<String, Tensor> tensors, String layer) {
        return tensors.keySet().stream()
                .anyMatch(key -> key.startsWith(layer + ".") || key.contains("." + layer + "."));
    }

    /** How first values were drawn is nothing to a trained adapter, unless the base was changed for it. */
    private static boolean isStart(String name, JsonValue value) {
        return name.equals("init_lora_weights")
                && (value instanceof JsonValue.JsonBoolean || value.toString().equals("\"gaussian\""));
    }

    @Override
    public boolean writes(String kind) {
        return BESIDE.containsKey(kind);
    }

    @Override
    public void write(Path folder, Saved saved) throws IOException {
        Map<String, Object> fields = new TreeMap<>(BESIDE.getOrDefault(saved.kind(), Map.of()));
        fields.putAll(saved.fields());
        fields.put(TYPE, saved.kind());
        saved.task().ifPresent(task -> fields.put(TASK, task));
        Map<String, Tensor> tensors = new TreeMap<>();
        saved.tensors().forEach((name, tensor) -> tensors.put(PREFIX + name, tensor));
        Files.createDirectories(folder);
        SequencedMap<Path, AtomicFiles.Content> files = new LinkedHashMap<>();
        files.put(folder.resolve(WEIGHTS), channel -> Safetensors.write(channel, tensors, Map.of("format", "pt")));
        files.put(folder.resolve(CONFIG), AtomicFiles.text(Json.of(fields).toJson(2) + "\n"));
        AtomicFiles.writeTogether(files);
    }
}
