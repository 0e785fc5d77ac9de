package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that trains on from an adapter, and what runs say to programs and to nobody. */
class ContinuedRunTest {
    @TempDir
    private Path directory = Path.of("");

    private Path model = Path.of("");
    private Path tickets = Path.of("");

    @BeforeEach
    void makeModelAndRows() throws IOException {
        model = TinyFolder.encoder(directory.resolve("mödel with spaces"));
        tickets = TinyFolder.tickets(directory.resolve("tickets.csv"));
    }

    private static JsonObject json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), "standard output")
                .asObject();
    }

    private static String validation(JsonObject result, String when) {
        return result.get(when).asObject().get("valid").toJson(0);
    }

    @Test
    void trainsOnFromAnAdapterWithItsMethodAndOptions() throws IOException {
        for (String method : new String[] {"lora", "ia3", "full", "loreft"}) {
            Path first = Spoken.run(directory.resolve("first " + method), model, tickets, "--method", method);
            JsonObject before = json(Files.readString(first.resolve("summary.json")));
            Path second = directory.resolve("second " + method);
            JsonObject result = json(Spoken.of(
                            "finetune",
                            "--model",
                            model,
                            "--data",
                            tickets,
                            "--adapter",
                            first.resolve("adapter"),
                            "--epochs",
                            1,
                            "--json",
                            "--quiet",
                            "--out",
                            second)
                    .done());
            assertEquals(method, result.get("method").asString());
            assertEquals(second.toString(), result.get("run").asString());
            assertEquals(
                    before.get("valid_loss").asDouble(),
                    result.get("before")
                            .asObject()
                            .get("valid")
                            .asObject()
                            .get("loss")
                            .asDouble(),
                    1e-6,
                    "it begins where the first has ended");
            // A run's folder stands for its model and its adapter.
            JsonObject same = json(Spoken.of(
                            "finetune",
                            "--model",
                            first,
                            "--data",
                            tickets,
                            "--epochs",
                            1,
                            "--json",
                            "--quiet",
                            "--out",
                            directory.resolve("third " + method))
                    .done());
            assertEquals(validation(result, "after"), validation(same, "after"));
            assertTrue(Spoken.of("resume", second).done().contains("the run is finished"));
            assertTrue(Spoken.of("predict", second, "my bill is wrong").done().contains("bill"));
        }
    }

    @Test
    void refusesWhatContradictsTheAdapter() throws IOException {
        Path first = Spoken.run(directory.resolve("first"), model, tickets, "--rank", 4);
        Object[] again = {
            "finetune", "--model", model, "--data", tickets, "--adapter", first, "--out", directory.resolve("x")
        };
        assertEquals(
                "luthier: --method: must be that of the adapter that is trained on, lora; got ia3; leave it away,"
                        + " or train anew without --adapter",
                Spoken.of(with(again, "--method", "ia3")).refused(2));
        assertEquals(
                "luthier: rank: must be that of the adapter that is trained on, 4; got 8; leave it away, or train anew"
                        + " without --adapter",
                Spoken.of(with(again, "--rank", 8)).refused(2));
        Path others = directory.resolve("others.csv");
        Files.writeString(others, Files.readString(tickets).replace(",page\n", ",site\n"));
        String line = Spoken.of("finetune", "--model", first, "--data", others, "--out", directory.resolve("x"))
                .refused(2);
        assertTrue(line.contains("the rows must have the task and labels that were learned before, classify"), line);
        assertTrue(line.contains("site"), line);
        line = Spoken.of("finetune", "--model", first, "--adapter", first, "--data", tickets)
                .refused(2);
        assertTrue(line.contains("which has an adapter of its own"), line);
        line = Spoken.of("finetune", "--model", model, "--adapter", "nowhere", "--data", tickets)
                .refused(4);
        assertEquals("luthier: nowhere: no such adapter; give the folder of one with --adapter", line);
        assertTrue(Files.notExists(directory.resolve("x")));
        // What agrees may be said.
        Spoken.of(with(again, "--rank", 4, "--epochs", 1)).done();
    }

    @Test
    void trainsOnFromMergedWeights() throws IOException {
        Path first = Spoken.run(directory.resolve("first"), model, tickets);
        Path merged = directory.resolve("merged");
        Spoken.of("merge", first, "--out", merged).done();
        Path second = directory.resolve("second");
        Spoken.of("finetune", "--model", merged, "--data", tickets, "--method", "ia3", "--epochs", 1, "--out", second)
                .done();
        assertTrue(Spoken.of("predict", second, "my bill is wrong").done().contains("bill"));
    }

    @Test
    void saysNothingButTheResult() {
        Spoken quiet = Spoken.of(
                "finetune",
                "--model",
                model,
                "--data",
                tickets,
                "--epochs",
                1,
                "--quiet",
                "--out",
                directory.resolve("quiet"));
        assertEquals("", quiet.err());
        assertTrue(quiet.done().matches("(?s) *metric +before +after\n.*"), quiet.out());
        Spoken json = Spoken.of(
                "finetune",
                "--model",
                model,
                "--data",
                tickets,
                "--epochs",
                1,
                "--json",
                "--out",
                directory.resolve("json"));
        assertEquals("classify", json(json.done()).get("task").asString());
        assertTrue(json.err().contains("epoch 1"), json.err());
    }

    private static Object[] with(Object[] words, Object... more) {
        Object[] all = new Object[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }
}
