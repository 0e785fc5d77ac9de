package luthier.finetune.train;

import java.io.IOException;
import java.nio.file.Path;

/** A disk that gives up in the middle of the checkpoint of a step, and never works again. */
final class DiskUntil extends UnforcedStorage {
    /** What happens then. */
    interface Failure {
        IOException get();
    }

    private final Path last;
    private final Failure failure;
    private boolean broken;

    DiskUntil(TinyRun run, long step, Failure failure) {
        last = run.checkpoints().resolve(".tmp-step-" + step).resolve(CheckpointFiles.OPTIMIZER);
        this.failure = failure;
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        super.write(file, channel -> {
            broken |= file.equals(last);
            if (broken) {
                throw failure.get();
            }
            content.write(channel);
        });
    }
}
