package luthier.nn.text;

import java.util.function.Supplier;

/**
 * A text that a regular expression may look at only so often: an expression that backtracks without end is stopped by an error. For one
 * match; not safe for use by several threads.
 */
public final class BoundedText implements CharSequence {
    private final String text;
    private final Supplier<? extends RuntimeException> tooOften;
    private long looks;

    /**
     * Creates a text.
     *
     * @param looks how many characters may be looked at, one more than once counted each time
     * @param tooOften makes the error of the look after the last
     */
    public BoundedText(String text, long looks, Supplier<? extends RuntimeException> tooOften) {
        this.text = text;
        this.looks = looks;
        this.tooOften = tooOften;
    }

    @Override
    public char charAt(int index) {
        if (--looks < 0) {
            throw tooOften.get();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
