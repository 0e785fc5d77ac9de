package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import luthier.golden.ChildJvm;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal lets the work save and ends the process with the signal's own code. */
class StopSignalsTest {
    @ParameterizedTest
    @CsvSource({"INT, 2, 130", "TERM, 15, 143", "HUP, 1, 129"})
    void aSignalEndsTheProcessWhenTheWorkIsSaved(String signal, int number, int exitCode) throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "signals are sent on Linux alone");
        Process process = ChildJvm.prepare(List.of(), SlowWork.class, List.of()).start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String first = output.readLine();
            assertTrue(first.startsWith("ignores "), first);
            long ignored = Long.parseUnsignedLong(first.substring("ignores ".length()), 16);
            Assumptions.assumeTrue(
                    (ignored >> (number - 1) & 1) == 0,
                    "this process was started with SIG" + signal + " ignored, and so are its children");
            send(signal, process);
            assertEquals("", output.readLine());
            assertEquals("stopping after this step, saving ...", output.readLine());
            send(signal, process);
            assertEquals("saved", output.readLine(), "a second signal does not cut it off");
            assertEquals(null, output.readLine());
            assertEquals(exitCode, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void send(String signal, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-s", signal, String.valueOf(process.pid())).start();
        assertEquals(0, kill.waitFor());
    }
}
