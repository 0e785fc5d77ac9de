package luthier.finetune.train;

/** A checkpoint that is not whole; the message names it and what is wrong with it. */
final class DamagedCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedCheckpointException(String message) {
        super(message);
    }
}
