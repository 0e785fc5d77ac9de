package luthier.finetune.train;

import java.io.IOException;
import java.nio.file.Path;

/** A disk that gives up in the middle of the checkpoint of a step. */
final class DiskUntil implements Storage {
    /** What happens then. */
    interface Failure {
        IOException get();
    }

    private final Storage disk = new DiskStorage();
    private final Path last;
    private final Failure failure;

    DiskUntil(TinyRun run, long step, Failure failure) {
        last = run.checkpoints().resolve(".tmp-step-" + step).resolve(CheckpointFiles.OPTIMIZER);
        this.failure = failure;
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        disk.createFolder(folder);
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        disk.write(file, channel -> {
            if (file.equals(last)) {
                throw failure.get();
            }
            content.write(channel);
        });
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        disk.forceFolder(folder);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }
}
