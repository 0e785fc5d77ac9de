package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.finetune.reft.Loreft;
import luthier.finetune.reft.LoreftConfig;
import luthier.finetune.reft.Positions;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.tensor.Tensor;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;

/**
 * LoReFT edits as a folder: {@code loreft_config.json} (rank, positions, layers) and {@code loreft.safetensors} with {@code
 * <path>.rotate_layer [d, r]} (R^T, orthonormal columns), {@code <path>.weight [r, d]}, {@code <path>.bias [r]}: pyreft's names,
 * without its pickle. Layers trained whole beside the edits go along under their plain paths.
 */
public final class LoreftFiles {
    private static final String CONFIG = "loreft_config.json";
    private static final String WEIGHTS = "loreft.safetensors";

    private LoreftFiles() {}

    /**
     * Writes the edits of a model and the layers trained beside them.
     *
     * @throws IOException if the files cannot be written; what was there before is kept
     */
    public static void save(Path directory, Layer model, Map<String, Loreft> edits, List<String> wholeLayers)
            throws IOException {
        Files.createDirectories(directory);
        LoreftConfig config = edits.values().iterator().next().config();
        Map<String, Tensor> tensors = new TreeMap<>();
        edits.forEach((path, edit) -> {
            tensors.put(path + ".rotate_layer", edit.rows().transpose(0, 1).contiguous());
            tensors.put(path + ".weight", edit.weight());
            tensors.put(path + ".bias", edit.bias());
        });
        model.parameters().forEach((path, parameter) -> {
            if (wholeLayers.stream().anyMatch(layer -> path.startsWith(layer + "."))) {
                tensors.put(path, parameter.value());
            }
        });
        Map<String, Object> fields = new TreeMap<>();
        fields.put("layers", List.copyOf(edits.keySet()));
        fields.put("low_rank_dimension", config.rank());
        fields.put("modules_to_save", wholeLayers);
        fields.put("positions", config.positions().toString());
        Safetensors.write(directory.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
        AtomicFiles.writeString(directory.resolve(CONFIG), Json.of(fields).toJson(2) + "\n");
    }

    /**
     * Attaches the edits of a folder to a model and loads the layers saved beside them. Every tensor must find its place.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file is malformed
     * @throws WeightsException if the edits do not fit the model
     */
    public static Map<String, Loreft> load(Path directory, Layer model) throws IOException {
        Path file = directory.resolve(CONFIG);
        JsonObject json = Json.parse(Files.readAllBytes(file), file.toString()).asObject();
        LoreftConfig config = new LoreftConfig(
                json.get("low_rank_dimension").asInt(),
                Positions.parse(json.get("positions").asString()),
                true);
        Map<String, Tensor> rest = new LinkedHashMap<>(Safetensors.read(directory.resolve(WEIGHTS)));
        Map<String, Layer> layers = model.layers();
        Seed seed = Seed.of(0).withType(model.dtype());
        Map<String, Loreft> edits = new LinkedHashMap<>();
        for (JsonValue value : json.get("layers").asList()) {
            String path = value.asString();
            if (!layers.containsKey(path)) {
                throw new WeightsException("loreft: the model must have the edited layer; got " + path);
            }
            Tensor rows = take(rest, path + ".rotate_layer").transpose(0, 1).contiguous();
            edits.put(
                    path,
                    Loreft.of(
                            seed,
                            config,
                            rows.to(seed.dtype()),
                            take(rest, path + ".weight"),
                            take(rest, path + ".bias")));
        }
        Map<String, Parameter> parameters = model.parameters();
        for (String path : rest.keySet()) {
            if (!parameters.containsKey(path)) {
                throw new WeightsException("loreft: every tensor must find its place; got " + path);
            }
        }
        parameters.values().forEach(Parameter::freeze);
        edits.forEach(
                (path, edit) -> Objects.requireNonNull(layers.get(path), path).attach(edit));
        rest.forEach((path, tensor) -> {
            Objects.requireNonNull(parameters.get(path), path).load(tensor);
            parameters.get(path).unfreeze();
        });
        return edits;
    }

    private static Tensor take(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.remove(name);
        if (tensor == null) {
            throw new WeightsException("loreft: the file must hold " + name + "; got none");
        }
        return tensor;
    }
}
