package luthier.nn.text;

/**
 * A stretch of a text.
 *
 * @param start where it begins, in code points
 * @param end where it ends, in code points
 */
public record Span(int start, int end) {
    /**
     * Checks the places.
     *
     * @throws IllegalArgumentException if they are negative or out of order
     */
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("span: start and end must be in order; got " + start + " and " + end);
        }
    }
}
