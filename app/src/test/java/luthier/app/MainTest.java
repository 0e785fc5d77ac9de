package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import luthier.app.data.Supersenses;
import luthier.golden.ChildJvm;
import luthier.tensor.io.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line as users meet it: help, mistakes, interrupts. */
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private void assertRefused(String message, String... arguments) {
        assertRefused(ErrorLine.USAGE, message, arguments);
    }

    private void assertRefused(int code, String message, String... arguments) {
        assertEquals(code, run(arguments), () -> err + "" + out);
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("luthier: "), err.toString());
        assertTrue(err.toString().contains(message), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"finetune", "evaluate", "predict", "interpolate"})
    void explainsEveryCommand(String command) {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains(command), out.toString());
        assertEquals(0, run(command, "--help"));
        assertTrue(out.toString().contains("Usage: luthier " + command), out.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --method|qlora|--method: must be one of bitfit, freeze, full, head, ia3, ln-tuning, lora, loreft; got qlora
        --rank|0|--rank: must be at least 1; got 0
        --rank|eight|--rank: must be a whole number; got eight
        --alpha|-1|--alpha: must be positive and finite; got -1
        --layers|a|--layers: must be a whole number; got a
        --epochs|0|--epochs: must be at least 1; got 0
        --steps|0|--steps: must be at least 1; got 0
        --batch-size|0|--batch-size: must be at least 1; got 0
        --learning-rate|NaN|--learning-rate: must be a number; got NaN
        --learning-rate|0|--learning-rate: must be positive and finite; got 0.0
        --threads|0|--threads: must be at least 1; got 0
        --positions|f1+l1|--positions: belongs to method loreft; got method lora
        --quantize|4|Unknown option
        """)
    void refusesOptionsInOneLine(String option, String value, String message) {
        assertRefused(message, "finetune", option, value);
    }

    @Test
    void needsACommand() {
        assertRefused("a command is needed");
        assertEquals(2, run("train"));
    }

    @Tag("slow")
    @Test
    void refusesWhatDoesNotFitTheModel(@TempDir Path directory) {
        String folder = directory.resolve("run").toString();
        assertRefused(
                "rank must be a whole number of at least 1; got 1.5 for ",
                "finetune",
                "--rank-pattern",
                "query=1.5",
                "--out",
                folder);
        err.getBuffer().setLength(0);
        assertRefused("the model has blocks 0-5; got 6", "finetune", "--layers", "0-9", "--out", folder);
        err.getBuffer().setLength(0);
        assertRefused("querry", "finetune", "--targets", "querry", "--out", folder);
        assertTrue(err.toString().contains("query"), () -> "the nearest names must be shown: " + err);
        assertTrue(Files.notExists(Path.of(folder)), "nothing may be written before the settings are checked");
    }

    @Test
    void namesAFullDisk() {
        CommandLine commandLine = Main.commandLine().setErr(new PrintWriter(err, true));
        int code =
                new ErrorLine().handleExecutionException(new IOException("No space left on device"), commandLine, null);
        assertEquals(2, code);
        assertEquals(
                "luthier: no space left on the disk; what was logged is kept; free some space",
                err.toString().strip());
    }

    @Test
    void neverOverwritesARun(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("note.txt"), "mine");
        assertRefused("--out: the folder must be empty", "finetune", "--steps", "1", "--out", directory.toString());
        assertEquals("mine", Files.readString(directory.resolve("note.txt")));
    }

    @Test
    void refusesFoldersThatAreNoRuns(@TempDir Path directory) throws IOException {
        for (String command : List.of("evaluate", "interpolate")) {
            err.getBuffer().setLength(0);
            assertRefused(
                    ErrorLine.MODEL,
                    "not a run's folder",
                    command,
                    directory.resolve("nowhere").toString());
        }
        Files.writeString(directory.resolve("config.json"), "{\"format\": 2, \"method\": ");
        err.getBuffer().setLength(0);
        assertRefused(ErrorLine.MODEL, "config.json: the JSON ends too early", "evaluate", directory.toString());
        Files.writeString(directory.resolve("config.json"), "{\"format\": 2}");
        err.getBuffer().setLength(0);
        assertRefused(
                ErrorLine.MODEL, "the field \"method\" is missing", "predict", directory.toString(), "lion : a cat");
        Files.writeString(directory.resolve("config.json"), "[]");
        err.getBuffer().setLength(0);
        assertRefused(ErrorLine.MODEL, "must be an object", "evaluate", directory.toString());
    }

    @Tag("slow")
    @Test
    void refusesATruncatedAdapter(@TempDir Path directory) throws IOException {
        Settings settings = FinetuneCommand.usual();
        Files.writeString(
                directory.resolve("config.json"), Json.of(settings.toFields()).toJson(2));
        TunedModel tuning = TunedModel.fresh(settings, MiniLm.classifier(MiniLm.open(), Supersenses.read(), 0));
        tuning.save(directory);
        Path file = directory.resolve("adapter/adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(ErrorLine.MODEL, "the file is cut off", "evaluate", directory.toString());
    }

    @Test
    void endsWithinASecondWhenInterruptedAndKeepsTheLog(@TempDir Path directory) throws Exception {
        Path run = directory.resolve("run");
        List<String> arguments = new ArrayList<>(List.of("finetune", "--out", run.toString()));
        Process process = ChildJvm.prepare(List.of("-Xmx2g"), Main.class, arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Path metrics = run.resolve("metrics.jsonl");
            while (process.isAlive() && (Files.notExists(metrics) || Files.size(metrics) < 1000)) {
                Thread.sleep(50);
            }
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it must end");
            assertEquals(130, process.exitValue());
            List<String> lines = Files.readAllLines(metrics);
            assertTrue(lines.size() >= 4, lines.toString());
            lines.forEach(line -> Json.parse(line, "metrics.jsonl"));
        } finally {
            process.destroyForcibly();
        }
    }
}
