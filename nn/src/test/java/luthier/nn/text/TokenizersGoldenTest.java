package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.golden.NotCovered;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.SentencePieceFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tokenizers of all kinds against Hugging Face's: ids, places, words, text again, pairs and batches. */
class TokenizersGoldenTest {
    @TestFactory
    Stream<DynamicTest> tokenizers() throws IOException {
        Optional<Path> index = SharedFolders.find("golden", "index.json");
        if (index.isEmpty()) {
            return Stream.of(
                    DynamicTest.dynamicTest("tokenizers", () -> SharedFolders.require("golden", "index.json")));
        }
        return Json.read(index.get()).asObject().get("cases").asList().stream()
                .map(JsonValue::asObject)
                .filter(c -> c.get("group").asString().equals("tokenizers"))
                .flatMap(TokenizersGoldenTest::tests);
    }

    private static Stream<DynamicTest> tests(JsonObject c) {
        String name = c.get("id").asString();
        try {
            JsonObject meta = Json.read(
                            SharedFolders.require("golden", c.get("meta").asString()))
                    .asObject();
            Path file = SharedFolders.require("golden", c.get("data").asString());
            if (meta.find("pre_tokenize").isPresent()) {
                return PiecesGolden.tests(name, Json.read(file).asObject(), meta);
            }
            // SentencePiece itself takes what is written for text; ours does where it is asked to.
            boolean asText = file.toString().endsWith(".model");
            return tests(
                    name, open(file, meta), meta, asText ? EncodingOptions.USUAL.allAsText() : EncodingOptions.USUAL);
        } catch (IOException e) {
            return Stream.of(DynamicTest.dynamicTest(name, () -> {
                throw e;
            }));
        }
    }

    private static Tokenizer open(Path file, JsonObject meta) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".json")) {
            return Tokenizer.fromJson(Json.read(file), file.toString());
        }
        if (name.endsWith(".model")) {
            return Tokenizer.of(SentencePieceFile.parse(Files.readAllBytes(file), name), name);
        }
        if (name.endsWith(".tiktoken")) {
            JsonObject notes = Json.parse(meta.get("notes").asString(), "notes").asObject();
            Map<String, Integer> special = new HashMap<>();
            notes.get("special_tokens").asObject().members().forEach((token, id) -> special.put(token, id.asInt()));
            return Tokenizer.tiktoken(file, notes.get("pattern").asString(), special);
        }
        throw new NotCovered("a tokenizer in " + name);
    }

    private static Stream<DynamicTest> tests(
            String name, Tokenizer tokenizer, JsonObject meta, EncodingOptions options) {
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(DynamicTest.dynamicTest(name + " size", () -> {
            assertEquals(meta.get("vocab_size").asInt(), tokenizer.vocabularySize());
        }));
        all(tests, name, "encode", meta, row -> encodes(row, tokenizer, options));
        all(tests, name, "pairs", meta, row -> pairs(row, tokenizer));
        all(tests, name, "batches", meta, row -> new BatchesGolden(tokenizer, row).check());
        return tests.stream();
    }

    private interface Check {
        void run(JsonObject row);
    }

    private static void all(List<DynamicTest> tests, String name, String list, JsonObject meta, Check check) {
        List<JsonValue> rows = meta.find(list).map(JsonValue::asList).orElse(List.of());
        for (int i = 0; i < rows.size(); i++) {
            JsonObject row = rows.get(i).asObject();
            tests.add(DynamicTest.dynamicTest(name + " " + list + " " + i, () -> check.run(row)));
        }
    }

    private static int[] ids(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    private static void encodes(JsonObject row, Tokenizer tokenizer, EncodingOptions options) {
        String text = row.get("text").asString();
        Encoding bare = tokenizer.encode(List.of(text), options.unframed());
        assertArrayEquals(ids(row.get("ids")), bare.ids(), () -> Arrays.toString(bare.ids()));
        row.find("offsets").ifPresent(offsets -> assertArrayEquals(ids(offsets), places(bare)));
        row.find("word_ids").ifPresent(words -> assertArrayEquals(ids(words), bare.words()));
        row.find("ordinary")
                .ifPresent(ids -> assertArrayEquals(
                        ids(ids),
                        tokenizer
                                .encode(List.of(text), EncodingOptions.USUAL.allAsText())
                                .ids()));
        int[] framed = tokenizer.encode(text);
        row.find("with_special").ifPresent(ids -> assertArrayEquals(ids(ids), framed));
        row.find("decoded").ifPresent(decoded -> assertEquals(decoded.asString(), tokenizer.decode(bare.ids(), true)));
        row.find("decoded_skip_special")
                .ifPresent(decoded -> assertEquals(decoded.asString(), tokenizer.decode(framed, false)));
    }

    private static int[] places(Encoding encoding) {
        return IntStream.range(0, encoding.length())
                .flatMap(i -> IntStream.of(encoding.starts()[i], encoding.ends()[i]))
                .toArray();
    }

    private static void pairs(JsonObject row, Tokenizer tokenizer) {
        List<String> texts = List.of(row.get("a").asString(), row.get("b").asString());
        Encoding pair = tokenizer.encode(texts, EncodingOptions.USUAL);
        assertArrayEquals(ids(row.get("ids")), pair.ids());
        assertArrayEquals(ids(row.get("type_ids")), pair.types());
        assertArrayEquals(ids(row.get("offsets")), places(pair));
        int[] special = IntStream.of(pair.texts()).map(text -> text < 0 ? 1 : 0).toArray();
        assertArrayEquals(ids(row.get("special_tokens_mask")), special);
        int[] texts0 = row.get("sequence_ids").asList().stream()
                .mapToInt(id -> id instanceof JsonNumber ? id.asInt() : -1)
                .toArray();
        assertArrayEquals(texts0, pair.texts());
    }

    /** Batches with the truncation and the padding that they name. */
    private record BatchesGolden(Tokenizer tokenizer, JsonObject row) {
        private void check() {
            EncodingOptions options = options();
            if (row.find("error").isPresent()) {
                assertThrows(IllegalArgumentException.class, () -> inputs().forEach(texts -> encode(texts, options)));
                return;
            }
            List<List<Encoding>> windows =
                    inputs().stream().map(texts -> encode(texts, options)).toList();
            List<JsonValue> results = row.get("results").asList();
            PaddedBatch first = padded(windows.stream().map(List::getFirst).toList(), windows);
            for (int i = 0; i < windows.size(); i++) {
                JsonObject result = results.get(i).asObject();
                assertArrayEquals(ids(result.get("ids")), first.ids()[i]);
                assertArrayEquals(ids(result.get("type_ids")), first.types()[i]);
                int[] mask = new int[first.real()[i].length];
                for (int t = 0; t < mask.length; t++) {
                    mask[t] = first.real()[i][t] ? 1 : 0;
                }
                assertArrayEquals(ids(result.get("attention_mask")), mask);
                List<JsonValue> overflowing =
                        result.find("overflowing").map(JsonValue::asList).orElse(List.of());
                List<Encoding> others = windows.get(i).subList(1, windows.get(i).size());
                int[][] padded = padded(others, windows).ids();
                assertEquals(overflowing.size(), padded.length);
                for (int k = 0; k < padded.length; k++) {
                    assertArrayEquals(ids(overflowing.get(k)), padded[k]);
                }
            }
        }

        private List<List<String>> inputs() {
            return row.get("inputs").asList().stream()
                    .map(input -> input instanceof JsonValue.JsonString text
                            ? List.of(text.value())
                            : input.asList().stream().map(JsonValue::asString).toList())
                    .toList();
        }

        /**
         * The release that made the set reads no further than the word with which a text is long enough: its windows end there, and of a
         * pair it takes the shorter text by what it has read. The next release and ours read all.
         */
        private List<Encoding> encode(List<String> texts, EncodingOptions options) {
            if (options.truncation().isEmpty()) {
                return List.of(tokenizer.encode(texts, options));
            }
            Encoding whole = tokenizer.windows(texts, options).getFirst();
            List<String> read = texts.stream()
                    .map(text -> asFarAsRead(text, options.truncation().get()))
                    .toList();
            List<Encoding> windows = tokenizer.windows(read, options);
            assertArrayEquals(tokenizer.encode(texts, options).ids(), whole.ids());
            if (texts.size() == 1) {
                assertArrayEquals(whole.ids(), windows.getFirst().ids());
            }
            return windows;
        }

        private String asFarAsRead(String text, Truncation truncation) {
            Encoding all = tokenizer.encode(List.of(text), EncodingOptions.USUAL.unframed());
            int count = all.length();
            if (count <= truncation.maxLength()) {
                return text;
            }
            if (truncation.side() == Side.RIGHT) {
                int at = Math.max(truncation.maxLength(), 1);
                while (at < count && all.words()[at] == all.words()[at - 1]) {
                    at++;
                }
                return text.substring(0, text.offsetByCodePoints(0, all.ends()[at - 1]));
            }
            int at = count - Math.max(truncation.maxLength(), 1);
            while (at > 0 && all.words()[at] == all.words()[at - 1]) {
                at--;
            }
            int start = at == 0 ? 0 : Math.max(all.ends()[at - 1], 0);
            return text.substring(text.offsetByCodePoints(0, start));
        }

        private PaddedBatch padded(List<Encoding> encodings, List<List<Encoding>> all) {
            JsonValue wish = row.get("padding");
            if (wish instanceof JsonNull) {
                return PaddedBatch.of(encodings, new Padding(0, 0, Side.RIGHT, 1, 1));
            }
            JsonObject fields = wish.asObject();
            int longest = all.stream()
                    .flatMap(List::stream)
                    .mapToInt(Encoding::length)
                    .max()
                    .orElse(0);
            Padding padding = new Padding(
                    fields.find("pad_id").map(JsonValue::asInt).orElse(0),
                    fields.find("pad_type_id").map(JsonValue::asInt).orElse(0),
                    fields.find("direction")
                                    .map(JsonValue::asString)
                                    .orElse("right")
                                    .equals("left")
                            ? Side.LEFT
                            : Side.RIGHT,
                    fields.find("pad_to_multiple_of").map(JsonValue::asInt).orElse(1),
                    fields.find("length").map(JsonValue::asInt).orElse(longest));
            return PaddedBatch.of(encodings, padding);
        }

        private EncodingOptions options() {
            JsonValue wish = row.get("truncation");
            if (wish instanceof JsonNull) {
                return EncodingOptions.USUAL;
            }
            JsonObject fields = wish.asObject();
            String strategy = fields.find("strategy").map(JsonValue::asString).orElse("longest_first");
            String side = fields.find("direction").map(JsonValue::asString).orElse("right");
            return EncodingOptions.USUAL.truncated(new Truncation(
                    fields.get("max_length").asInt(),
                    fields.find("stride").map(JsonValue::asInt).orElse(0),
                    Truncation.Strategy.valueOf(strategy.toUpperCase(java.util.Locale.ROOT)),
                    Side.valueOf(side.toUpperCase(java.util.Locale.ROOT))));
        }
    }
}
