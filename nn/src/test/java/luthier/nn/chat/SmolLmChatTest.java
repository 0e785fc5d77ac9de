package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import luthier.golden.NotCovered;
import luthier.nn.chat.ChatFormat.Ending;
import luthier.nn.data.LabelledTokens;
import luthier.nn.text.EncodingOptions;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Test;

/** SmolLM2's own template, which marks no answers: texts, ids and labels as the published tools make them. */
class SmolLmChatTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 30, 12, 34, 56);

    private static Path model() {
        String wish = System.getProperty("luthier.models", "");
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        Path models = wish.isBlank() ? project.resolve("../shared/models") : Path.of(wish);
        Path model = models.resolve("smollm2-135m-instruct").normalize();
        if (!Files.isDirectory(model)) {
            String line = "smollm2-135m-instruct: no such model; name the folder of models with -Dluthier.models=DIR";
            System.out.println(line);
            throw new NotCovered(line);
        }
        return model;
    }

    private static Conversation conversation(JsonObject row) {
        List<Message> messages = row.get("messages").asList().stream()
                .map(m -> new Message(m.asObject()))
                .toList();
        return new Conversation(messages, List.of(), Map.of());
    }

    private static int[] ints(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    @Test
    void chats() throws IOException {
        Path model = model();
        ChatFormat format = ChatFormat.open(model);
        Tokenizer tokenizer = Tokenizer.open(model);
        for (JsonValue each : Json.read(model.resolve("expected/chat.json")).asList()) {
            JsonObject chat = each.asObject();
            Ending ending = chat.get("add_generation_prompt").asBoolean() ? Ending.ANSWER : Ending.WHOLE;
            String text = format.render(conversation(chat), ending, NOW).text();
            assertEquals(chat.get("text").asString(), text);
            assertArrayEquals(
                    ints(chat.get("ids")),
                    tokenizer
                            .encode(List.of(text), EncodingOptions.USUAL.unframed())
                            .ids());
        }
    }

    @Test
    void rowsOfTraining() throws IOException {
        Path model = model();
        ChatRows rows = new ChatRows(ChatFormat.open(model), Tokenizer.open(model), Trained.ASSISTANT, true, NOW);
        JsonObject expected = Json.read(model.resolve("expected/lora.json")).asObject();
        for (JsonValue each : expected.get("rows").asList()) {
            JsonObject row = each.asObject();
            LabelledTokens made = rows.row(conversation(row), Integer.MAX_VALUE);
            assertArrayEquals(ints(row.get("ids")), made.ids());
            assertArrayEquals(ints(row.get("labels")), made.labels());
        }
    }
}
