package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files whole or not at all: a temporary file in the same folder, forced to disk, then renamed over the old one, and the folder
 * forced too. Who has the old file open or mapped keeps the old one.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes it from the channel's position on. */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @throws IOException if it cannot be written; an old file is unchanged then and nothing is left beside it
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IOException(file + ": the file cannot be written, an old one is unchanged: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(target);
    }

    /**
     * Writes a text in UTF-8.
     *
     * @throws IOException if it cannot be written; an old file is unchanged then and nothing is left beside it
     */
    public static void writeString(Path file, String text) throws IOException {
        write(file, channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    private static void forceFolder(Path target) {
        try (FileChannel folder = FileChannel.open(target.resolveSibling("."), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException unsupported) {
            // Windows cannot open folders; there the rename is on disk when its own journal is.
            return;
        }
    }
}
