package luthier.finetune.train;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * Everything that checkpoints change on a disk, one method an operation, so that a test can record the operations, lose those that
 * were not forced, and let any of them fail. A change of a folder's entries is on the disk when the folder was forced after it.
 */
interface Storage {
    /** The content of a file. */
    @FunctionalInterface
    interface Content {
        /** Writes it. */
        void write(WritableByteChannel channel) throws IOException;
    }

    /** Makes a folder in one that exists. */
    void createFolder(Path folder) throws IOException;

    /** Writes a new file; when it returns, the content is on the disk. */
    void write(Path file, Content content) throws IOException;

    /** Waits until the entries of a folder are on the disk. */
    void forceFolder(Path folder) throws IOException;

    /** Renames a file or folder in one go; nothing has the new name yet. */
    void move(Path from, Path to) throws IOException;

    /** Deletes a file or an empty folder. */
    void delete(Path path) throws IOException;
}
