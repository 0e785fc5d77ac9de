package luthier.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.task.Task;
import luthier.finetune.task.Tasks;
import luthier.nn.WeightStorage;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * What {@link TextModel#save} has written, without its weights: {@code model.json}.
 *
 * @param folder where it lies
 * @param base the folder of the pretrained model
 * @param task what it answers
 * @param maxLength the longest sequence in tokens
 * @param seed of the head
 * @param storage how frozen matrices were kept: what was learned belongs to the numbers that it was learned over
 * @param merged whether all weights lie in the folder
 */
public record SavedModel(
        Path folder, Path base, Task task, int maxLength, long seed, WeightStorage storage, boolean merged) {
    private static final String FILE = "model.json";
    private static final String ADAPTER = "adapter";
    private static final String WEIGHTS = "weights.safetensors";
    private static final int FORMAT = 1;

    /** Returns whether a folder holds what {@link TextModel#save} has written. */
    public static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /**
     * Reads a folder's description; empty if there is none.
     *
     * @throws IOException if it cannot be read
     * @throws ModelFormatException if it does not fit
     */
    public static Optional<SavedModel> find(Path folder) throws IOException {
        return isIn(folder) ? Optional.of(read(folder)) : Optional.empty();
    }

    /**
     * Reads a folder's description.
     *
     * @throws IOException if it cannot be read
     * @throws ModelFormatException if there is none, or it does not fit
     */
    public static SavedModel read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    folder.toString(),
                    "no tuned model is here: " + FILE + " is missing; give a folder that a run has written");
        }
        JsonObject json = Json.parse(Files.readAllBytes(file), file.toString()).asObject();
        if (json.get("format").asLong() != FORMAT) {
            throw new ModelFormatException(
                    file.toString(), 0, "this version reads format " + FORMAT + "; got " + json.get("format"));
        }
        boolean merged = json.find("merged").map(JsonValue::asBoolean).orElse(false);
        return new SavedModel(
                folder,
                folder.resolve(json.get("base").asString()),
                Tasks.of(json.get("task").asObject()),
                json.get("max_length").asInt(),
                json.get("seed").asLong(),
                merged ? WeightStorage.F32 : storage(json),
                merged);
    }

    private static WeightStorage storage(JsonObject json) {
        Optional<JsonValue> word = json.find("storage");
        try {
            return word.map(JsonValue::asString).map(WeightStorage::named).orElse(WeightStorage.F32);
        } catch (IllegalArgumentException e) {
            JsonValue.Place place = word.orElse(json).place();
            throw new ModelFormatException(place.source(), place.offset(), String.valueOf(e.getMessage()));
        }
    }

    void write() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("base", base.toAbsolutePath().normalize().toString());
        json.put("task", task.fields());
        json.put("max_length", maxLength);
        json.put("seed", seed);
        json.put("storage", storage.toString());
        json.put("merged", merged);
        AtomicFiles.writeString(folder.resolve(FILE), Json.of(json).toJson(2) + "\n");
    }

    /** Returns the folder of the adapter that was learned; empty if it was merged or nothing was learned. */
    public Optional<Path> adapter() {
        return Optional.of(adapterFolder()).filter(adapter -> !merged && Files.isDirectory(adapter));
    }

    /** Returns the folder whose weights a run goes on from: this one if they were merged, else the pretrained one. */
    public Path start() {
        return merged ? folder : base;
    }

    Path adapterFolder() {
        return folder.resolve(ADAPTER);
    }

    Path weights() {
        return folder.resolve(WEIGHTS);
    }
}
