package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import luthier.finetune.task.Metric;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/** Checkpoints of a run that never ran, and looks at folders. */
final class CheckpointExamples {
    static final RunIdentity IDENTITY = RunIdentity.here(
            Map.of("learning-rate", "0.001", "batch-size", "4", "threads", "2"),
            Map.of("data", new RunIdentity.Source("a.csv", "aaaabbbbccccdddd")));

    private CheckpointExamples() {}

    /** The checkpoint of a step, with the best so far at another; 0 for none. */
    static Checkpoint at(long step, long best) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Map<String, Tensor> optimizer = new LinkedHashMap<>();
        for (String name : List.of("layer.0.weight", "layer.1.weight")) {
            Rng rng = Rng.of(step).split(name);
            weights.put(name, rng.split("w").normal(DType.F32, Shape.of(17, 13), 0, 1));
            optimizer.put(name + ".m", rng.split("m").normal(DType.F32, Shape.of(17, 13), 0, 1));
        }
        optimizer.put("step", Tensor.scalar(step));
        List<RunState.Evaluation> evaluations = new ArrayList<>();
        evaluations.add(new RunState.Evaluation(
                step, Map.of("valid", Map.of("accuracy", 1.0 / 3, "loss", Double.NEGATIVE_INFINITY))));
        BestKeeper keeper = BestKeeper.of(Metric.named("accuracy"), 3, 0);
        JsonObject so = best == 0
                ? RunState.NO_BEST
                : Json.of(keeper.after(best, 0.1 + 0.2).toFields()).asObject();
        RunState state = new RunState(
                step, 20, new RunState.Position(step / 5, step % 5, 4 * (step % 5)), 7, so, evaluations, 100 * step);
        return new Checkpoint(IDENTITY, state, weights, optimizer);
    }

    static void assertSame(Checkpoint expected, Checkpoint actual) {
        assertEquals(expected.identity(), actual.identity());
        assertEquals(expected.state().toJson(), actual.state().toJson());
        assertSame(expected.weights(), actual.weights());
        assertSame(expected.optimizer(), actual.optimizer());
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(actual.get(name), name);
            assertEquals(tensor.dtype(), other.dtype(), name);
            assertEquals(tensor.shape(), other.shape(), name);
            if (tensor.dtype() == DType.F32) {
                assertArrayEquals(tensor.toFloatArray(), other.toFloatArray(), name);
            } else {
                assertArrayEquals(tensor.toDoubleArray(), other.toDoubleArray(), name);
            }
        });
    }

    /** Returns the names in a folder but that of the lock. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns all files of a folder with their contents' fingerprints, the lock's too. */
    static Map<String, String> tree(Path folder) throws IOException {
        Map<String, String> tree = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted().toList()) {
                tree.put(
                        folder.relativize(file).toString(),
                        Files.isDirectory(file) ? "folder" : Fingerprint.sha256(file));
            }
        }
        return tree;
    }
}
