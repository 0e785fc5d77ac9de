package luthier.finetune.train;

/** Thrown when a run cannot be taken up again or cannot be saved; the message says what does not fit and what to do. */
public final class CheckpointException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public CheckpointException(String message) {
        super(message);
    }

    /** Creates the exception with what led to it. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
