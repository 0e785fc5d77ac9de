package luthier.nn.text;

/**
 * How sequences of a batch are filled up to one length.
 *
 * @param padId the token that fills
 * @param padType its segment
 * @param side the end that is filled
 * @param multipleOf the length is rounded up to a multiple of it; 1 changes nothing
 * @param length the least length; 0 for that of the longest sequence
 */
public record Padding(int padId, int padType, Side side, int multipleOf, int length) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if {@code multipleOf} is not positive or {@code length} negative
     */
    public Padding {
        if (multipleOf < 1 || length < 0) {
            throw new IllegalArgumentException("padding: multipleOf must be positive and length not negative; got "
                    + multipleOf + " and " + length);
        }
    }

    /** Fills the end up to the longest sequence. */
    public static Padding with(int padId) {
        return new Padding(padId, 0, Side.RIGHT, 1, 0);
    }

    /** Fills another end. */
    public Padding on(Side wanted) {
        return new Padding(padId, padType, wanted, multipleOf, length);
    }

    /** Rounds the length up. */
    public Padding toMultipleOf(int number) {
        return new Padding(padId, padType, side, number, length);
    }
}
