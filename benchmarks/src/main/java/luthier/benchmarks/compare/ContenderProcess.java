package luthier.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The near end of a {@link ContenderMain}: starts its JVM, asks, waits for the answer. */
final class ContenderProcess implements AutoCloseable {
    private static final long ANSWER_SECONDS = 180;
    private static final String GONE = "failed its process ended";
    /** As the launcher has them. The peers keep their numbers outside the heap and get the same collector. */
    private static final List<String> FLAGS =
            List.of("--add-modules=jdk.incubator.vector", "-Xmx2g", "-XX:+UseParallelGC");

    private final String name;
    private final Process process;
    private final Writer requests;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread stop;
    private String version = "";

    private ContenderProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.requests = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.stop = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(stop);
        Thread.ofVirtual().start(this::read);
    }

    /**
     * Starts a contender.
     *
     * @throws ContenderException if it cannot be loaded, with the reason
     */
    static ContenderProcess start(String name, int threads) {
        ProcessBuilder builder = new ProcessBuilder(command(name, threads)).redirectError(Redirect.DISCARD);
        environment(builder.environment(), threads);
        try {
            ContenderProcess started = new ContenderProcess(name, builder.start());
            started.version = started.await("started");
            return started;
        } catch (IOException failed) {
            throw new ContenderException(name + ": its process does not start: " + failed.getMessage());
        }
    }

    static List<String> flags(String name, int threads) {
        List<String> flags = new ArrayList<>(FLAGS);
        if (name.equals("luthier") || name.equals("scalar")) {
            // Touched before the first row: until the young generation was full once, every page of it costs a fault.
            flags.addAll(List.of("-Xms2g", "-Xmn1400m", "-XX:+AlwaysPreTouch"));
        }
        flags.add("-Dluthier.threads=" + threads);
        flags.add("-Dluthier.kernels=" + (name.equals("scalar") ? "scalar" : "simd"));
        flags.add("--enable-native-access=ALL-UNNAMED");
        flags.add("-Dai.djl.offline=true");
        return flags;
    }

    private static List<String> command(String name, int threads) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags(name, threads));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ContenderMain.class.getName(), name));
        command.add(Integer.toString(threads));
        return command;
    }

    /** The same number of threads for every library; OpenBLAS chooses its kernels for the processor itself. */
    private static void environment(Map<String, String> environment, int threads) {
        environment.remove("OPENBLAS_CORETYPE");
        for (String variable : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
            environment.put(variable, Integer.toString(threads));
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ContenderMain.MARK)) {
                    answers.add(line.substring(ContenderMain.MARK.length()));
                }
            }
        } catch (IOException ended) {
            // The line below says so.
        }
        answers.add(GONE);
    }

    String name() {
        return name;
    }

    /** What the library says of itself. */
    String version() {
        return version;
    }

    /** Whether it can still be asked. */
    boolean alive() {
        return process.isAlive();
    }

    /** The measured peak, in billions of operations a second. */
    double peak() {
        return Double.parseDouble(ask("peak", "peak"));
    }

    /**
     * Prepares a row; false if the library does not do it.
     *
     * @throws ContenderException if its result differs from Luthier's
     */
    boolean prepare(Workload row, int warmMillis) {
        return ask("prepare " + warmMillis + " " + row.name(), "ready", "absent")
                .equals("ready");
    }

    /** Nanoseconds an operation: by the clock, and of the calling thread's processor time. */
    record Turn(double wall, double cpu) {}

    /** Runs the prepared row for a while. */
    Turn turn(int millis) {
        String[] numbers = ask("turn " + millis, "turn").split(" ", 3);
        return new Turn(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    }

    /** Lets the operands go. */
    void release() {
        ask("release", "released");
    }

    private String ask(String request, String... expected) {
        try {
            requests.write(request + "\n");
            requests.flush();
        } catch (IOException gone) {
            throw new ContenderException(name + ": its process ended");
        }
        return await(expected);
    }

    private String await(String... expected) {
        String answer = next();
        if (answer == null) {
            close();
            throw new ContenderException(name + ": no answer in " + ANSWER_SECONDS + " s; stopped");
        }
        int space = answer.indexOf(' ');
        String word = space < 0 ? answer : answer.substring(0, space);
        String rest = space < 0 ? word : answer.substring(space + 1);
        if (List.of(expected).contains(word)) {
            return rest;
        }
        if (word.equals("differs")) {
            throw new ContenderException(name + ": its result differs from Luthier's by " + rest + ", not timed");
        }
        throw new ContenderException(name + ": " + rest);
    }

    private @Nullable String next() {
        try {
            return answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return GONE;
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException endingAlready) {
            return;
        }
    }
}
