package luthier.nn.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.nn.chat.ChatFormat.Ending;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Folders made from public reports: which template they give, which tokens end an answer, how their tables encode. */
class FoldersCasesTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 30, 12, 34, 56);

    @TempDir
    private Path root;

    @TestFactory
    Stream<DynamicTest> folders() {
        return CaseFile.tests("folders.json", this::check);
    }

    private void check(JsonObject c) {
        try {
            Path folder = write(c);
            checkText(c, "plain", folder, List.of());
            JsonObject tool = Json.of(Map.of("type", "function", "function", Map.of("name", "f")))
                    .asObject();
            checkText(c, "tools", folder, List.of(tool));
            if (c.find("stop_ids").isPresent()) {
                assertEquals(
                        c.get("stop_ids").asList().stream()
                                .map(JsonValue::asInt)
                                .toList(),
                        new ArrayList<>(StopTokens.of(folder, Tokenizer.open(folder))));
            }
            if (c.find("encode").isPresent()) {
                Tokenizer tokenizer = Tokenizer.open(folder);
                for (JsonValue each : c.get("encode").asList()) {
                    int[] ids = each.asObject().get("ids").asList().stream()
                            .mapToInt(JsonValue::asInt)
                            .toArray();
                    assertArrayEquals(
                            ids, tokenizer.encode(each.asObject().get("text").asString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkText(JsonObject c, String sort, Path folder, List<JsonObject> tools) throws IOException {
        Conversation conversation = Conversation.of(Message.user("x")).withTools(tools);
        if (c.find("error_" + sort).isPresent()) {
            ChatFormat format = ChatFormat.open(folder);
            TemplateException refused =
                    assertThrows(TemplateException.class, () -> format.render(conversation, Ending.WHOLE, NOW));
            String word = c.get("error_" + sort).asString();
            assertTrue(String.valueOf(refused.getMessage()).contains(word), refused.getMessage());
        }
        if (c.find("text_" + sort).isPresent()) {
            assertEquals(
                    c.get("text_" + sort).asString(),
                    ChatFormat.open(folder)
                            .render(conversation, Ending.WHOLE, NOW)
                            .text());
        }
    }

    private Path write(JsonObject c) throws IOException {
        Path folder = Files.createDirectories(root.resolve(c.get("id").asString()));
        JsonObject files = c.get("files").asObject();
        if (files.find("vocab.json").isEmpty()) {
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer().toJson(0));
        }
        for (Map.Entry<String, JsonValue> file : files.members().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            JsonValue content = file.getValue();
            Files.writeString(path, content instanceof JsonString text ? text.value() : content.toJson(0));
        }
        return folder;
    }

    private static JsonValue tokenizer() throws IOException {
        Path file = CaseFile.folder().orElseThrow().resolve("folders.json");
        return Json.read(file).asObject().get("tokenizer_json");
    }
}
