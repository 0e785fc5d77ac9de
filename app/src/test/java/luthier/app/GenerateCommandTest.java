package luthier.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Continuations and conversations of a tiny decoder. */
class GenerateCommandTest {
    @TempDir
    private static Path folder;

    private static Path model = Path.of("");

    @BeforeAll
    static void make() throws IOException {
        model = TinyFolder.decoder(folder.resolve("decoder"));
    }

    private static JsonObject json(Object... more) {
        Object[] words = new Object[more.length + 2];
        words[0] = "generate";
        words[1] = model;
        System.arraycopy(more, 0, words, 2, more.length);
        String line = Spoken.of(words).done().strip();
        return Json.parse(line.getBytes(UTF_8), "out").asObject();
    }

    private static String text(Object... more) {
        return json(more).get("text").asString();
    }

    @Test
    void writesTheContinuationAlone() {
        Spoken spoken = Spoken.of("generate", model, "the bill is", "--max-tokens", 5);
        assertEquals(
                text("the bill is", "--max-tokens", 5, "--json"), spoken.done().strip());
        assertTrue(
                spoken.err().matches("(?s)5 tokens after 3 of the prompt in .* a second; ended by --max-tokens\\R"),
                spoken.err());
        assertEquals(
                spoken.out(),
                Spoken.of("generate", model, "the bill is", "--max-tokens", 5).done());
    }

    @Test
    void readsStandardInput() {
        CommandLine command =
                new CommandLine(new GenerateCommand(new ByteArrayInputStream("the bill is\n".getBytes(UTF_8))));
        String read = Spoken.of(command, model, "-", "--max-tokens", 5).done();
        assertEquals(
                Spoken.of("generate", model, "the bill is", "--max-tokens", 5).done(), read);
    }

    @Test
    void aSeedGivesTheSameDraws() {
        Object[] words = {"the", "--max-tokens", 12, "--temperature", 1.5, "--top-k", 9, "--seed", 4, "--json"};
        assertEquals(text(words), text(words));
        words[8] = 5;
        String other = text(words);
        words[8] = 4;
        assertTrue(!other.equals(text(words)), other);
    }

    @Test
    void endsBeforeAStop() {
        String whole = text("the bill is", "--max-tokens", 6, "--json");
        String stop = whole.strip().split(" ")[2];
        JsonObject stopped = json("the bill is", "--max-tokens", 6, "--json", "--stop", stop);
        assertEquals(
                whole.substring(0, whole.indexOf(stop)), stopped.get("text").asString());
        assertEquals("a stop", stopped.get("ended_by").asString());
    }

    @Test
    void rendersAChat() {
        JsonObject chat = json("the bill", "--chat", "--max-tokens", 4, "--json");
        assertEquals(4, chat.get("prompt_tokens").asInt());
        assertEquals(
                text("<user> the bill </s> ", "--max-tokens", 4, "--json"),
                chat.get("text").asString());
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertEquals(
                "luthier: generate: --system is a message of a chat; got no --chat; give it too",
                Spoken.of("generate", model, "the", "--system", "is").refused(2));
        assertEquals(
                "luthier: generate: --top-k, --top-p and --min-p choose what is drawn from; got temperature 0, which draws"
                        + " nothing; give --temperature 0.7",
                Spoken.of("generate", model, "the", "--top-k", 3).refused(2));
        assertEquals(
                "luthier: generate: a prompt must not be longer than the model's texts; got 40 tokens for 32; shorten it",
                Spoken.of("generate", model, "the ".repeat(40)).refused(2));
        Path encoder = TinyFolder.encoder(folder.resolve("encoder"));
        assertTrue(Spoken.of("generate", encoder, "the")
                .refused(4)
                .contains("a model that scores next tokens must be of a causal family; got bert"));
    }

    @Test
    void talksAndSaves() throws IOException {
        Path file = folder.resolve("chat.jsonl");
        String lines = "the bill\n/what\n/save\n/save " + file + "\n/reset\nthe bill\n" + "the ".repeat(40) + "\n";
        CommandLine command = new CommandLine(new ChatCommand(new ByteArrayInputStream(lines.getBytes(UTF_8))));
        String said = Spoken.of(command, model, "--max-tokens", 3).done();
        String answer = text("the bill", "--chat", "--max-tokens", 3, "--json");
        String wrong = "there are /reset, /save FILE and /quit; got /what";
        String long40 =
                "generate: a prompt must not be longer than the model's texts; got 51 tokens for 32; shorten it;"
                        + " /reset begins anew";
        assertEquals(
                String.join(
                        System.lineSeparator(),
                        "> " + answer,
                        "> " + wrong,
                        "> /save needs the name of a file: /save chat.jsonl",
                        "> saved 2 messages in " + file,
                        "> begun anew",
                        "> " + answer,
                        "> " + long40,
                        "> "),
                said);
        JsonObject saved = Json.parse(Files.readAllBytes(file), "chat").asObject();
        assertEquals(
                answer,
                saved.get("messages").asList().get(1).asObject().get("content").asString());
    }
}
