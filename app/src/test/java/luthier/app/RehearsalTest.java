package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import luthier.golden.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher records, under the options for short work. */
class RehearsalTest {
    private static final List<String> SHORT =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx768m", "-Dluthier.kernels=scalar");

    @Test
    void showsHelpAndPredictsWithRunsThatWereNeverTrained(@TempDir Path directory) throws Exception {
        Path run = directory.resolve("run");
        String said = ChildJvm.run(SHORT, Rehearsal.class, run.toString());
        List<String> lines = said.strip().lines().toList();
        assertTrue(said.contains("Usage: luthier [-hV] COMMAND"), said);
        for (String line : lines.subList(lines.size() - 3, lines.size())) {
            assertTrue(line.matches("(noun|verb)\\.\\w+ +0\\.\\d{4}"), line);
        }
        assertTrue(Files.exists(run.resolve("config.json")), "the folder must be a run's");
        assertTrue(said.lines().anyMatch(line -> line.matches("(animal|plant) +0\\.\\d{4}")), said);
        String text = "lion : large gregarious predatory feline of Africa and India";
        String longer = ChildJvm.run(List.of(), Main.class, "predict", run.toString(), text);
        assertEquals(
                String.join("\n", lines.subList(lines.size() - 3, lines.size())),
                longer.strip(),
                "the options for long work must give the same");
    }
}
