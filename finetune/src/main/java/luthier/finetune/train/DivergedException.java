package luthier.finetune.train;

/** Thrown when a loss, a gradient or every evaluation of a run is not finite; the message says at which step and what to do. */
public final class DivergedException extends TrainingException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public DivergedException(String message) {
        super(message);
    }
}
