package luthier.tensor.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.tensor.Tensor;

/**
 * The shards of a checkpoint, together with the index that says which tensor lies in which: {@code model.safetensors.index.json}, or {@code
 * pytorch_model.bin.index.json} for shards that are torch files.
 */
final class Shards implements TensorFile {
    static final String INDEX = "model.safetensors.index.json";

    private final String source;
    private final Map<Path, TensorFile> shards = new LinkedHashMap<>();
    private final Map<String, TensorFile> places = new LinkedHashMap<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Shards(String source) {
        this.source = source;
    }

    static Shards open(Path index) throws IOException {
        Shards result = new Shards(index.toString());
        boolean opened = false;
        try {
            result.read(index);
            opened = true;
            return result;
        } finally {
            if (!opened) {
                result.close();
            }
        }
    }

    private void read(Path index) throws IOException {
        Map<String, JsonValue> map =
                Json.read(index).asObject().get("weight_map").asObject().members();
        Map<String, Path> listed = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry : map.entrySet()) {
            listed.put(entry.getKey(), shard(index, entry.getValue()));
        }
        for (Map.Entry<String, Path> entry : listed.entrySet()) {
            Path path = entry.getValue();
            if (!shards.containsKey(path)) {
                shards.put(path, open(path, Objects.requireNonNull(map.get(entry.getKey()))));
            }
            TensorFile shard = Objects.requireNonNull(shards.get(path));
            if (!shard.tensors().containsKey(entry.getKey())) {
                throw Objects.requireNonNull(map.get(entry.getKey()))
                        .place()
                        .error("the shard must hold the tensor; got none of this name in " + path.getFileName());
            }
            places.put(entry.getKey(), shard);
        }
        shards.forEach((path, shard) -> collect(path, shard, listed));
    }

    /** Takes over a shard's tensors; each must be listed, and for this shard. */
    private void collect(Path path, TensorFile shard, Map<String, Path> listed) {
        shard.tensors().forEach((name, tensor) -> {
            if (!path.equals(listed.get(name))) {
                throw new ModelFormatException(
                        source,
                        0,
                        "every tensor of a shard must be listed for it; got " + ModelFormatException.escape(name)
                                + " in " + path.getFileName()
                                + (listed.containsKey(name) ? ", which is listed for another" : ", which is not"));
            }
            tensors.put(name, tensor);
        });
        shard.metadata().forEach(metadata::putIfAbsent);
    }

    private static TensorFile open(Path shard, JsonValue value) throws IOException {
        if (!Files.isRegularFile(shard)) {
            throw value.place()
                    .error("the shard must be there; got no file "
                            + ModelFormatException.escape(shard.getFileName().toString()));
        }
        return TorchFile.looksLikeOne(shard) ? TorchFile.open(shard) : SafetensorsFile.open(shard);
    }

    /** Returns the file that a name of the index stands for: one beside the index or below it. */
    private static Path shard(Path index, JsonValue value) {
        String name = value.asString();
        List<String> faults = new ArrayList<>();
        if (name.isBlank()) {
            faults.add("an empty name");
        }
        if (name.startsWith("/") || name.contains("\\") || name.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            faults.add("an absolute path or a URL");
        }
        if (List.of(name.split("/", -1)).contains("..")) {
            faults.add("a path out of the folder");
        }
        if (name.chars().anyMatch(c -> c < 0x20)) {
            faults.add("a control character");
        }
        if (faults.isEmpty()) {
            try {
                Path shard = index.resolveSibling(name).normalize();
                if (!shard.equals(index.normalize())) {
                    return shard;
                }
                faults.add("the index itself");
            } catch (java.nio.file.InvalidPathException unnameable) {
                faults.add("a name that no file can have here");
            }
        }
        throw value.place()
                .error("a shard must be a file beside the index; got " + faults.getFirst() + ", \""
                        + ModelFormatException.escape(name) + "\"");
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public Tensor read(String name) {
        TensorFile shard = places.get(name);
        if (shard == null) {
            throw HeldWeights.absent(name, source);
        }
        return shard.read(name);
    }

    @Override
    public void close() {
        shards.values().forEach(TensorFile::close);
    }
}
