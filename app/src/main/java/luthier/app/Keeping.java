package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.finetune.train.Checkpoint;
import luthier.finetune.train.CheckpointFolder;
import luthier.finetune.train.MetricsLog;
import luthier.finetune.train.RunIdentity;
import luthier.finetune.train.Saving;

/**
 * The checkpoints and the log of a run, opened to begin it or to go on with it.
 *
 * @param checkpoints no other process can open them meanwhile
 * @param log goes on behind what the checkpoint remembers
 * @param saving both, and the checkpoint to go on from
 */
record Keeping(CheckpointFolder checkpoints, MetricsLog log, Saving saving) implements AutoCloseable {
    /**
     * Opens a run's folder.
     *
     * @param keep how many of the newest checkpoints stay
     * @param resumed whether to go on from the newest one
     * @param said is told where that is, and what was found beside it
     */
    @SuppressWarnings("MustBeClosedChecker") // This closes both.
    static Keeping open(Path run, int keep, RunIdentity identity, boolean resumed, PrintWriter said)
            throws IOException {
        CheckpointFolder checkpoints = CheckpointFolder.open(RunFolder.checkpoints(run), keep);
        try {
            Optional<Checkpoint> from = Optional.empty();
            if (resumed) {
                CheckpointFolder.Found found = checkpoints.resume(identity);
                found.notes().forEach(said::println);
                from = found.checkpoint();
                said.println(from.map(checkpoint ->
                                "going on after step " + checkpoint.state().step())
                        .orElse("the run ended before its first checkpoint: beginning anew"));
            }
            long logged = from.map(checkpoint -> checkpoint.state().logBytes()).orElse(0L);
            List<String> notes = new ArrayList<>();
            MetricsLog log = MetricsLog.open(run.resolve(RunFolder.METRICS), logged, notes);
            notes.forEach(said::println);
            return new Keeping(checkpoints, log, new Saving(checkpoints, identity, Optional.of(log), from));
        } catch (IOException | RuntimeException e) {
            checkpoints.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (checkpoints) {
            log.close();
        }
    }
}
