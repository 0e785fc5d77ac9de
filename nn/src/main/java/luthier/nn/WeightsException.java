package luthier.nn;

/** Thrown when weights do not fit a model: names missing, names unknown, shapes that differ. */
public final class WeightsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that names the weights. */
    public WeightsException(String message) {
        super(message);
    }
}
