package luthier.finetune.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import luthier.golden.ChildJvm;
import luthier.tensor.Rng;

/**
 * A run whose process is killed again and again at random moments, and taken up again each time, ends with the bits of one that was left
 * alone. As a program: arguments are the number of kills and a seed, {@code 50 1}; it prints what happened and fails if a bit differs.
 */
final class KilledRuns {
    /** Steps that a process is left to do at most before it is killed. */
    private static final int MOST_STEPS = 6;
    /** A process is killed up to so many milliseconds after its last step was heard of. */
    private static final int MOST_MILLIS = 40;

    private static final int STEPS_PER_EPOCH = 5;

    private KilledRuns() {}

    /**
     * What happened.
     *
     * @param kills processes that were killed before they had ended
     * @param insideSaves kills that left an unfinished checkpoint
     * @param killed what the run ended with
     * @param leftAlone what it should have ended with
     */
    record Outcome(int kills, int insideSaves, Map<String, String> killed, Map<String, String> leftAlone) {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("killed-runs");
        Outcome outcome = kill(folder, Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
        boolean same = outcome.killed.equals(outcome.leftAlone);
        System.out.println(outcome.kills + " kills, " + outcome.insideSaves + " inside a save: "
                + (same ? "the same bits" : "OTHER BITS in " + folder));
        System.exit(same ? 0 : 1);
    }

    static Outcome kill(Path folder, int kills, long seed) throws IOException, InterruptedException {
        // Long enough for every process to find something to do.
        Map<String, String> options = TinyRun.usual();
        options.put("epochs", String.valueOf(2 + kills * MOST_STEPS / STEPS_PER_EPOCH));
        options.put("save-every", "1");
        TinyRun run = TinyRun.create(folder.resolve("killed"), options, 40, 0);
        Rng rng = Rng.of(seed);
        int done = 0;
        int insideSaves = 0;
        for (int i = 0; i < kills; i++) {
            done += killOnce(run, rng.split(i)) ? 1 : 0;
            insideSaves +=
                    CheckpointExamples.names(run.checkpoints()).stream().anyMatch(name -> name.startsWith(".tmp"))
                            ? 1
                            : 0;
        }
        run.run(Map.of());
        TinyRun alone = TinyRun.create(folder.resolve("alone"), options, 40, 0);
        alone.run(Map.of());
        return new Outcome(done, insideSaves, run.result(), alone.result());
    }

    /** Returns whether the process was killed before it had ended. */
    private static boolean killOnce(TinyRun run, Rng rng) throws IOException, InterruptedException {
        Process process = ChildJvm.prepare(
                        List.of("-XX:TieredStopAtLevel=1"),
                        TinyProcess.class,
                        List.of(run.folder().toString()))
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int steps = 1 + rng.below(0, MOST_STEPS);
            for (int i = 0; i < steps; i++) {
                String line = output.readLine();
                if (line == null || !line.startsWith("step ")) {
                    throw new AssertionError("a process of the run must train; it said " + line);
                }
            }
            Thread.sleep(rng.below(1, MOST_MILLIS));
            process.destroyForcibly();
            return process.waitFor() != 0;
        }
    }
}
