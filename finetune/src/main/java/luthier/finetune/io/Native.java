package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;

/**
 * This library's own folders, for methods that no other tool's files can say: {@code adaptation.json} with the method and its
 * options, {@code adaptation.safetensors} with what was learned.
 */
public final class Native implements Dialect {
    private static final String CONFIG = "adaptation.json";
    private static final String WEIGHTS = "adaptation.safetensors";
    private static final long FORMAT = 1;

    /** Creates the dialect. */
    public Native() {}

    @Override
    public String name() {
        return "native";
    }

    @Override
    public boolean reads(Path path) {
        return Files.isRegularFile(path.resolve(CONFIG));
    }

    @Override
    public Saved read(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonObject json = Json.parse(Files.readAllBytes(file), file.toString()).asObject();
        long format = json.get("format").asLong();
        if (format != FORMAT) {
            throw new ModelFormatException(
                    file.toString(), 0, "this version reads format " + FORMAT + "; got " + format);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        json.get("options").asObject().members().forEach((name, value) -> fields.put(name, JsonPlain.of(value)));
        return new Saved(
                json.get("method").asString(),
                fields,
                Safetensors.read(folder.resolve(WEIGHTS)),
                json.find("task").map(JsonValue::asString));
    }

    @Override
    public boolean writes(String kind) {
        return true;
    }

    @Override
    public void write(Path folder, Saved saved) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("method", saved.kind());
        json.put("options", saved.fields());
        saved.task().ifPresent(task -> json.put("task", task));
        Files.createDirectories(folder);
        SequencedMap<Path, AtomicFiles.Content> files = new LinkedHashMap<>();
        files.put(
                folder.resolve(WEIGHTS),
                channel -> Safetensors.write(channel, new TreeMap<>(saved.tensors()), Map.of("format", "pt")));
        files.put(folder.resolve(CONFIG), AtomicFiles.text(Json.of(json).toJson(2) + "\n"));
        AtomicFiles.writeTogether(files);
    }
}
