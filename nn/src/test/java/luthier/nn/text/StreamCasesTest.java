package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code stream.json}: what may be given out after each token. */
class StreamCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("stream.json", StreamCasesTest::check);
    }

    private static void check(JsonObject c) {
        Tokenizer tokenizer = SharedFolders.tokenizer(c.get("tokenizer").asString());
        boolean withSpecial = !c.get("skip_special").asBoolean();
        int[] ids = c.get("ids").asList().stream().mapToInt(JsonValue::asInt).toArray();
        TextStream stream = tokenizer.stream(withSpecial);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(stream.accept(id));
        }
        String flush = stream.finish();
        assertEquals(CaseFile.texts(c.get("pieces")), pieces);
        assertEquals(c.get("flush").asString(), flush);
        String text = c.get("text").asString();
        assertEquals(text, String.join("", pieces) + flush);
        String atOnce =
                c.find("decoded_at_once_by_tokenizers").map(JsonValue::asString).orElse(text);
        assertEquals(atOnce, tokenizer.decode(ids, withSpecial));
    }
}
