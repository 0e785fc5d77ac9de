package luthier.nn.generate;

import java.util.List;

/**
 * A continuation.
 *
 * @param tokens what was generated, with the token that ended it
 * @param ending why it ended
 * @param score of a beam: the sum of log-probabilities divided by the length to the penalty; 0 elsewhere
 */
public record Generated(List<Integer> tokens, Ending ending, double score) {
    /** Why a text ended. */
    public enum Ending {
        /** An end token came. */
        END,
        /** The listener had enough: a stop text, or a user. */
        STOP,
        /** There are as many new tokens as were asked for. */
        LENGTH,
        /** The model's longest text is reached. */
        CONTEXT_FULL
    }

    /** Copies the tokens. */
    public Generated {
        tokens = List.copyOf(tokens);
    }
}
