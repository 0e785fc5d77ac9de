package luthier.tensor.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A file mapped read-only. The mapping belongs to an arena that {@link #close} ends, not to the garbage collector, which does not see how
 * much native memory small objects hold. The file's length is looked at before and after each read: a file that another program cut
 * under the mapping reads as zeros up to the end of its last page, and as a fault of the machine behind it.
 */
final class MappedFile implements AutoCloseable {
    private final String source;
    private final RandomAccessFile file;
    private final Arena arena;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable MemorySegment content;

    private MappedFile(String source, RandomAccessFile file, Arena arena) {
        this.source = source;
        this.file = file;
        this.arena = arena;
    }

    /** Opens a file, not yet mapped. */
    @SuppressWarnings("MustBeClosedChecker") // The file that is returned closes the arena.
    static MappedFile open(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        // Unlike a channel's, this length can be asked for by a thread that is interrupted without closing the file for
        // all.
        return new MappedFile(path.toString(), new RandomAccessFile(path.toFile(), "r"), Arena.ofShared());
    }

    String source() {
        return source;
    }

    long length() throws IOException {
        return file.length();
    }

    /** Returns the file's channel, for reading before others know the file: an interrupt closes it. */
    FileChannel channel() {
        return file.getChannel();
    }

    /** Reads so many bytes from a place. */
    byte[] bytes(long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(from);
        file.readFully(bytes);
        return bytes;
    }

    /**
     * Maps the whole file. The last step of opening it: giving a shared mapping back stops all threads for a moment, which a file that
     * is refused need not cost.
     */
    void map() throws IOException {
        content = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, file.length(), arena);
    }

    /**
     * Reads from the mapped content.
     *
     * @throws IllegalStateException if the file is closed
     * @throws ModelFormatException if the file was changed by another program meanwhile
     */
    <T> T reading(Function<MemorySegment, T> read) {
        Lock reading = lock.readLock();
        reading.lock();
        try {
            if (!arena.scope().isAlive()) {
                throw new IllegalStateException("read: the file must be open; got the closed " + source);
            }
            MemorySegment whole = Objects.requireNonNull(content);
            requireUnchanged(whole.byteSize());
            T result = read.apply(whole);
            requireUnchanged(whole.byteSize());
            return result;
        } catch (InternalError fault) {
            throw changed(fault);
        } finally {
            reading.unlock();
        }
    }

    private void requireUnchanged(long size) {
        try {
            if (file.length() != size) {
                throw new ModelFormatException(
                        source,
                        0,
                        "the file must not change while it is mapped; got " + file.length() + " bytes instead of "
                                + size + "; replace files by renaming");
            }
        } catch (IOException e) {
            throw new ModelFormatException(source, 0, "the file must stay readable while it is mapped; got " + e);
        }
    }

    private ModelFormatException changed(InternalError fault) {
        ModelFormatException error = new ModelFormatException(
                source, 0, "the file must not change while it is mapped; replace files by renaming");
        error.initCause(fault);
        return error;
    }

    @Override
    public void close() {
        Lock closing = lock.writeLock();
        closing.lock();
        try {
            if (content == null) {
                file.close();
            } else if (arena.scope().isAlive()) {
                arena.close();
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closing.unlock();
        }
    }
}
