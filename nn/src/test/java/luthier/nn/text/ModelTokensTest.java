package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The texts of {@code smollm2-135m-instruct/expected/tokens.json}: ids, places and text again by the tokenizer of the model's folder. */
class ModelTokensTest {
    @TestFactory
    Stream<DynamicTest> texts() throws IOException {
        var file = SharedFolders.find("models", "smollm2-135m-instruct/expected/tokens.json");
        if (file.isEmpty()) {
            return Stream.of(DynamicTest.dynamicTest(
                    "smollm2", () -> SharedFolders.require("models", "smollm2-135m-instruct/expected/tokens.json")));
        }
        return tests(file.get());
    }

    private static Stream<DynamicTest> tests(Path file) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonValue row : Json.read(file).asList()) {
            tests.add(DynamicTest.dynamicTest("smollm2 " + tests.size(), () -> check(row.asObject())));
        }
        return tests.stream();
    }

    private static void check(JsonObject row) {
        Tokenizer tokenizer = SharedFolders.tokenizer("smollm2");
        Encoding encoding = tokenizer.encode(List.of(row.get("text").asString()), EncodingOptions.USUAL);
        assertArrayEquals(numbers(row.get("ids")), encoding.ids());
        int[] places = row.get("offsets").asList().stream()
                .flatMapToInt(pair -> IntStream.of(numbers(pair)))
                .toArray();
        assertArrayEquals(
                places,
                IntStream.range(0, encoding.length())
                        .flatMap(i -> IntStream.of(encoding.starts()[i], encoding.ends()[i]))
                        .toArray());
        assertEquals(row.get("decoded").asString(), tokenizer.decode(encoding.ids(), true));
        assertEquals(row.get("decoded_without_special").asString(), tokenizer.decode(encoding.ids()));
    }

    private static int[] numbers(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }
}
