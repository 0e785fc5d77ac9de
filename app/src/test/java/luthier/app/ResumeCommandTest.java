package luthier.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.golden.ChildJvm;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.Rng;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A run on one's own model and rows, or of the main job, is stopped by a signal, or its process killed, and taken up again. */
@Tag("slow")
class ResumeCommandTest {
    private static final List<String> WORDS =
            List.of("red", "green", "blue", "dog", "cat", "cow", "car", "bus", "train", "the", "is", "on", "sees");
    private static final List<String> LABELS = List.of("colour", "animal", "vehicle");
    private static final int ROWS = 60;
    private static final String ADAPTER = "adapter/adapter_model.safetensors";

    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeModelAndRows() throws IOException {
        List<String> vocabulary = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        vocabulary.addAll(WORDS);
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.write(model.resolve("vocab.txt"), vocabulary);
        BertClassifier layers = new BertClassifier(
                new BertConfig(vocabulary.size(), 16, 32, 1, 2, 24, 2, 1e-12, 0),
                LABELS.size(),
                BertClassifier.Pooling.MEAN);
        layers.initialize(Seed.of(1));
        Safetensors.write(model.resolve("model.safetensors"), layers.bert().weights(), Map.of());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "bert");
        config.put("vocab_size", vocabulary.size());
        config.put("hidden_size", 16);
        config.put("intermediate_size", 32);
        config.put("num_hidden_layers", 1);
        config.put("num_attention_heads", 2);
        config.put("max_position_embeddings", 24);
        config.put("type_vocab_size", 2);
        config.put("layer_norm_eps", 1e-12);
        config.put("hidden_dropout_prob", 0.1);
        config.put("hidden_act", "gelu");
        Files.writeString(model.resolve("config.json"), Json.of(config).toJson(2));
        Files.write(folder.resolve("rows.csv"), rows());
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>(List.of("text,label"));
        for (int i = 0; i < ROWS; i++) {
            Rng rng = Rng.of(3).split(i);
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < 8; j++) {
                text.append(WORDS.get(rng.below(j, WORDS.size()))).append(' ');
            }
            rows.add(text + WORDS.get(3 * (i % 3) + rng.below(9, 3)) + "," + LABELS.get(i % 3));
        }
        return rows;
    }

    private List<String> finetune(String name) {
        return List.of(
                "finetune",
                "--model",
                folder.resolve("model").toString(),
                "--data",
                folder.resolve("rows.csv").toString(),
                "--epochs",
                "40",
                "--save-every",
                "10",
                "--patience",
                "0",
                "--out",
                folder.resolve(name).toString());
    }

    private int run(List<String> arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments.toArray(String[]::new));
    }

    private int resume(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("resume", folder.resolve("run").toString()));
        arguments.addAll(List.of(options));
        return run(arguments);
    }

    /** Runs a command in a process of its own until the log has so many lines more, and ends it by a signal. */
    private int signal(List<String> arguments, String signal, int lines) throws IOException, InterruptedException {
        Path log = folder.resolve("run/metrics.jsonl");
        int goal = lines + (Files.exists(log) ? Files.readAllLines(log).size() : 0);
        Process process = ChildJvm.prepare(List.of(), Main.class, arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (process.isAlive()
                    && (Files.notExists(log) || Files.readAllLines(log).size() < goal)) {
                Thread.sleep(5);
            }
            new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aStoppedAndKilledRunEndsWithTheFilesOfOneThatWasLeftAlone() throws IOException, InterruptedException {
        assertEquals(0, run(finetune("alone")), err.toString());
        assertEquals(143, signal(finetune("run"), "TERM", 15));
        assertEquals(137, signal(List.of("resume", folder.resolve("run").toString()), "KILL", 25));
        assertEquals(4, resume("--learning-rate", "0.5"));
        assertTrue(err.toString().contains("learning-rate 0.5 instead of "), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        Path moved = Files.move(folder.resolve("rows.csv"), folder.resolve("moved.csv"));
        assertEquals(0, resume("--data", moved.toString(), "--threads", "1"), err.toString());
        assertTrue(out.toString().contains("going on after step "), out.toString());
        for (String name : List.of(ADAPTER, "metrics.jsonl")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("alone").resolve(name)),
                    Files.readAllBytes(folder.resolve("run").resolve(name)),
                    name);
        }
        assertEquals(0, resume(), err.toString());
        assertTrue(
                out.toString()
                        .endsWith("the run is finished: it ended after step 160; there is nothing to go on with\n"),
                out.toString());
    }

    private List<String> mainJob(String name) {
        return List.of(
                "finetune",
                "--train-size",
                "320",
                "--epochs",
                "2",
                "--quiet",
                "--out",
                folder.resolve(name).toString());
    }

    @Test
    void aStoppedRunOfTheMainJobEndsWithTheFilesOfOneThatWasLeftAlone() throws IOException, InterruptedException {
        assertEquals(0, run(mainJob("alone")), err.toString());
        // Beyond the first evaluation, so that the best so far is one that the resumed run has not seen.
        assertEquals(130, signal(mainJob("run"), "INT", 13));
        assertEquals(4, run(List.of("predict", folder.resolve("run").toString(), "a small cat")));
        assertTrue(
                err.toString().matches("(?s).*the run has not ended; its newest checkpoint is after step 1\\d; .*"),
                err.toString());
        assertEquals(2, resume("--epochs", "3"));
        assertTrue(err.toString().contains("a run of the main job keeps its settings; got --epochs"), err.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, resume("--json", "--threads", "1"), err.toString());
        JsonObject result = Json.parse(out.toString().getBytes(StandardCharsets.UTF_8), "standard output")
                .asObject();
        JsonObject alone = Json.read(folder.resolve("alone/summary.json")).asObject();
        for (String name : List.of("weights_sha256", "best_step", "best_id_accuracy", "best_sha256", "ood_accuracy")) {
            assertEquals(alone.get(name).toJson(0), result.get(name).toJson(0), name);
        }
        for (String name : List.of(ADAPTER, "metrics.jsonl")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("alone").resolve(name)),
                    Files.readAllBytes(folder.resolve("run").resolve(name)),
                    name);
        }
    }
}
