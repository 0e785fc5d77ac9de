package luthier.nn.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Stop texts over pieces of answers: what is given out after each piece, and what ended the answer. */
class StopCasesTest {
    @TestFactory
    Stream<DynamicTest> stops() {
        return CaseFile.tests("stop.json", StopCasesTest::check);
    }

    private static void check(JsonObject c) {
        StopStrings.Watch watch = new StopStrings(
                        CaseFile.texts(c.get("stops")), c.get("include_stop").asBoolean())
                .watch();
        List<String> emitted = new ArrayList<>();
        for (String piece : CaseFile.texts(c.get("pieces"))) {
            emitted.add(watch.accept(piece));
            if (watch.stoppedBy().isPresent()) {
                break;
            }
        }
        assertEquals(CaseFile.texts(c.get("emitted")), emitted);
        String flush = watch.flush();
        assertEquals(c.get("flush").asString(), flush);
        assertEquals(c.get("text").asString(), String.join("", emitted) + flush);
        Optional<String> stop = c.find("stopped_by").map(JsonValue::asString);
        assertEquals(stop, watch.stoppedBy());
        assertEquals(c.get("steps").asInt(), emitted.size());
    }
}
