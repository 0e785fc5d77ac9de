package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import luthier.nn.WeightsException;
import luthier.tensor.Tensor;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;
import luthier.tensor.io.WeightSource;

/**
 * Folders of the Python library PEFT: {@code adapter_config.json} and {@code adapter_model.safetensors} with keys {@code
 * base_model.model.<path>.lora_A.weight}. Layers that are trained whole, such as a fresh head, go along as {@code modules_to_save}
 * under their plain paths.
 */
public final class Peft implements Dialect {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String OLD_WEIGHTS = "adapter_model.bin";
    private static final String OLD_MAGNITUDE = ".lora_magnitude_vector.weight";
    private static final String PREFIX = "base_model.model.";
    private static final String TYPE = "peft_type";
    private static final String TASK = "task_type";

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
        Path weights = folder.resolve(WEIGHTS);
        Map<String, Tensor> tensors = tensors(Files.exists(weights) ? weights : folder.resolve(OLD_WEIGHTS), weights);
        Map<String, Object> fields = new LinkedHashMap<>();
        json.members().forEach((name, value) -> {
            if (!name.equals(TYPE) && !name.equals(TASK)) {
                fields.put(name, value instanceof JsonValue.JsonNull ? null : JsonPlain.of(value));
            }
        });
        return new Saved(type, fields, tensors, task);
    }

    private static Map<String, Tensor> tensors(Path file, Path usual) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(usual.toString());
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (WeightSource source = WeightSource.open(file)) {
            for (String key : source.tensors().keySet()) {
                if (!key.startsWith(PREFIX)) {
                    throw new WeightsException("peft: keys must begin with " + PREFIX + "; got " + key);
                }
                String name = key.substring(PREFIX.length());
                tensors.put(
                        name.endsWith(OLD_MAGNITUDE) ? name.substring(0, name.length() - ".weight".length()) : name,
                        source.read(key));
            }
        }
        return tensors;
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
