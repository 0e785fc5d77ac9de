package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small files for the tests of the readers. */
final class RowFiles {
    private RowFiles() {}

    /** Writes a file and reads its rows as they print. */
    static List<String> read(Path folder, String name, String text) {
        try {
            Rows rows = Rows.read(Files.writeString(folder.resolve(name), text));
            return rows.stream().map(row -> row.line() + " " + row.values()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file and asserts the error of reading it, less the folder's name; the same without holding the rows. */
    static void assertRefused(String message, Path folder, String name, String text) {
        assertRefused(message, folder, name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes and asserts the error of reading them. */
    static void assertRefused(String message, Path folder, String name, byte[] content) {
        try {
            Path file = Files.write(folder.resolve(name), content);
            DataException held = assertThrows(DataException.class, () -> Rows.read(file));
            assertEquals(
                    folder.resolve(message.substring(0, name.length())) + message.substring(name.length()),
                    held.getMessage());
            DataException onDisk = assertThrows(DataException.class, () -> Rows.onDisk(file));
            assertEquals(held.getMessage(), onDisk.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
