package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GivenOptionsTest {
    private static GivenOptions of(String yaml, Map<String, String> typed, String... set) {
        SettingsFile file = SettingsFile.parse(yaml.getBytes(StandardCharsets.UTF_8), "run.yaml");
        return GivenOptions.of(SettingsCasesTest.OPTIONS, Optional.of(file), typed, List.of(set));
    }

    private static void refused(String message, String yaml, Map<String, String> typed, String... set) {
        assertEquals(
                message,
                assertThrows(UsageException.class, () -> of(yaml, typed, set)).getMessage());
    }

    @Test
    void theLastWordWinsAndIsSaid() {
        GivenOptions given = of("epochs: 2\nseed: 1\n", Map.of("epochs", "5"), "epochs=7");
        assertEquals(Map.of("epochs", 7L, "seed", 1L), given.values());
        assertEquals(
                List.of("epochs: 5 (--epochs), not 2 (run.yaml, line 1)", "epochs: 7 (--set epochs), not 5 (--epochs)"),
                given.said());
    }

    @Test
    void theLastMethodSaysWhichOptionsThereAre() {
        assertEquals(
                Map.of("method", "lora", "rank", 4L),
                of("method: ia3\n", Map.of("method", "lora", "rank", "4")).values());
        refused(
                "run.yaml, line 1: rank is an option of lora; got method full; leave it away or choose another method",
                "rank: 4\n",
                Map.of("method", "full"));
        refused(
                "run.yaml, line 1: method must be one of lora, ia3, full; got lore; nearest: lora, ia3, full",
                "method: lore\n",
                Map.of());
    }

    @Test
    void everyWordIsChecked() {
        refused(
                "run.yaml, line 1: epochs must be a whole number of at most 64 bits, in digits; got three",
                "epochs: three\n",
                Map.of("epochs", "3"));
        refused("--epochs: epochs must be at least 1; got 0", "", Map.of("epochs", "0"));
        refused("--set: must be key=value; got epochs", "", Map.of(), "epochs");
        refused("--set: epochs must be set once; got it twice", "", Map.of(), "epochs=1", "epochs=2");
        refused(
                "--set epoch: must be the name of an option; got epoch; nearest: epochs, text, label",
                "",
                Map.of(),
                "epoch=2");
        refused("run.yaml, line 1: label must be one word; got [a, b]", "label: [a, b]\n", Map.of());
    }
}
