package luthier.nn.generate;

/**
 * Beam search: the texts with the best sums of log-probabilities, divided by their length to a power.
 *
 * @param count how many texts go on beside each other
 * @param lengthPenalty the power of the number of generated tokens, the end token counted, that divides the sum; above 0 for longer texts
 * @param stopping when the search ends
 */
public record Beams(int count, double lengthPenalty, Stopping stopping) {
    /** When the search ends, once {@code count} texts are complete. */
    public enum Stopping {
        /** When none that goes on scores better at its present length. */
        HEURISTIC,
        /** At once. */
        EARLY,
        /** When none that goes on could score better at any length. */
        NEVER
    }

    /**
     * Checks the numbers.
     *
     * @throws GenerationException naming the setting out of range
     */
    public Beams {
        GenerationException.require(count >= 1, "num_beams", "at least 1", count);
        GenerationException.require(Double.isFinite(lengthPenalty), "length_penalty", "a number", lengthPenalty);
    }

    /** Returns so many beams, divided by their length. */
    public static Beams of(int count) {
        return new Beams(count, 1, Stopping.HEURISTIC);
    }

    /** Returns the score of a text. */
    double score(double logProbability, int length) {
        return logProbability / StrictMath.pow(length, lengthPenalty);
    }
}
