package luthier.finetune.train;

import java.io.IOException;
import java.nio.file.Path;

/** A disk that fails in the middle of the checkpoint of a step, and then so many checkpoints more. */
final class DiskThatFails extends UnforcedStorage {
    /** What happens then. */
    interface Failure {
        IOException get();
    }

    private final Path first;
    private final Failure failure;
    private int more;
    private boolean begun;

    DiskThatFails(TinyRun run, long step, int more, Failure failure) {
        this.more = more;
        first = run.checkpoints().resolve(".tmp-step-" + step).resolve(CheckpointFiles.OPTIMIZER);
        this.failure = failure;
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        super.write(file, channel -> {
            begun |= file.equals(first);
            if (begun && file.endsWith(CheckpointFiles.OPTIMIZER) && more-- >= 0) {
                throw failure.get();
            }
            content.write(channel);
        });
    }
}
