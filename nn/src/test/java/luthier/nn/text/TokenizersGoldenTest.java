package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** WordPiece tokenizers against Hugging Face's: ids, from tokenizer.json and from a vocab.txt of the same tokens. */
class TokenizersGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> tokenizers() {
        List<GoldenSet.Case> cases = SET.cases("tokenizers");
        return cases.isEmpty()
                ? Stream.of(SET.absent("tokenizers"))
                : cases.stream().map(golden -> SET.test(golden.id(), "", () -> check(golden)));
    }

    private void check(GoldenSet.Case golden) throws IOException {
        if (!golden.data().endsWith("tokenizer.json")) {
            throw new NotCovered("a tokenizer in " + golden.data());
        }
        JsonObject file = SET.json(golden.data());
        JsonObject model = file.get("model").asObject();
        String type = model.find("type").map(JsonValue::asString).orElse("none");
        if (!type.equals("WordPiece")) {
            throw new NotCovered("a tokenizer of type " + type);
        }
        WordPieceTokenizer tokenizer = WordPieceTokenizer.fromJson(file, golden.data());
        WordPieceTokenizer fromVocabulary = vocabulary(file, model, tokenizer.lowercases());
        for (JsonValue value : SET.json(golden.meta()).get("encode").asList()) {
            JsonObject expected = value.asObject();
            String text = expected.get("text").asString();
            List<Integer> ids = whole(expected.get("with_special"));
            assertEquals(ids, list(tokenizer.encode(text)), text);
            assertEquals(ids, list(fromVocabulary.encode(text)), "vocab.txt: " + text);
        }
    }

    private WordPieceTokenizer vocabulary(JsonObject file, JsonObject model, boolean lowercase) throws IOException {
        String lines = model.get("vocab").asObject().members().entrySet().stream()
                .sorted((a, b) ->
                        Integer.compare(a.getValue().asInt(), b.getValue().asInt()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("vocab.txt"), lines + "\n");
        boolean accents = file.get("normalizer")
                .asObject()
                .find("strip_accents")
                .map(JsonValue::asBoolean)
                .orElse(lowercase);
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"do_lower_case\": " + lowercase + ", \"strip_accents\": " + accents + "}");
        return WordPieceTokenizer.open(folder);
    }

    private static List<Integer> whole(JsonValue list) {
        return list.asList().stream().map(JsonValue::asInt).toList();
    }

    private static List<Integer> list(int... ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
