package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import luthier.golden.GgufBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code inspect} says of a GGUF file. */
class InspectGgufTest {
    @TempDir
    private Path folder;

    @Test
    void headerMetadataAndTensors() throws IOException {
        Path file = Files.write(
                folder.resolve("m.bin"),
                new GgufBytes()
                        .text("general.architecture", "llama")
                        .text("general.name", "a\u001b[31m" + "b".repeat(100))
                        .numbers("list", GgufBytes.I32, 1, 2, 3, 4, 5, 6, 7)
                        .texts("tokens", "a", "b")
                        .number("eps", GgufBytes.F32, 1e-5)
                        .floats("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
                        .tensor("q", new long[] {256, 2}, 12, new byte[288])
                        .build());
        String said = Spoken.of("inspect", file).done();
        assertEquals("""
                GGUF version 3
                name  type  shape     bytes
                w     F32   [2, 3]    24
                q     Q4_K  [2, 256]  288
                """, said.substring(0, said.indexOf("general")));
        assertTrue(said.contains("general.architecture  llama\n"), said);
        assertTrue(said.contains("a\\u001b[31m" + "b".repeat(74) + "...\n"), said);
        assertTrue(said.contains("7 x I32: [1, 2, 3, 4, 5, 6, ...]\n"), said);
        assertTrue(said.contains("2 x text: [a, b]\n"), said);
        assertTrue(said.contains("1.0E-5\n"), said);
        assertTrue(Spoken.of("inspect", "--json", file).done().contains("\"GGUF version 3\""), said);
        Files.write(file, new GgufBytes().version(1).build());
        assertTrue(Spoken.of("inspect", file).refused(4).contains("the version must be 2 or 3; got 1"));
    }
}
