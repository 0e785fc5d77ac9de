package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
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
        assertEquals(new SettingsFile.Entry("epochs", List.of("3"), false, 2), entries.get(0));
        assertEquals(new SettingsFile.Entry("targets", List.of("query", "a, b"), true, 3), entries.get(1));
        assertEquals(List.of(), parse("").entries());
        assertEquals(List.of(), parse("---\n").entries());
        assertEquals(
                List.of(new SettingsFile.Entry("label", List.of("null"), false, 1)),
                parse("label: \"null\"\n").entries());
    }

    @Test
    void refusesWhatASettingsFileHasNoUseFor() {
        refused("run.yaml, line 2: method must have a value or a list of values; got a map", "\nmethod: {lora: 8}\n");
        refused("run.yaml, line 1: a must be a list of values; got a list or a map in the list", "a: [x, [y]]\n");
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
                "run.yaml, line 1: a must be a list of values; got a list or a map in the list",
                "a: " + "[".repeat(100_000));
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
}
