package luthier.nn.text;

/**
 * How sequences that are too long are cut.
 *
 * @param maxLength the most tokens of a sequence, special ones included
 * @param stride how many tokens of a window the next one repeats
 * @param strategy which text of a pair is cut
 * @param side the end at which tokens go
 */
public record Truncation(int maxLength, int stride, Strategy strategy, Side side) {
    /** Which text of a pair is cut. */
    public enum Strategy {
        /** The longer one, until both are as long; then both alike. */
        LONGEST_FIRST,
        /** The first. */
        ONLY_FIRST,
        /** The second. */
        ONLY_SECOND
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one of them is negative
     */
    public Truncation {
        if (maxLength < 0 || stride < 0) {
            throw new IllegalArgumentException(
                    "truncation: maxLength and stride must not be negative; got " + maxLength + " and " + stride);
        }
    }

    /** Cuts off the end, of a pair off the longer text. */
    public static Truncation at(int maxLength) {
        return new Truncation(maxLength, 0, Strategy.LONGEST_FIRST, Side.RIGHT);
    }

    /** Repeats as many tokens of each window in the next. */
    public Truncation stride(int tokens) {
        return new Truncation(maxLength, tokens, strategy, side);
    }

    /** Cuts another text. */
    public Truncation only(Strategy wanted) {
        return new Truncation(maxLength, stride, wanted, side);
    }

    /** Cuts another end. */
    public Truncation from(Side wanted) {
        return new Truncation(maxLength, stride, strategy, wanted);
    }
}
