package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The stories of runs that are stopped and taken up again, from {@code resume.json}. */
class ResumeCasesTest {
    @TempDir
    private Path temporary = Path.of("");

    @TestFactory
    Stream<DynamicTest> stories() throws IOException {
        String wish = System.getProperty("luthier.cases", "");
        Path file = (wish.isBlank() ? Path.of("../../shared/cases") : Path.of(wish)).resolve("resume.json");
        Assumptions.assumeTrue(Files.exists(file), "no cases: " + file + " is not there");
        JsonObject all = Json.read(file).asObject();
        List<JsonValue> cases = all.get("cases").asList();
        assertTrue(cases.size() > 1, "cases in " + file);
        return cases.stream().map(JsonValue::asObject).map(story -> {
            String id = story.get("id").asString();
            JsonObject run = (story.get("run") instanceof JsonString ? all : story).get("run").asObject();
            return dynamicTest(
                    id + " " + story.get("kind").asString(),
                    () -> new ResumeStory(story, run, Files.createDirectories(temporary.resolve(id))).tell());
        });
    }
}
