package luthier.tensor.io;

/** Thrown when a file does not follow its format: the message names the file, the offset in bytes and the rule that was broken. */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception for a place in a file. */
    public ModelFormatException(String file, long offset, String rule) {
        super(file + ": " + rule + " (at byte " + offset + ")");
    }
}
