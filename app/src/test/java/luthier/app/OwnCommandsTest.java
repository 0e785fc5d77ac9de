package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands on a model and rows of one's own, from files to what is printed. */
class OwnCommandsTest {
    @TempDir
    private static Path directory;

    private static Path model = Path.of("");
    private static Path tickets = Path.of("");
    private static Path run = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        model = TinyFolder.encoder(directory.resolve("tiny"));
        tickets = TinyFolder.tickets(directory.resolve("tickets.csv"));
        run = Spoken.run(directory.resolve("run"), model, tickets, "--rank", "2", "--learning-rate", "0.01");
    }

    private static JsonObject json(String text) {
        return Json.parse(text, "printed").asObject();
    }

    private static double probability(JsonObject answer, String label) {
        return answer.get("probabilities").asObject().get(label).asDouble();
    }

    // ---- methods
    // --------------------------------------------------------------------------------------------------------

    @Test
    void showsTheMethods() {
        String table = Spoken.of("methods").done();
        assertTrue(table.startsWith("method     learning rate  PEFT       what\n"), table);
        assertTrue(
                table.contains("\nlora       2e-4           LORA       low-rank adapters beside linear layers\n"),
                table);
        assertTrue(table.contains("\nhead       0.01           -          "), table);
    }

    @Test
    void explainsAMethod() {
        String text = Spoken.of("methods", "lora").done();
        assertTrue(text.contains("formula: y = W x + (alpha / r) B A x\n"), text);
        assertTrue(text.contains("paper: Hu et al. 2021, arXiv:2106.09685\n"), text);
        assertTrue(text.contains("\n  --rank "), text);
        assertEquals(
                "LORA",
                json(Spoken.of("methods", "lora", "--json").done()).get("peft").asString());
        assertEquals(
                "luthier: methods: method must be one of head, full, freeze, bitfit, ln-tuning, lora, ia3, loreft; got lara; nearest: lora, ia3, head",
                Spoken.of("methods", "lara").refused(2));
    }

    // ---- data
    // -----------------------------------------------------------------------------------------------------------

    @Test
    void showsRowsAsTheModelReadsThem() {
        String text = Spoken.of("data", "--model", model, "--data", tickets, "-n", 2, "--max-length", 8)
                .done();
        assertEquals("""
                48 rows
                classify: text from column "text", label from column "label"
                unused columns: id
                3 labels: bill 16, page 16, parcel 16; always answering the first is right for 33.3 %
                tokens a row: median 7, 95 %% at most 7, longest 7; none cut at 8

                %1$s, line 2
                  reads   [CLS] my bill is wrong [SEP]
                  learns  bill

                %1$s, line 3
                  reads   [CLS] the bill is wrong [SEP]
                  learns  bill
                """.replace("33.3 %", "33.3 %%").formatted(tickets), text);
    }

    @Test
    void countsWhatIsCut() {
        JsonObject said =
                json(Spoken.of("data", "--model", model, "--data", tickets, "-n", 1, "--max-length", 5, "--json")
                        .done());
        assertEquals(48, said.get("tokens").asObject().get("cut").asInt());
        JsonObject example = said.get("examples").asList().getFirst().asObject();
        assertEquals(
                "[[\"[CLS]\",\"my\",\"bill\",\"is\",\"[SEP]\"]]",
                example.get("tokens").toJson(0));
        assertEquals(1, example.get("cut").asInt());
    }

    @Test
    void showsTagsBeneathTheirTokens() throws IOException {
        Path tags = directory.resolve("tags.jsonl");
        Files.writeString(tags, """
                {"tokens": ["my", "bills", "down"], "tags": ["O", "B-X", "O"]}
                {"tokens": ["the", "page"], "tags": ["O", "B-X"]}
                """);
        String text =
                Spoken.of("data", "--model", model, "--data", tags, "-n", 1).done();
        assertTrue(text.endsWith("""
                  reads   [CLS] my bill ##s down [SEP]
                  learns  -     O  B-X  -   O    -
                """), text);
    }

    @Test
    void namesTheTaskThatNoEncoderLearns() throws IOException {
        Path chat = directory.resolve("chat.jsonl");
        Files.writeString(
                chat,
                "{\"prompt\": \"my bill\", \"completion\": \"is late\"}\n{\"prompt\": \"my page\", \"completion\": \"is down\"}\n");
        String text = Spoken.of("data", "--model", model, "--data", chat).done();
        assertTrue(text.contains("completion needs a model that generates text"), text);
    }

    @Test
    void namesTheLineOfARowThatDoesNotFit() throws IOException {
        Path broken = directory.resolve("broken.csv");
        Files.writeString(broken, Files.readString(tickets) + "99,,bill\n");
        String line = Spoken.of("data", "--model", model, "--data", broken).refused(3);
        assertTrue(line.startsWith("luthier: " + broken + ", line 50"), line);
        assertTrue(line.contains("text: must not be empty"), line);
        assertEquals(
                "luthier: " + directory.resolve("none.csv") + ": no such file or folder",
                Spoken.of("data", "--model", model, "--data", directory.resolve("none.csv"))
                        .refused(3));
    }

    // ---- plan
    // -----------------------------------------------------------------------------------------------------------

    @Test
    void plansWithoutATrace() throws IOException {
        List<Path> before = files();
        String text = Spoken.of("plan", "--model", model, "--data", tickets, "--method", "lora", "--rank", 4)
                .done();
        assertTrue(text.contains("bert.encoder.layer.*.attention.self.query.lora_A.weight     [4, 8]       1\n"), text);
        assertTrue(text.contains("steps; "), text);
        assertTrue(text.contains("memory: "), text);
        assertTrue(text.contains("44 rows of training, 4 of validation") || text.contains("of validation"), text);
        assertEquals(before, files(), "nothing may be written");
        JsonObject json = json(Spoken.of("plan", "--model", model, "--data", tickets, "--method", "head", "--json")
                .done());
        assertEquals(27, json.get("trainable").asInt());
        assertEquals(27 * 4, json.get("gradient_bytes").asInt());
        assertEquals(27 * 8, json.get("optimizer_bytes").asInt());
        assertTrue(json.get("seconds_per_step").asDouble() > 0);
        assertEquals(9, json.get("steps").asInt());
    }

    private static List<Path> files() throws IOException {
        try (var all = Files.walk(directory)) {
            return all.sorted().toList();
        }
    }

    @Test
    void planNeedsModelAndData() {
        assertTrue(Spoken.of("plan", "--data", tickets).refused(2).contains("--model: "));
        assertTrue(Spoken.of("plan", "--model", model).refused(2).contains("--data: "));
    }

    // ---- predict
    // --------------------------------------------------------------------------------------------------------

    @Test
    void answersATextByNames() {
        String table = Spoken.of("predict", run, "my parcel is late").done();
        assertEquals(3, table.lines().count());
        for (String line : table.lines().toList()) {
            assertTrue(line.matches("(bill|page|parcel) +0\\.\\d{4}"), line);
        }
        JsonObject json =
                json(Spoken.of("predict", run, "my parcel is late", "--json").done());
        assertEquals(1, probability(json, "bill") + probability(json, "page") + probability(json, "parcel"), 1e-6);
        assertTrue(table.startsWith(json.get("label").asString()));
    }

    @Test
    void answersFilesAndStandardInputAsALineEach() throws IOException {
        Path asked = directory.resolve("asked.csv");
        Files.writeString(asked, "number,text\n1,my parcel is late\n2,the page is down\n");
        Spoken file = Spoken.of("predict", run, asked);
        List<String> lines = file.done().lines().toList();
        assertEquals("unused columns: number", file.err().strip());
        assertEquals(2, lines.size());
        byte[] input = "my parcel is late\nthe page is down\n".getBytes(StandardCharsets.UTF_8);
        String piped = Spoken.of(new CommandLine(new PredictCommand(new ByteArrayInputStream(input))), run, "-")
                .done();
        assertEquals(file.out(), piped);
        String one = Spoken.of("predict", run, "the page is down", "--json").done();
        assertEquals(
                json(one).get("label").asString(),
                json(lines.get(1)).get("label").asString());
        assertEquals(probability(json(one), "page"), probability(json(lines.get(1)), "page"), 1e-6);
    }

    @Test
    void refusesTextsThatAreNone() throws IOException {
        assertEquals(
                "luthier: predict: the text must not be empty; got \" \"",
                Spoken.of("predict", run, " ").refused(2));
        assertTrue(Spoken.of("predict", run).refused(2).contains("got none"));
        assertTrue(Spoken.of("predict", run, "my", "bill")
                .refused(2)
                .contains("the model reads one text at a time; got 2"));
        assertEquals(
                "luthier: rows.jsonl: no such file",
                Spoken.of("predict", run, "rows.jsonl").refused(3));
        CommandLine piped = new CommandLine(
                        new PredictCommand(new ByteArrayInputStream("my bill\n\n".getBytes(StandardCharsets.UTF_8))))
                .setExecutionExceptionHandler(new ErrorLine());
        assertEquals(
                "luthier: standard input, line 2: every line must be a text; got an empty one; take it out",
                Spoken.of(piped, run, "-").refused(3));
        Path empty = directory.resolve("empty.jsonl");
        Files.writeString(empty, "{\"text\": \"my bill\"}\n{\"text\": \"\"}\n");
        assertTrue(Spoken.of("predict", run, empty).refused(3).contains("line 2: text: must be a text; got \"\""));
    }

    @Test
    void saysWhatIsCut() {
        Spoken said = Spoken.of("predict", run, "my bill is late is late is late is late is late");
        said.done();
        assertEquals("cut at 12 tokens: 1 of 1 text", said.err().strip());
    }

    @Test
    void answersByAPretrainedHead() throws IOException {
        Path head = TinyFolder.classifier(directory.resolve("head"), "good", "bad");
        String table = Spoken.of("predict", head, "my bill").done();
        assertTrue(table.contains("good") && table.contains("bad"), table);
        String line = Spoken.of("predict", model, "my bill").refused(4);
        assertEquals(
                "luthier: " + model
                        + ": the model must have a head that answers; got an encoder alone; fine-tune it, or embed with it",
                line);
    }

    // ---- embed
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void embedsTexts() throws IOException {
        Path many = directory.resolve("many.txt");
        Files.writeString(many, "my bill\nthe page\n");
        List<String> lines = Spoken.of("embed", model, many).done().lines().toList();
        assertEquals(2, lines.size());
        assertEquals(8, json(lines.getFirst()).get("vector").asList().size());
        Spoken one = Spoken.of("embed", model, "my bill");
        assertEquals("my bill", json(one.done()).get("text").asString());
        assertTrue(one.err().contains("a text's vector is the mean of its tokens'"), one.err());
        assertEquals(
                "luthier: embed: the run must have learned to embed; got task classify; use: luthier predict " + run,
                Spoken.of("embed", run, "my bill").refused(2));
    }

    // ---- evaluate
    // -------------------------------------------------------------------------------------------------------

    @Test
    void measuresARunOnAnotherFile() throws IOException {
        Path other = directory.resolve("other.csv");
        Files.writeString(other, "text,label,from\nmy bill is late,bill,a\nthe page is down,page,b\n");
        String text = Spoken.of("evaluate", run, "--data", other).done();
        assertTrue(text.startsWith("data: " + other + ", 2 rows\n"), text);
        assertTrue(text.contains("unused columns: from\n"), text);
        assertTrue(text.matches("(?s).*\n  accuracy +[01]\\.\\d{4}\n.*"), text);
        JsonObject json =
                json(Spoken.of("evaluate", run, "--data", other, "--json").done());
        double accuracy = json.get("data").asObject().get("accuracy").asDouble();
        assertTrue(List.of(0.0, 0.5, 1.0).contains(accuracy), () -> "of two rows: " + accuracy);
    }

    @Test
    void refusesLabelsThatWereNotLearned() throws IOException {
        Path other = directory.resolve("unknown.csv");
        Files.writeString(other, "text,label\nmy bill is late,bill\nthe page is down,router\n");
        String line = Spoken.of("evaluate", run, "--data", other).refused(3);
        assertTrue(line.contains("line 3") && line.contains("router"), line);
        assertEquals(
                "luthier: evaluate: the run was given no rows beside those of training; got " + run
                        + "; name a file of rows with --data",
                Spoken.of("evaluate", run).refused(2));
    }

    // ---- compare
    // --------------------------------------------------------------------------------------------------------

    @Test
    void putsRunsSideBySide() {
        Path other = Spoken.run(directory.resolve("run-head"), model, tickets, "--method", "head", "--seed", 3);
        String text = Spoken.of("compare", run, other).done();
        assertTrue(text.matches("(?s).*\nmethod +lora +head\n.*"), text);
        assertTrue(text.matches("(?s).*\nseed +0 +3\n.*"), text);
        assertTrue(text.matches("(?s).*\nrank +\\d+ +-\n.*"), text);
        assertTrue(text.matches("(?s).*\nvalid_accuracy +\\d\\.\\d+ +\\d\\.\\d+\n.*"), text);
        assertFalse(text.contains("batch-size"), "equal settings are left out: " + text);
        assertTrue(text.contains("\nseconds "), text);
        assertEquals(
                2,
                json(Spoken.of("compare", run, other, "--json").done())
                        .get("runs")
                        .asList()
                        .size());
        assertTrue(Spoken.of("compare", run).refused(2).contains("RUN"));
    }

    // ---- merge
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void mergesARun() throws IOException {
        Path out = directory.resolve("merged");
        String text = Spoken.of("merge", run, "--out", out).done();
        assertTrue(text.startsWith("merged into " + out + "\nlargest change of an output on 16 probe texts: "), text);
        assertTrue(Double.parseDouble(text.strip().replaceAll("(?s).*: ", "")) < 1e-5, text);
        assertEquals(
                Spoken.of("predict", run, "my parcel is late").done(),
                Spoken.of("predict", out, "my parcel is late").done());
        String again = Spoken.of("merge", run, "--out", out).refused(2);
        assertTrue(again.contains("the folder must be empty"), again);
        assertTrue(Spoken.of("merge", out, "--out", directory.resolve("twice"))
                .refused(4)
                .contains("nothing is left to merge"));
        assertTrue(Spoken.of("merge", run, "--out", directory.resolve("probed"), "--data", tickets)
                .done()
                .contains("on 16 probe texts"));
    }

    @Test
    void refusesToMergeWhatChangesNoWeights() {
        Path edits = Spoken.run(directory.resolve("run-loreft"), model, tickets, "--method", "loreft", "--rank", 2);
        Path out = directory.resolve("merged-loreft");
        String line = Spoken.of("merge", edits, "--out", out).refused(2);
        assertTrue(line.contains("method loreft changes what layers compute, not their weights"), line);
        assertTrue(Files.notExists(out));
    }

    // ---- inspect
    // --------------------------------------------------------------------------------------------------------

    @Test
    void looksIntoFilesAndFolders() throws IOException {
        String weights =
                Spoken.of("inspect", model.resolve("model.safetensors")).done();
        assertTrue(weights.startsWith("safetensors\nname "), weights);
        assertTrue(
                weights.matches("(?s).*\nbert\\.embeddings\\.word_embeddings\\.weight +F32 +\\[16, 8\\] +512\n.*"),
                weights);
        assertTrue(weights.matches("(?s).*\ntotal +\\d+ tensors, [\\d,]+ numbers, .*"), weights);
        assertTrue(Spoken.of("inspect", model).done().contains("hidden_size"));
        String adapter = Spoken.of("inspect", run.resolve("adapter")).done();
        assertTrue(adapter.startsWith("adapter, dialect peft\n"), adapter);
        assertTrue(adapter.matches("(?s).*\nmethod +LORA\n.*"), adapter);
        String rows = Spoken.of("inspect", tickets).done();
        assertTrue(rows.matches("(?s)csv rows\n.*\ntask +classify\n.*"), rows);
        assertTrue(Spoken.of("inspect", run).done().startsWith("folder of a run\n"));
        assertEquals(
                "safetensors",
                json(Spoken.of("inspect", model.resolve("model.safetensors"), "--json")
                                .done())
                        .get("kind")
                        .asString());
        byte[] bytes = Files.readAllBytes(model.resolve("model.safetensors"));
        Path cut = directory.resolve("cut.safetensors");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        Spoken.of("inspect", cut).refused(4);
        assertTrue(Spoken.of("inspect", directory.resolve("nothing")).refused(2).contains("no such file or folder"));
    }
}
