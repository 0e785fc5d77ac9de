package luthier.benchmarks.compare;

/** Thrown when a library cannot be measured, at all or in a row; shown as one line, and the rest goes on. */
final class ContenderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ContenderException(String message) {
        super(message);
    }
}
