package luthier.finetune.io;

import java.io.IOException;
import java.nio.file.Path;

/** A format in which tools exchange adaptations. It knows names and fields, and no method; what it cannot say it refuses by name. */
public interface Dialect {
    /** Returns its name, {@code peft}. */
    String name();

    /** Returns whether a folder or file is of this dialect. */
    boolean reads(Path path);

    /**
     * Reads an adaptation.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is malformed or says something that is not known
     */
    Saved read(Path path) throws IOException;

    /** Returns whether this dialect can say an adaptation of a kind. */
    boolean writes(String kind);

    /**
     * Writes an adaptation; a folder is created if missing.
     *
     * @throws IOException if a file cannot be written; what was there before is kept
     */
    void write(Path path, Saved saved) throws IOException;
}
