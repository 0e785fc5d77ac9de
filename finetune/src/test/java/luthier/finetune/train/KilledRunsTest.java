package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes of a run are killed; {@link KilledRuns} as a program does it as often as one likes. */
@Tag("slow")
class KilledRunsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aKilledRunEndsWithTheSameBits() throws IOException, InterruptedException {
        KilledRuns.Outcome outcome = KilledRuns.kill(folder, 3, 1);
        assertTrue(outcome.kills() > 0);
        assertEquals(outcome.leftAlone(), outcome.killed());
    }
}
