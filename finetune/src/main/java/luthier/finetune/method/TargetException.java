package luthier.finetune.method;

/** Thrown when what is to be tuned cannot be tuned so: a pattern that matches nothing, a rank that does not fit. */
public final class TargetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form {@code what: rule; got actual; what to do}. */
    public TargetException(String message) {
        super(message);
    }
}
