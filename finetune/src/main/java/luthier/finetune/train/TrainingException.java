package luthier.finetune.train;

/**
 * Thrown when a run is not training what it should, or not at all; the message says which parameter and what to do. Numbers that are not finite are a
 * {@link DivergedException}.
 */
public class TrainingException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public TrainingException(String message) {
        super(message);
    }
}
