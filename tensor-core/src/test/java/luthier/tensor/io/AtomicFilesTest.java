package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
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

    private SequencedMap<Path, AtomicFiles.Content> two(AtomicFiles.Content weights, AtomicFiles.Content config) {
        SequencedMap<Path, AtomicFiles.Content> files = new LinkedHashMap<>();
        files.put(folder.resolve("weights"), weights);
        files.put(folder.resolve("config"), config);
        return files;
    }

    @Test
    void filesThatBelongTogetherAreReplacedTogether() throws IOException {
        AtomicFiles.writeTogether(two(AtomicFiles.text("w1"), AtomicFiles.text("c1")));
        AtomicFiles.writeTogether(two(AtomicFiles.text("w2"), AtomicFiles.text("c2")));
        assertEquals("w2", Files.readString(folder.resolve("weights")));
        assertEquals("c2", Files.readString(folder.resolve("config")));
        IOException failure = assertThrows(
                IOException.class,
                () -> AtomicFiles.writeTogether(two(AtomicFiles.text("w3"), channel -> {
                    throw new IOException("No space left on device");
                })));
        assertTrue(failure.getMessage().endsWith("the files cannot be written: No space left on device"));
        assertEquals("w2", Files.readString(folder.resolve("weights")));
        assertEquals("c2", Files.readString(folder.resolve("config")));
        assertEquals(List.of("config", "weights"), names());
    }

    @Test
    void newNeverLiesBesideOldUnnoticed() throws IOException {
        AtomicFiles.writeTogether(two(AtomicFiles.text("w1"), AtomicFiles.text("c1")));
        Files.delete(folder.resolve("weights"));
        Files.createDirectories(folder.resolve("weights/not-empty"));
        assertThrows(
                IOException.class,
                () -> AtomicFiles.writeTogether(two(AtomicFiles.text("w2"), AtomicFiles.text("c2"))));
        assertEquals(List.of("weights"), names());
    }
}
