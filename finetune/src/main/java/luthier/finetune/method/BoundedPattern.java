package luthier.finetune.method;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import luthier.nn.text.BoundedText;

/**
 * A regular expression out of a file or from a user. Java's tries every way to match, which can take for ever: here a match may look at a
 * letter only so often.
 */
final class BoundedPattern {
    private static final int MOST_LOOKS = 1_000_000;

    private final String what;
    private final Pattern regex;

    private BoundedPattern(String what, Pattern regex) {
        this.what = what;
        this.regex = regex;
    }

    /**
     * Compiles an expression.
     *
     * @param what what is being chosen, for the error
     * @throws TargetException if it is no regular expression
     */
    static BoundedPattern of(String what, String expression) {
        try {
            return new BoundedPattern(what, Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new TargetException(what + ": must be a name or a regular expression; got \"" + expression + "\" ("
                    + e.getDescription() + ")");
        }
    }

    /**
     * Returns whether it matches a whole text.
     *
     * @throws TargetException if that takes too long to find out
     */
    boolean matches(String text) {
        try {
            return regex.matcher(new BoundedText(text, MOST_LOOKS, () -> tooLong(text)))
                    .matches();
        } catch (StackOverflowError e) {
            throw tooLong(text);
        }
    }

    private TargetException tooLong(String text) {
        return new TargetException(
                what + ": a regular expression must match in few steps; got \"" + regex + "\", which takes more than "
                        + MOST_LOOKS + " on " + text + "; write it without nested or repeated .*");
    }
}
