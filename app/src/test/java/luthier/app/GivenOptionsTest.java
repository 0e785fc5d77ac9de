package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.Methods;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Method;
import luthier.tensor.io.Json;
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
        assertEquals(Map.of("epochs", 7, "seed", 1L), SettingsCasesTest.values(given));
        assertEquals(
                List.of("epochs: 5 (--epochs), not 2 (run.yaml, line 1)", "epochs: 7 (--set epochs), not 5 (--epochs)"),
                given.said());
        assertEquals("lora", given.method().name());
    }

    @Test
    void theLastMethodSaysWhichOptionsThereAre() {
        GivenOptions given = of("method: ia3\n", Map.of("method", "lora", "rank", "4"));
        assertEquals("lora", given.method().name());
        assertEquals(4, given.own().get(Lora.RANK));
        refused(
                "run.yaml, line 1: rank is an option of lora, loreft; got method full; leave it away or choose another"
                        + " method",
                "rank: 4\n",
                Map.of("method", "full"));
        refused(
                "run.yaml, line 1: method must be one of head, full, freeze, bitfit, ln-tuning, lora, ia3, loreft; got lore;"
                        + " nearest: lora, loreft, head",
                "method: lore\n",
                Map.of());
    }

    /** A list, words between commas, a pattern with a comma of its own, and a map: as the option's kind reads them. */
    @Test
    void everyKindHasItsForms() {
        assertEquals(List.of("query", "value"), targets("targets: [query, value]\n"));
        assertEquals(List.of("query", "value"), targets("targets: query,value\n"));
        assertEquals(List.of("layer.(0|1).{1,2}", "value"), targets("targets: layer.(0|1).{1,2},value\n"));
        GivenOptions given = of("rank-pattern: {query: 4}\nlayers: [0, 2]\nalpha_pattern: key=8\n", Map.of());
        assertEquals(Map.of("query", 4.0), given.own().get(Lora.RANK_PATTERN));
        assertEquals(Map.of("key", 8.0), given.own().get(Lora.ALPHA_PATTERN));
        assertEquals(List.of(0, 2), given.own().get(Lora.LAYERS));
    }

    private static List<String> targets(String yaml) {
        return of(yaml, Map.of()).own().get(Lora.TARGETS);
    }

    /** What a run writes down of its method is read back as it is. */
    @Test
    void aConfigurationReadsBack() {
        for (Method method : Methods.ALL) {
            Map<String, Object> fields =
                    new LinkedHashMap<>(method.options().usual().fields());
            fields.put("method", method.name());
            GivenOptions given = of(Json.of(fields).toJson(2), Map.of());
            assertEquals(method.options().usual(), given.own(), method.name());
        }
    }

    @Test
    void everyWordIsChecked() {
        refused(
                "run.yaml, line 1: epochs: must be a whole number; got three; write it as 8",
                "epochs: three\n",
                Map.of("epochs", "3"));
        refused("--epochs: epochs: must be at least 1; got 0", "", Map.of("epochs", "0"));
        refused("--set: must be key=value; got epochs", "", Map.of(), "epochs");
        refused("--set: epochs must be set once; got it twice", "", Map.of(), "epochs=1", "epochs=2");
        refused(
                "--set epoch: must be the name of an option; got epoch; nearest: epochs, dora, text",
                "",
                Map.of(),
                "epoch=2");
        refused("run.yaml, line 1: label: must be one word; got [a, b]", "label: [a, b]\n", Map.of());
        refused("run.yaml, line 1: label: must be one word; got {a=b}", "label: {a: b}\n", Map.of());
        refused("run.yaml, line 1: clip: must be a finite number; got 1e999", "clip: 1e999\n", Map.of());
    }
}
