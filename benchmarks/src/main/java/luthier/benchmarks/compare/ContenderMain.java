package luthier.benchmarks.compare;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * One library's process. It obeys a line at a time and works only while it does: before it answers it waits until its own threads
 * rest, so that the next library has the machine to itself. Answers begin with {@link #MARK}; other lines are the library's own.
 *
 * <pre>
 * peak                 -> peak GFLOPS
 * prepare MILLIS ROW   -> ready | absent | differs BY   (draws operands, compares with Luthier, warms up)
 * turn MILLIS          -> turn NANOSECONDS CPU_NANOSECONDS TIMES    (per operation; CPU of the calling thread)
 * release              -> released
 * </pre>
 */
public final class ContenderMain {
    static final String MARK = "@luthier ";
    static final double TOLERANCE = 1e-4;

    private static final int QUIET_MILLIS = 20;
    private static final int QUIET_TRIES = 30;
    private static final long WARM_LIMIT = 8;
    /** Vector code that is not compiled yet takes a hundred times as long: a few runs of it fill any time and pass as settled. */
    private static final int WARM_VECTOR_RUNS = 100;

    private static final long WINDOW_NANOS = 100_000_000;
    private static final int BATCH_NANOS = 5_000_000;

    private final Contender contender;
    private final int threads;
    private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    private final ThreadMXBean threadTimes = ManagementFactory.getThreadMXBean();
    private @Nullable Task task;
    private long nanosEach = 1;

    private ContenderMain(Contender contender, int threads) {
        this.contender = contender;
        this.threads = threads;
    }

    /** Serves one contender, named by the first argument, on as many threads as the second says, until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ContenderMain server;
        try {
            int threads = Integer.parseInt(arguments[1]);
            Contender contender = contender(arguments[0]);
            contender.start(threads);
            server = new ContenderMain(contender, threads);
        } catch (RuntimeException | LinkageError failed) {
            answers.println(MARK + "failed " + line(failed));
            return;
        }
        answers.println(MARK + "started " + server.contender.version());
        for (String request = requests.readLine(); request != null; request = requests.readLine()) {
            try {
                answers.println(MARK + server.answer(request));
            } catch (RuntimeException | LinkageError | OutOfMemoryError failed) {
                answers.println(MARK + "failed " + line(failed));
            }
        }
    }

    private static Contender contender(String name) {
        if (name.equals("luthier") || name.equals("scalar")) {
            return new Luthier();
        }
        for (Contender peer : ServiceLoader.load(Contender.class)) {
            if (peer.name().equals(name)) {
                return peer;
            }
        }
        throw new IllegalArgumentException("not on the class path; build with the Maven profile peers");
    }

    private static String line(Throwable failed) {
        String message = failed.getMessage() == null ? failed.toString() : failed.getMessage();
        return message.strip().lines().findFirst().orElse(failed.toString());
    }

    private String answer(String request) {
        String[] words = request.split(" ", 3);
        String answer = switch (words[0]) {
            case "peak" -> "peak " + FmaPeakSimd.gigaflops(threads);
            case "prepare" -> prepare(Integer.parseInt(words[1]), Workloads.named(words[2]));
            case "turn" -> turn(Integer.parseInt(words[1]));
            case "release" -> release();
            default -> throw new IllegalArgumentException("unknown request " + request);
        };
        rest();
        return answer;
    }

    private String prepare(int warmMillis, Workload row) {
        release();
        Workload.Prepared prepared = row.prepare().get();
        Optional<Task> mine = contender.prepare(prepared);
        if (mine.isEmpty()) {
            return "absent";
        }
        task = mine.get();
        if (!(contender instanceof Luthier)) {
            double difference = difference(prepared.luthier().result(), task.result());
            if (!(difference <= TOLERANCE)) {
                return "differs " + difference;
            }
        }
        warm(task, warmMillis * 1_000_000L);
        return "ready";
    }

    /** The largest distance, as a part of the largest number or of 1; infinite if the sizes differ. */
    static double difference(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        double scale = 1;
        double distance = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            distance = Math.max(distance, Math.abs((double) expected[i] - actual[i]));
        }
        return distance / scale;
    }

    /**
     * Runs for the time given, often enough for the compiler to take notice, and then until it did nothing for a while; but not for
     * ever.
     */
    private void warm(Task warmed, long nanos) {
        long begin = System.nanoTime();
        long windowBegin = begin;
        long compiledBefore = -1;
        long least = contender.name().equals("luthier") ? WARM_VECTOR_RUNS : 1;
        long runs = 0;
        int times = 1;
        while (true) {
            long start = System.nanoTime();
            warmed.run(times);
            runs += times;
            long end = System.nanoTime();
            nanosEach = Math.max(1, (end - start) / times);
            long compiled = compiler.getTotalCompilationTime();
            boolean window = end - windowBegin >= WINDOW_NANOS;
            boolean settled = window && compiled == compiledBefore && runs >= least && end - begin >= nanos;
            if (settled || end - begin >= WARM_LIMIT * nanos) {
                return;
            }
            if (window) {
                windowBegin = end;
                compiledBefore = compiled;
            }
            times = Math.clamp(BATCH_NANOS / nanosEach, 1, Math.min(times, 1_000_000) * 10);
        }
    }

    /** Runs whole batches for about the time given and divides by what ran: pauses of the collector count. */
    private String turn(int millis) {
        Task running = task;
        if (running == null) {
            throw new IllegalStateException("turn: nothing is prepared");
        }
        running.run(1); // wakes the threads and the caches that the others' turns cooled
        long wanted = millis * 1_000_000L;
        long times = 0;
        long cpu = threadTimes.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long spent = 0;
        while (spent < wanted) {
            int batch = Math.clamp(Math.min(BATCH_NANOS, wanted - spent) / nanosEach, 1, 10_000_000);
            running.run(batch);
            times += batch;
            spent = System.nanoTime() - begin;
        }
        cpu = threadTimes.getCurrentThreadCpuTime() - cpu;
        nanosEach = Math.max(1, spent / times);
        return "turn " + (double) spent / times + " " + (double) cpu / times + " " + times;
    }

    private String release() {
        Task released = task;
        task = null;
        if (released != null) {
            released.close();
        }
        return "released";
    }

    /** Waits until the process uses no time: threads that spin for more work, and the compiler, would disturb the next one. */
    private static void rest() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
            return;
        }
        try {
            for (int i = 0; i < QUIET_TRIES; i++) {
                long before = system.getProcessCpuTime();
                Thread.sleep(QUIET_MILLIS);
                if (system.getProcessCpuTime() - before < QUIET_MILLIS * 1_000_000L / 2) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
