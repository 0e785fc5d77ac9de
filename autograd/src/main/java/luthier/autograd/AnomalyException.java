package luthier.autograd;

/** A result or a gradient was the first to be NaN or infinite; see {@link Anomaly}. */
public final class AnomalyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AnomalyException(String message) {
        super(message);
    }
}
