package luthier.app;

/** Thrown when a folder is not the run or model that a command needs; shown as one line, exit code 4. */
final class FolderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FolderException(String message) {
        super(message);
    }
}
