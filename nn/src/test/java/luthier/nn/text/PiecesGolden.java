package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;

/** Single normalizers and pre-tokenizers on single texts. */
final class PiecesGolden {
    private PiecesGolden() {}

    static Stream<DynamicTest> tests(String name, JsonObject parts, JsonObject meta) {
        PartReader reader = new PartReader("parts.json");
        Stream<DynamicTest> cuts = rows(meta, "pre_tokenize").map(row -> {
            String part = row.get("pre_tokenizer").asString();
            return DynamicTest.dynamicTest(name + " " + part + " " + row.get("text"), () -> {
                JsonValue file = parts.get("pre_tokenizers").asObject().get(part);
                cuts(row, reader.preTokenizer(file));
            });
        });
        Stream<DynamicTest> changes = rows(meta, "normalize").map(row -> {
            String part = row.get("normalizer").asString();
            return DynamicTest.dynamicTest(name + " " + part + " " + row.get("text"), () -> {
                JsonValue file = parts.get("normalizers").asObject().get(part);
                AlignedText text = AlignedText.of(row.get("text").asString());
                assertEquals(
                        row.get("result").asString(),
                        reader.normalizer(file).normalize(text).text());
            });
        });
        return Stream.concat(cuts, changes);
    }

    private static Stream<JsonObject> rows(JsonObject meta, String list) {
        return meta.get(list).asList().stream().map(JsonValue::asObject);
    }

    private static void cuts(JsonObject row, PreTokenizer cutter) {
        String text = row.get("text").asString();
        List<AlignedText> pieces = new ArrayList<>();
        cutter.cut(AlignedText.of(text), pieces::add);
        assertEquals(
                CaseFile.texts(row.get("pieces")),
                pieces.stream().map(AlignedText::text).toList());
        int[] places = pieces.stream()
                .flatMapToInt(piece -> IntStream.of(piece.start(0), piece.end(piece.length() - 1)))
                .map(place -> text.codePointCount(0, place))
                .toArray();
        assertArrayEquals(
                row.get("offsets").asList().stream().mapToInt(JsonValue::asInt).toArray(), places);
    }
}
