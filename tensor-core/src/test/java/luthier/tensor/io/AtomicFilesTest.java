package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    private Path folder = Path.of("");

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void replacesAFileAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("a.json");
        AtomicFiles.writeString(file, "first");
        AtomicFiles.writeString(file, "größer");
        assertEquals("größer", Files.readString(file));
        assertEquals(List.of("a.json"), names());
    }

    @Test
    void aFailureKeepsTheOldFile() throws IOException {
        Path file = folder.resolve("a.json");
        AtomicFiles.writeString(file, "old");
        IOException failure = assertThrows(
                IOException.class,
                () -> AtomicFiles.write(file, channel -> {
                    throw new IOException("No space left on device");
                }));
        assertEquals(
                file + ": the file cannot be written, an old one is unchanged: No space left on device",
                failure.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a.json"), names());
        assertThrows(IOException.class, () -> AtomicFiles.writeString(folder.resolve("missing/a.json"), ""));
    }
}
