package luthier.nn.generate;

/** Hears every token as it is chosen. */
@FunctionalInterface
public interface TokenListener {
    /** Hears nothing and never has enough. */
    TokenListener NONE = (text, token) -> true;

    /**
     * Hears a token.
     *
     * @param text which text, in the order of the results
     * @return whether this text goes on; false ends it behind this token
     */
    boolean accept(int text, int token);
}
