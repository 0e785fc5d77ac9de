package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

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

    /** Returns a text in UTF-8 as a content. */
    public static Content text(String text) {
        return channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        };
    }

    /**
     * Writes a file.
     *
     * @throws IOException if it cannot be written; an old file is unchanged then and nothing is left beside it
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path temporary = temporary(target);
        try {
            fill(temporary, content);
            rename(temporary, target);
        } catch (IOException e) {
            throw new IOException(file + ": the file cannot be written, an old one is unchanged: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(target);
    }

    /**
     * Writes files of one folder that belong together, such as weights and their description. All are on disk beside the old ones before
     * the first takes its place; while they do, the last one, without which the others mean nothing, is missing: new never lies beside
     * old unnoticed.
     *
     * @param files at least one, in the order in which they appear
     * @throws IOException if one cannot be written; old files are unchanged then and nothing is left beside them
     */
    public static void writeTogether(SequencedMap<Path, Content> files) throws IOException {
        Map<Path, Path> temporaries = new LinkedHashMap<>();
        try {
            for (Map.Entry<Path, Content> file : files.entrySet()) {
                Path target = file.getKey().toAbsolutePath();
                Path temporary = temporary(target);
                temporaries.put(temporary, target);
                fill(temporary, file.getValue());
            }
            Files.deleteIfExists(files.lastEntry().getKey());
            for (Map.Entry<Path, Path> written : temporaries.entrySet()) {
                rename(written.getKey(), written.getValue());
            }
        } catch (IOException e) {
            throw new IOException(files.keySet() + ": the files cannot be written: " + e.getMessage(), e);
        } finally {
            for (Path temporary : temporaries.keySet()) {
                Files.deleteIfExists(temporary);
            }
        }
        forceFolder(files.firstEntry().getKey().toAbsolutePath());
    }

    private static Path temporary(Path target) {
        return target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
    }

    private static void fill(Path temporary, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.write(channel);
            channel.force(true);
        }
    }

    private static void rename(Path temporary, Path target) throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Writes a text in UTF-8.
     *
     * @throws IOException if it cannot be written; an old file is unchanged then and nothing is left beside it
     */
    public static void writeString(Path file, String text) throws IOException {
        write(file, text(text));
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
