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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.data.LabelledBatch;
import luthier.nn.data.LabelledPack;
import luthier.nn.data.LabelledTokens;
import luthier.nn.text.Span;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is trained of conversations, batches and packs, made from public reports. */
class MasksCasesTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 30, 12, 34, 56);
    private static final String MODEL = "smollm2-135m-instruct";

    private Optional<Tokenizer> opened = Optional.empty();

    @TestFactory
    Stream<DynamicTest> masks() {
        return CaseFile.tests("masks.json", this::check);
    }

    private void check(JsonObject c) {
        switch (c.get("op").asString()) {
            case "row" -> row(c);
            case "batch" -> batch(c);
            case "pack" -> pack(c);
            default -> throw new NotCovered("op " + c.get("op").asString());
        }
    }

    private void row(JsonObject c) {
        Trained trained = c.get("last_turn_only").asBoolean() ? Trained.LAST : Trained.ASSISTANT;
        boolean asText = c.find("contents_as_text").map(JsonValue::asBoolean).orElse(false);
        ChatRows rows = new ChatRows(format(c.get("template").asString()), tokenizer(), trained, asText, NOW);
        Conversation conversation = new Conversation(
                c.get("messages").asList().stream()
                        .map(m -> new Message(m.asObject()))
                        .toList(),
                List.of(),
                Map.of());
        if (c.find("text").isPresent()) {
            assertEquals(c.get("text").asString(), rows.text(conversation).text());
        }
        if (c.find("spans").isPresent()) {
            List<Span> spans = c.get("spans").asList().stream()
                    .map(span -> new Span(
                            span.asList().getFirst().asInt(),
                            span.asList().getLast().asInt()))
                    .toList();
            assertEquals(spans, rows.text(conversation).generated());
        }
        int most = c.find("max_length").map(JsonValue::asInt).orElse(Integer.MAX_VALUE);
        if (c.find("refused").isPresent()) {
            TemplateException refused = assertThrows(TemplateException.class, () -> rows.row(conversation, most));
            String words = c.get("refused").asString();
            assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
            return;
        }
        LabelledTokens row = rows.row(conversation, most);
        assertArrayEquals(ints(c.get("ids")), row.ids());
        assertArrayEquals(ints(c.get("labels")), row.labels());
        assertEquals(c.get("trained").asInt(), row.trained());
    }

    private static void batch(JsonObject c) {
        int multiple = c.find("multiple_of").map(JsonValue::asInt).orElse(1);
        LabelledBatch batch = LabelledBatch.of(rows(c), c.get("pad_id").asInt(), multiple);
        assertArrayEquals(table(c.get("ids")), batch.ids());
        assertArrayEquals(table(c.get("labels")), batch.labels());
        assertArrayEquals(table(c.get("attention")), batch.attention());
    }

    private static void pack(JsonObject c) {
        LabelledPack pack = LabelledPack.of(rows(c));
        assertArrayEquals(ints(c.get("ids")), pack.ids());
        assertArrayEquals(ints(c.get("labels")), pack.labels());
        assertArrayEquals(ints(c.get("positions")), pack.positions());
        assertArrayEquals(ints(c.get("row_of")), pack.rows());
        assertEquals(c.get("trained").asInt(), pack.trained());
    }

    private static List<LabelledTokens> rows(JsonObject c) {
        return c.get("rows").asList().stream()
                .map(JsonValue::asObject)
                .map(row -> new LabelledTokens(ints(row.get("ids")), ints(row.get("labels"))))
                .toList();
    }

    private static int[] ints(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    private static int[][] table(JsonValue rows) {
        return rows.asList().stream().map(MasksCasesTest::ints).toArray(int[][]::new);
    }

    private ChatFormat format(String template) {
        try {
            Path file = CaseFile.folder().orElseThrow().resolve("masks.json");
            String text = Json.read(file)
                    .asObject()
                    .get("templates")
                    .asObject()
                    .get(template)
                    .asString();
            Path folder = model();
            Map<String, String> tokens = Map.of(
                    "eos_token", ChatFormat.open(folder).token("eos_token").orElse(""),
                    "bos_token", ChatFormat.open(folder).token("bos_token").orElse(""));
            return ChatFormat.of(ChatTemplate.parse(text, template), tokens);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tokenizer tokenizer() {
        if (opened.isEmpty()) {
            try {
                opened = Optional.of(Tokenizer.open(model()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return opened.get();
    }

    /** The folder of the model whose tokenizer the rows are encoded with. */
    private static Path model() {
        String wish = System.getProperty("luthier.models", "");
        Path models = wish.isBlank() ? CaseFile.folder().orElseThrow().resolveSibling("models") : Path.of(wish);
        Path model = models.resolve(MODEL);
        if (!Files.isDirectory(model)) {
            throw new NotCovered(MODEL + ": no such model; name the folder of models with -Dluthier.models=DIR");
        }
        return model;
    }
}
