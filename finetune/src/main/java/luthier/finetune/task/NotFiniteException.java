package luthier.finetune.task;

/** Thrown where a model answers with NaN or an infinity: it has diverged, or its weights are damaged. Never taken for an answer. */
public final class NotFiniteException extends ArithmeticException {
    private static final long serialVersionUID = 1L;

    NotFiniteException(String message) {
        super(message);
    }

    /** Checks a number of an answer; rows count from 1 in the message. */
    static void require(String operation, String what, int row, double value) {
        if (!Double.isFinite(value)) {
            throw new NotFiniteException(operation + ": " + what + " must be finite; got " + value + " in row "
                    + (row + 1) + "; the model has diverged or its weights are damaged");
        }
    }
}
