package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Works until it is asked to stop, and then saves. Its first line says which signals it was started to ignore, as a mask of bits. */
final class SlowWork {
    private SlowWork() {}

    @SuppressWarnings("try") // Being open is all that the signals are for.
    public static void main(String[] arguments) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        String ignored = ignoredSignals();
        CountDownLatch stop = new CountDownLatch(1);
        try (StopSignals open = new StopSignals(stop::countDown, out)) {
            out.println("ignores " + ignored);
            stop.await();
            // Long enough for a second signal to arrive meanwhile.
            Thread.sleep(300);
            out.println("saved");
        }
    }

    private static String ignoredSignals() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .findFirst()
                .orElse("0");
    }
}
