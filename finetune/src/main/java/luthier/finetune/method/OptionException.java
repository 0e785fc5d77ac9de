package luthier.finetune.method;

/** Thrown when an option is unknown, of another kind, or breaks its rule; the message names it and says what to do. */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public OptionException(String message) {
        super(message);
    }
}
