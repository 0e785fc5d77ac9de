package luthier.nn.chat;

/**
 * A part of a text.
 *
 * @param start its first code point
 * @param end the code point after its last
 */
public record Span(int start, int end) {
    /** Refuses a part that ends before it begins. */
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("span: 0 <= start <= end; got " + start + " and " + end);
        }
    }
}
