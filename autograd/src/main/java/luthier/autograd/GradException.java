package luthier.autograd;

/** Thrown when a gradient cannot be computed: no history, a freed graph, a seed that does not fit. */
public final class GradException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form {@code operation: rule; got actual; what to do}. */
    public GradException(String message) {
        super(message);
    }
}
