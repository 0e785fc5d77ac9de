package luthier.finetune.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;

/** What happens to the files of a run while nobody works with it. */
final class RunDamage {
    private final TinyRun run;

    RunDamage(TinyRun run) {
        this.run = run;
    }

    private static String fileOf(String part) {
        return switch (part) {
            case "weights" -> CheckpointFiles.WEIGHTS;
            case "optimizer" -> CheckpointFiles.OPTIMIZER;
            case "random", "data position" -> CheckpointFiles.STATE;
            case "config" -> CheckpointFiles.IDENTITY;
            case "manifest" -> CheckpointFiles.MANIFEST;
            default -> throw new AssertionError("a part that this test does not know: " + part);
        };
    }

    void damage(JsonObject event) throws IOException {
        String which = ResumeStory.text(event.get("checkpoint"));
        for (String name : CheckpointExamples.names(run.checkpoints())) {
            if (which.equals("all") || name.equals("step-" + which)) {
                Path file = run.checkpoints()
                        .resolve(name)
                        .resolve(fileOf(event.get("part").asString()));
                damage(file, event.get("how").asString());
            }
        }
    }

    private static void damage(Path file, String how) throws IOException {
        byte[] content = Files.readAllBytes(file);
        switch (how) {
            case "missing" -> Files.delete(file);
            case "empty" -> Files.write(file, new byte[0]);
            case "cut in half" -> Files.write(file, Arrays.copyOf(content, content.length / 2));
            case "one bit flipped" -> {
                content[content.length / 2] ^= 4;
                Files.write(file, content);
            }
            case "bytes of another run, same size" -> {
                for (int i = content.length / 2; i < content.length; i++) {
                    content[i] = (byte) (content[i] * 31 + 7);
                }
                Files.write(file, content);
            }
            default -> throw new AssertionError("a damage that this test does not know: " + how);
        }
    }

    void extra(JsonObject event) throws IOException {
        Path file = run.checkpoints().resolve(event.get("path").asString());
        Files.createDirectories(file.getParent());
        Files.writeString(file, event.get("how").asString());
    }

    void touch(JsonObject event) throws IOException {
        Path checkpoint = run.checkpoints().resolve("step-" + ResumeStory.text(event.get("checkpoint")));
        FileTime later = FileTime.from(Instant.now().plusSeconds(60));
        Files.setLastModifiedTime(checkpoint, later);
        for (String name : CheckpointExamples.names(checkpoint)) {
            Files.setLastModifiedTime(checkpoint.resolve(name), later);
        }
    }

    /** Changes a field of the newest checkpoint's manifest or of the run's configuration. */
    void edit(JsonObject event) throws IOException {
        Path file = run.config();
        if (event.get("file").asString().equals("manifest")) {
            try (CheckpointFolder checkpoints = CheckpointFolder.open(run.checkpoints(), 1)) {
                file = run.checkpoints()
                        .resolve("step-" + checkpoints.steps().last())
                        .resolve(CheckpointFiles.MANIFEST);
            }
        }
        Map<String, JsonValue> fields =
                new LinkedHashMap<>(Json.read(file).asObject().members());
        JsonValue value = event.get("value");
        boolean manifest = !file.equals(run.config());
        fields.put(event.get("field").asString(), manifest ? value : Json.of(ResumeStory.text(value)));
        Files.writeString(file, Json.of(fields).toJson(2));
    }

    void data(String change) throws IOException {
        switch (change) {
            case "moved" -> run.data = Files.move(run.data, run.folder().resolve("moved.csv"));
            case "touched" ->
                Files.setLastModifiedTime(run.data, FileTime.from(Instant.now().plusSeconds(60)));
            case "deleted" -> Files.delete(run.data);
            default -> rows(run.data, change);
        }
    }

    void rows(Path file, String change) throws IOException {
        List<String> rows = new ArrayList<>(Files.readAllLines(file));
        String first = rows.getFirst();
        switch (change) {
            case "a row appended" -> rows.add("abcabcabcabc,many");
            case "a row removed" -> rows.removeLast();
            case "one label changed" ->
                rows.set(0, first.endsWith("many") ? first.replace("many", "few") : first.replace("few", "many"));
            case "one letter changed" -> rows.set(0, (first.charAt(0) == 'a' ? "b" : "a") + first.substring(1));
            case "two rows exchanged" -> Collections.swap(rows, 0, 1);
            case "CRLF" -> {}
            default -> throw new AssertionError("a change that this test does not know: " + change);
        }
        String end = change.equals("CRLF") ? "\r\n" : "\n";
        Files.write(file, (String.join(end, rows) + end).getBytes(StandardCharsets.UTF_8));
    }

    void base(String change) throws IOException {
        Path weights = run.model.resolve("model.safetensors");
        switch (change) {
            case "one weight changed" -> {
                Map<String, Tensor> values = new LinkedHashMap<>(TinyRun.base(3));
                values.computeIfPresent("classifier.bias", (name, bias) -> bias.add(0x1p-20));
                Safetensors.write(weights, values, Map.of());
            }
            case "another of the same shapes" -> Safetensors.write(weights, TinyRun.base(4), Map.of());
            case "tokenizer changed" -> Files.writeString(run.model.resolve("vocab.txt"), "b\na\nc\nd\ne\nf\ng\nh\n");
            case "moved" -> run.model = Files.move(run.model, run.folder().resolve("elsewhere"));
            case "deleted" -> {
                for (String name : CheckpointExamples.names(run.model)) {
                    Files.delete(run.model.resolve(name));
                }
                Files.delete(run.model);
            }
            default -> throw new AssertionError("a change that this test does not know: " + change);
        }
    }

    static void copyFolder(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
