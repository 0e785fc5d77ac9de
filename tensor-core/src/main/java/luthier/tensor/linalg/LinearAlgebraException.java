package luthier.tensor.linalg;

/**
 * Thrown when a matrix's values do not allow what was asked: it is singular, not positive definite or not finite. The message
 * names the operation, the shape, the pivot or entry with its value, which matrix of a batch it is in, and what to do.
 */
public final class LinearAlgebraException extends ArithmeticException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form {@code operation: rule; got actual; what to do}. */
    public LinearAlgebraException(String message) {
        super(message);
    }
}
