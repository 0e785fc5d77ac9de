package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads {@link HostileFiles} and seeded mutations in a JVM of 64 MB heap and 256 kB stacks. */
@Tag("slow")
class HostileFilesTest {
    @TempDir
    private Path folder;

    @Test
    void everyFileIsReadOrRefusedWithOneError() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java("-Xmx64m", "-Xss256k"));
        command.addAll(List.of(HostileRun.class.getName(), folder.toString()));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        assertTrue(output.contains("faults: 0\n"), output);
    }

    /** The start of a command for a JVM with these options that has this module's classes. */
    static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", place(Safetensors.class) + File.pathSeparator + place(HostileRun.class)));
        return command;
    }

    private static String place(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }
}
