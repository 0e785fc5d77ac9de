package luthier.tensor;

/** Thrown when shapes, axes or indices do not fit an operation; the message names the rule and both shapes. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form {@code operation: rule; got actual; what to do}. */
    public ShapeException(String message) {
        super(message);
    }
}
