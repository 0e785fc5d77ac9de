package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads {@link HostileFiles} and seeded mutations in a JVM of 64 MB heap and 256 kB stacks. */
class HostileFilesTest {
    @TempDir
    private Path folder;

    @Test
    void everyFileIsReadOrRefusedWithOneError() throws IOException, InterruptedException {
        String classPath = place(Safetensors.class) + File.pathSeparator + place(HostileRun.class);
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "-Xmx64m",
                        "-Xss256k",
                        "-cp",
                        classPath,
                        HostileRun.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        assertTrue(output.contains("faults: 0\n"), output);
    }

    private static String place(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    }
}
