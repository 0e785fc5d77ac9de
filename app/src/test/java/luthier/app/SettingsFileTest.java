package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import luthier.tensor.Rng;
import org.junit.jupiter.api.Test;

class SettingsFileTest {
    private static SettingsFile parse(String text) {
        return SettingsFile.parse(text.getBytes(StandardCharsets.UTF_8), "run.yaml");
    }

    private static void refused(String message, String text) {
        assertEquals(
                message, assertThrows(UsageException.class, () -> parse(text)).getMessage());
    }

    @Test
    void readsKeysTextsAndLists() {
        List<SettingsFile.Entry> entries =
                parse("# a run\nepochs: 3\ntargets:\n- query\n- 'a, b'\n").entries();
        assertEquals(new SettingsFile.Entry("epochs", "3", 2), entries.get(0));
        assertEquals(new SettingsFile.Entry("targets", List.of("query", "a, b"), 3), entries.get(1));
        assertEquals(List.of(), parse("").entries());
        assertEquals(List.of(), parse("---\n").entries());
        assertEquals(
                List.of(new SettingsFile.Entry("label", "null", 1)),
                parse("label: \"null\"\n").entries());
    }

    @Test
    void refusesWhatASettingsFileHasNoUseFor() {
        refused("run.yaml, line 2: a must have plain values; got a list or a map within it", "\na: {x: {y: 8}}\n");
        refused("run.yaml, line 1: a must name each once; got x twice", "a: {x: 1, x: 2}\n");
        refused("run.yaml, line 1: a must have plain values; got a list or a map within it", "a: [x, [y]]\n");
        refused("run.yaml, line 1: a must be without anchors and aliases; got &b; write the value out", "a: &b 1\n");
        refused("run.yaml, line 1: a must be without a tag; got !x; leave it away", "a: !x 1\n");
        refused(
                "run.yaml, line 1: settings must be options with their values, such as epochs: 3; got a list",
                "- epochs\n");
        refused(
                "run.yaml, line 1: settings must be options with their values, such as epochs: 3; got a text",
                "epochs\n");
        refused("run.yaml, line 2: a settings file is one document; got a second one", "a: 1\n---\nb: 2\n");
        refused(
                "run.yaml, line 3: batch_size must be set once; got it again after line 1",
                "batch-size: 1\n\nbatch_size: 1\n");
        refused(
                "run.yaml, line 1: a must have a value; got none; leave the key away for the usual one, or quote a word such"
                        + " as \"null\"",
                "a: ~\n");
        refused("run.yaml, line 1: a key must be the name of an option; got a list, a map or an alias", "? [a]\n: 1\n");
    }

    /** A hundred thousand open brackets are the first one too many, not a deep stack. */
    @Test
    void nothingNests() {
        refused(
                "run.yaml, line 1: a must have plain values; got a list or a map within it",
                "a: " + "[".repeat(100_000));
    }

    @Test
    void refusesAnotherVersionAndTooMuch() {
        refused("run.yaml: must be YAML 1.2 or JSON; got Version{major=2, minor=0}", "%YAML 2.0\n---\na: 1\n");
        refused(
                "run.yaml: a settings file has at most 1048576 bytes; got 1048577; is this the data?",
                "#".repeat(1 << 20) + "\n");
    }

    @Test
    void refusesWhatIsNoText() {
        byte[] latin = "a: 1\nlabel: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                "run.yaml, line 2: settings must be in UTF-8; got the byte e9; save the file as UTF-8",
                assertThrows(UsageException.class, () -> SettingsFile.parse(latin, "run.yaml"))
                        .getMessage());
        refused("run.yaml, line 2: must be printable text; got the character U+0007", "a: 1\nb: \u0007\n");
    }

    /** Any change of a few bytes is read or refused with the file's name; nothing else is thrown. */
    @Test
    void aBrokenFileIsOneError() {
        String whole = "# a run\nepochs: 3\nlabel: \"a # b\"\ntargets: [query, 'v']\ntext: |\n  x\n  y\n? seed\n: 1\n";
        byte[] changes = "{}[]:,-?&*!|>'\"%@`#~\\\n\t \u0000\u0007\u00e9a1".getBytes(StandardCharsets.ISO_8859_1);
        Rng rng = Rng.of(11);
        for (int trial = 0; trial < 5000; trial++) {
            Rng draws = rng.split(trial);
            byte[] content = whole.getBytes(StandardCharsets.UTF_8);
            for (int change = 0; change <= draws.below(0, 4); change++) {
                content[draws.below(2 * change + 1, content.length)] =
                        changes[draws.below(2 * change + 2, changes.length)];
            }
            try {
                SettingsFile.parse(content, "run.yaml").entries().forEach(entry -> assertTrue(entry.line() >= 1));
            } catch (UsageException e) {
                assertTrue(e.getMessage().startsWith("run.yaml"), e.getMessage());
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }
}
