package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Whether the rows of a file can be held in memory: said before they are read, as a full heap would only show after minutes. */
final class DataMemory {
    /** What a row takes beside its letters: its values by column, its texts and labels, its place. */
    private static final long BYTES_A_ROW = 500;

    private static final int SAMPLE = 1 << 20;

    private DataMemory() {}

    /**
     * Checks that rows fit into the heap.
     *
     * @throws UsageException if they cannot, with the least that they take
     */
    static void require(Path data) throws IOException {
        require(data, Runtime.getRuntime().maxMemory());
    }

    /** Checks that rows fit into a heap of some bytes. */
    static void require(Path data, long heap) throws IOException {
        long needed = least(data);
        if (needed > heap) {
            throw new UsageException(String.format(
                    Locale.ROOT,
                    "%s: rows that are trained or shown are held in memory, at least %s; got a heap of %s; give more with --memory, or"
                            + " take a part of the rows",
                    data,
                    Tables.bytes(needed),
                    Tables.bytes(heap)));
        }
    }

    /** Returns the bytes that the rows of a file or folder take at least: a byte a letter, and something a row. */
    static long least(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return Files.exists(data) ? leastOfFile(data) : 0;
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(data)) {
            files = found.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += leastOfFile(file);
        }
        return bytes;
    }

    /** The share of line ends at the file's beginning tells how many rows it has. */
    private static long leastOfFile(Path file) throws IOException {
        long size = Files.size(file);
        if (size <= SAMPLE) {
            return size;
        }
        byte[] sample;
        try (InputStream in = Files.newInputStream(file)) {
            sample = in.readNBytes(SAMPLE);
        }
        long lines = 0;
        for (byte b : sample) {
            lines += b == '\n' ? 1 : 0;
        }
        return size + size / sample.length * lines * BYTES_A_ROW;
    }
}
