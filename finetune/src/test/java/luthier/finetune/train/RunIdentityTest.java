package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIdentityTest {
    @TempDir
    private Path folder = Path.of("");

    private RunIdentity identity(Map<String, String> settings, String text) throws IOException {
        Path data = Files.writeString(folder.resolve("data.csv"), text);
        return RunIdentity.here(settings, Map.of("data", RunIdentity.Source.of("data", data)));
    }

    @Test
    void whatChangesNoNumberMayDiffer() throws IOException {
        RunIdentity before = identity(Map.of("seed", "1", "threads", "2", "data", "a.csv"), "x");
        RunIdentity after = identity(Map.of("seed", "1", "memory", "8g", "keep", "9", "data", "b.csv"), "x");
        assertDoesNotThrow(() -> before.requireSame("step-4", after));
    }

    @Test
    void everythingElseIsRefusedWithBothValues() throws IOException {
        RunIdentity before = identity(Map.of("seed", "1"), "x");
        RunIdentity after = identity(Map.of("seed", "2"), "x");
        assertEquals(
                "resume: what decides the numbers must be as it was when step-4 was saved; got seed 2 instead of 1; go on"
                        + " without these changes, or begin a new run from the weights of this one",
                assertThrows(CheckpointException.class, () -> before.requireSame("step-4", after))
                        .getMessage());
    }

    @Test
    void aSourceThatIsGoneIsNamed() {
        Path gone = folder.resolve("gone.csv");
        assertEquals(
                "resume: data must be where it was or be given anew; got nothing at " + gone
                        + "; give its new place with --data",
                assertThrows(CheckpointException.class, () -> RunIdentity.Source.of("data", gone))
                        .getMessage());
    }

    @Test
    void comesBackFromJson() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("seed", "1");
        settings.put("text", "a \"column\"");
        RunIdentity identity = identity(settings, "x");
        assertEquals(
                identity,
                RunIdentity.of(Json.parse(identity.toJson(), "identity").asObject()));
    }
}
