package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.GgufFile;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The tokenizers inside GGUF files: the cases of {@code gguf.json} that are about tokens, and the models' texts. */
class GgufTokensTest {
    private static final Set<String> ABOUT_TOKENS = aboutTokens();

    private static Set<String> aboutTokens() {
        Path file = CaseFile.folder().map(folder -> folder.resolve("gguf.json")).orElse(Path.of("gguf.json"));
        try {
            return !Files.exists(file)
                    ? Set.of()
                    : Json.read(file).asObject().get("cases").asList().stream()
                            .map(JsonValue::asObject)
                            .filter(GgufTokensTest::isAboutTokens)
                            .map(c -> c.get("id").asString())
                            .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAboutTokens(JsonObject c) {
        return c.get("expect").asString().equals("tokens")
                || c.find("part")
                        .filter(part -> part.asString().equals("tokenizer"))
                        .isPresent();
    }

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("gguf.json", GgufTokensTest::check).filter(test -> {
            String name = test.getDisplayName();
            int space = name.indexOf(' ');
            return space < 0 || ABOUT_TOKENS.contains(name.substring(0, space));
        });
    }

    @TestFactory
    Stream<DynamicTest> models() {
        Stream<DynamicTest> tiny = Stream.of("llama_k", "llama_legacy", "qwen2")
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    JsonObject expected = Json.read(SharedFolders.require("models", "tiny-gguf/" + name + ".json"))
                            .asObject();
                    Tokenizer tokenizer = open(SharedFolders.require("models", "tiny-gguf/" + name + ".gguf"));
                    assertArrayEquals(
                            ids(expected.get("ids")),
                            tokenizer.encode(expected.get("text").asString()));
                }));
        return Stream.concat(tiny, Stream.of(DynamicTest.dynamicTest("smollm2", GgufTokensTest::checkSmol)));
    }

    private static void checkSmol() throws IOException {
        String folder = "smollm2-135m-instruct/";
        Tokenizer tokenizer = open(SharedFolders.require("models", folder + "SmolLM2-135M-Instruct.Q4_1.gguf"));
        for (JsonValue row : Json.read(SharedFolders.require("models", folder + "expected/tokens.json"))
                .asList()) {
            JsonObject text = row.asObject();
            assertArrayEquals(
                    ids(text.get("ids")), tokenizer.encode(text.get("text").asString()));
        }
    }

    private static void check(JsonObject c) {
        Path file = CaseFile.folder().orElseThrow().resolve(c.get("file").asString());
        if (c.get("expect").asString().equals("tokens")) {
            Tokenizer tokenizer = open(file);
            String text = c.get("text").asString();
            EncodingOptions bare = EncodingOptions.USUAL.unframed();
            assertArrayEquals(ids(c.get("ids_add_special")), tokenizer.encode(text));
            assertArrayEquals(
                    ids(c.get("ids")), tokenizer.encode(List.of(text), bare).ids());
            assertArrayEquals(
                    ids(c.get("ids_special_as_text")),
                    tokenizer.encode(List.of(text), bare.allAsText()).ids());
        } else {
            String message =
                    assertThrows(ModelFormatException.class, () -> open(file)).getMessage();
            CaseFile.texts(c.get("message_names")).forEach(name -> assertTrue(message.contains(name), message));
        }
    }

    private static int[] ids(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    private static Tokenizer open(Path file) {
        try (GgufFile gguf = GgufFile.open(file)) {
            return Tokenizer.of(new Values(gguf.metadata()).vocabulary(), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The metadata under {@code tokenizer.ggml.} as plain values. */
    private record Values(Map<String, GgufValue> metadata) {
        private Optional<GgufValue> find(String key) {
            return Optional.ofNullable(metadata.get("tokenizer.ggml." + key));
        }

        private List<String> texts(String key) {
            List<String> texts = new ArrayList<>();
            if (find(key).orElse(null) instanceof GgufValue.Items items) {
                items.forEach(item -> texts.add(item.toString()));
            }
            return texts;
        }

        private OptionalInt id(String key) {
            return find(key).stream()
                    .mapToInt(value -> Integer.parseInt(value.toString()))
                    .findFirst();
        }

        private Optional<Boolean> flag(String key) {
            return find(key).map(value -> Boolean.parseBoolean(value.toString()));
        }

        private GgufVocabulary vocabulary() {
            List<String> scores = texts("scores");
            float[] numbers = new float[scores.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Float.parseFloat(scores.get(i));
            }
            return new GgufVocabulary(
                    find("model").orElseThrow().toString(),
                    find("pre").map(GgufValue::toString),
                    texts("tokens"),
                    texts("token_type").stream().mapToInt(Integer::parseInt).toArray(),
                    numbers,
                    texts("merges"),
                    id("bos_token_id"),
                    id("eos_token_id"),
                    id("unknown_token_id"),
                    id("padding_token_id"),
                    flag("add_bos_token"),
                    flag("add_eos_token"),
                    flag("add_space_prefix"));
        }
    }
}
