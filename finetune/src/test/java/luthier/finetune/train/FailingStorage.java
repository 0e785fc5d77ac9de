package luthier.finetune.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A storage whose operations fail: one of them, all from one on, or every byte behind so many. */
final class FailingStorage implements Storage {
    private final Storage disk = new UnforcedStorage();
    private final long firstFailure;
    private final long lastFailure;
    private long space;
    private long operations;

    private FailingStorage(long firstFailure, long lastFailure, long space) {
        this.firstFailure = firstFailure;
        this.lastFailure = lastFailure;
        this.space = space;
    }

    /** The operation of this number fails, the first being 0. */
    static FailingStorage once(long operation) {
        return new FailingStorage(operation, operation, Long.MAX_VALUE);
    }

    /** All operations from this one on fail. */
    static FailingStorage from(long operation) {
        return new FailingStorage(operation, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** A disk with room for so many bytes. */
    static FailingStorage withSpace(long bytes) {
        return new FailingStorage(Long.MAX_VALUE, Long.MAX_VALUE, bytes);
    }

    /** Returns how many operations were asked for. */
    long operations() {
        return operations;
    }

    private void next(String operation, Path path) throws IOException {
        long number = operations++;
        if (number >= firstFailure && number <= lastFailure) {
            throw new IOException(path + ": Input/output error (" + operation + ")");
        }
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        next("create", folder);
        disk.createFolder(folder);
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        disk.write(file, channel -> {
            content.write(limited(channel));
            next("write", file);
        });
    }

    private WritableByteChannel limited(WritableByteChannel channel) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                if (source.remaining() > space) {
                    ByteBuffer part = source.duplicate();
                    channel.write(part.limit(part.position() + (int) space));
                    space = 0;
                    throw new IOException("No space left on device");
                }
                int n = channel.write(source);
                space -= n;
                return n;
            }

            @Override
            public boolean isOpen() {
                return channel.isOpen();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        next("force", folder);
        disk.forceFolder(folder);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        next("move", from);
        disk.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        next("delete", path);
        disk.delete(path);
    }
}
