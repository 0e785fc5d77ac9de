package luthier.finetune.train;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The log of a run, a line of JSON for each event, readable while the run goes. A checkpoint remembers how long it was; a run that goes
 * on cuts off what was written behind, so that each step stands in it once.
 */
public final class MetricsLog implements AutoCloseable {
    /** Unlike a channel it is not closed by an interrupt of the thread that writes. */
    private final RandomAccessFile file;

    private MetricsLog(RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Opens a log, made if it is not there, to go on behind its first bytes.
     *
     * @param length as {@link #force} has returned it; 0 to begin
     * @param notes takes a line if the log is shorter: it goes on behind its last whole line then
     * @throws IOException if it cannot be opened
     */
    public static MetricsLog open(Path path, long length, List<String> notes) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            long size = file.length();
            if (size < length) {
                notes.add(path.getFileName() + ": has lost lines, " + size + " of " + length
                        + " bytes are there; goes on behind them");
            }
            long end = size < length ? endOfLastLine(file, size) : length;
            file.setLength(end);
            file.seek(end);
            return new MetricsLog(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static long endOfLastLine(RandomAccessFile file, long size) throws IOException {
        for (long end = size; end > 0; end--) {
            file.seek(end - 1);
            if (file.read() == '\n') {
                return end;
            }
        }
        return 0;
    }

    /** Writes a line. */
    public void write(String line) throws IOException {
        file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until all lines are on the disk and returns their length in bytes. */
    public long force() throws IOException {
        file.getFD().sync();
        return file.length();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
