package luthier.finetune.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The stories of runs that are stopped and taken up again, from {@code resume.json}. */
class ResumeCasesTest {
    private static final String FILE = "resume.json";

    @TempDir
    private Path temporary = Path.of("");

    @TestFactory
    Stream<DynamicTest> stories() {
        return CaseFile.tests(FILE, this::tell);
    }

    private void tell(JsonObject story) {
        try {
            // The usual run stands beside the list of cases.
            Path file = CaseFile.folder().orElseThrow().resolve(FILE);
            JsonObject settings = story.get("run") instanceof JsonString
                    ? Json.read(file).asObject().get("run").asObject()
                    : story.get("run").asObject();
            Path folder =
                    Files.createDirectories(temporary.resolve(story.get("id").asString()));
            new ResumeStory(story, settings, folder).tell();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
