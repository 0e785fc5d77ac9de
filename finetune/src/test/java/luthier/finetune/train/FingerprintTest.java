package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aFileIsItsBytes() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "abc");
        // FIPS 180-2, appendix B.1.
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Fingerprint.sha256(file));
    }

    @Test
    void aFolderIsItsNamesAndBytes() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one/sub")).getParent();
        Files.writeString(one.resolve("a"), "1");
        Files.writeString(one.resolve("sub/b"), "2");
        Path two = Files.createDirectories(folder.resolve("two/sub")).getParent();
        Files.writeString(two.resolve("sub/b"), "2");
        Files.writeString(two.resolve("a"), "1");
        assertEquals(Fingerprint.sha256(one), Fingerprint.sha256(two));
        Files.move(two.resolve("a"), two.resolve("c"));
        assertNotEquals(Fingerprint.sha256(one), Fingerprint.sha256(two));
    }
}
