package luthier.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataMemoryTest {
    @TempDir
    private Path folder;

    @Test
    void rowsTakeTheirLettersAndSomethingEach() throws IOException {
        Path file = folder.resolve("train.csv");
        Files.writeString(file, "text,label\n" + "twenty-four letters,here\n".repeat(200_000));
        long size = 11 + 25L * 200_000;
        long rows = (DataMemory.least(file) - size) / 500;
        assertEquals(200_000, rows, 60_000, "told by the first of its five MiB");
        assertEquals(DataMemory.least(file), DataMemory.least(folder));
        assertEquals(0, DataMemory.least(folder.resolve("none")));
    }

    @Test
    void whatCannotFitIsRefusedBeforeItIsRead() throws IOException {
        Path file = Files.writeString(folder.resolve("train.csv"), "text,label\na,b\n");
        assertDoesNotThrow(() -> DataMemory.require(file, 15));
        UsageException refused = assertThrows(UsageException.class, () -> DataMemory.require(file, 14));
        assertEquals(
                file
                        + ": rows that are trained or shown are held in memory, at least 15 B; got a heap of 14 B; give more with"
                        + " --memory, or take a part of the rows",
                refused.getMessage());
    }
}
