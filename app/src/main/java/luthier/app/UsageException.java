package luthier.app;

/** Thrown when a command cannot be carried out as it was given; shown as one line, exit code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
