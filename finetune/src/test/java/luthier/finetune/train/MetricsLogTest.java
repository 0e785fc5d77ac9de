package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    private Path folder = Path.of("");

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    @Test
    void goesOnWhereACheckpointWas() throws IOException {
        List<String> notes = new ArrayList<>();
        long length;
        try (MetricsLog log = MetricsLog.open(file(), 0, notes)) {
            log.write("{\"step\":1}");
            length = log.force();
            log.write("{\"step\":2}");
            assertEquals("{\"step\":1}\n{\"step\":2}\n", Files.readString(file()), "readable while it is open");
        }
        try (MetricsLog log = MetricsLog.open(file(), length, notes)) {
            log.write("{\"step\":2,\"again\":true}");
        }
        assertEquals("{\"step\":1}\n{\"step\":2,\"again\":true}\n", Files.readString(file()));
        assertEquals(List.of(), notes);
    }

    @Test
    void saysWhatIsLost() throws IOException {
        Files.writeString(file(), "{\"step\":1}\n{\"st");
        List<String> notes = new ArrayList<>();
        try (MetricsLog log = MetricsLog.open(file(), 22, notes)) {
            log.write("{\"step\":3}");
        }
        assertEquals("{\"step\":1}\n{\"step\":3}\n", Files.readString(file()));
        assertEquals(List.of("metrics.jsonl: has lost lines, 15 of 22 bytes are there; goes on behind them"), notes);
        Files.delete(file());
        MetricsLog.open(file(), 22, notes).close();
        assertEquals("", Files.readString(file()));
    }

    @Test
    void anInterruptDoesNotCloseIt() throws IOException {
        try (MetricsLog log = MetricsLog.open(file(), 0, new ArrayList<>())) {
            Thread.currentThread().interrupt();
            log.write("a");
            log.force();
            assertEquals(true, Thread.interrupted());
            log.write("b");
        }
        assertEquals("a\nb\n", Files.readString(file()));
    }
}
