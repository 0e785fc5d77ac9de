package luthier.tensor;

/** Thrown when an element type does not fit an operation; the message names the rule and the types. */
public final class DTypeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form {@code operation: rule; got actual; what to do}. */
    public DTypeException(String message) {
        super(message);
    }
}
