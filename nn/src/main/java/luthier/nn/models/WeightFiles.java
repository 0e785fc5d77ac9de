package luthier.nn.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.WeightSource;

/**
 * Which of a folder's files hold the weights: safetensors before torch before ONNX, a set of them whole, never two mixed.
 *
 * @param file the file, or the index of the shards
 * @param notes what a user should know of the others
 */
record WeightFiles(Path file, List<String> notes) {
    private static final List<List<String>> SETS = List.of(
            List.of("model.safetensors", "model.safetensors.index.json"),
            List.of("pytorch_model.bin", "pytorch_model.bin.index.json"),
            List.of("model.onnx"));
    private static final Set<String> FOREIGN =
            Set.of("tf_model.h5", "flax_model.msgpack", "rust_model.ot", "model.ckpt.index", "bert_model.ckpt.index");

    /**
     * Finds a folder's weights.
     *
     * @throws ModelFormatException if there are none, or two sets of one format
     */
    static WeightFiles find(Path folder) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> file.getFileName().toString()).sorted().toList();
        }
        List<String> there = SETS.stream()
                .map(set -> one(folder, set.stream().filter(names::contains).toList()))
                .flatMap(List::stream)
                .toList();
        if (there.isEmpty()) {
            List<String> foreign = names.stream().filter(FOREIGN::contains).toList();
            throw new ModelFormatException(
                    folder.toString(),
                    0,
                    "a model folder must hold model.safetensors, or an index of shards, pytorch_model.bin or model.onnx;"
                            + " got none of them"
                            + (foreign.isEmpty() ? "" : "; " + String.join(", ", foreign) + " cannot be read"));
        }
        Path file = folder.resolve(there.getFirst());
        List<String> notes = new ArrayList<>();
        if (there.getFirst().startsWith("pytorch_model")) {
            notes.add(
                    there.getFirst() + " is a pickle: it was read without running anything of it; safetensors would be"
                            + " safer to pass on");
        }
        for (String other : there.subList(1, there.size())) {
            notes.add(other + " lies beside " + there.getFirst() + " and was left alone");
        }
        strayShards(file, names).forEach(stray -> notes.add(stray + " is in no index and was left alone"));
        return new WeightFiles(file, notes);
    }

    /** Returns the file of a set, none or one. */
    private static List<String> one(Path folder, List<String> there) {
        if (there.size() > 1) {
            throw new ModelFormatException(
                    folder.toString(),
                    0,
                    "a folder must hold one checkpoint; got " + String.join(" and ", there)
                            + "; remove one of the two sets");
        }
        return there;
    }

    private static List<String> strayShards(Path file, List<String> names) throws IOException {
        Set<String> listed = file.toString().endsWith(".json")
                ? Json.read(file).asObject().get("weight_map").asObject().members().values().stream()
                        .map(JsonValue::asString)
                        .collect(Collectors.toSet())
                : Set.of();
        return names.stream()
                .filter(name -> name.matches("(model|pytorch_model)-\\d+-of-\\d+\\.(safetensors|bin)"))
                .filter(name -> !listed.contains(name))
                .toList();
    }

    WeightSource open() throws IOException {
        return WeightSource.open(file);
    }
}
