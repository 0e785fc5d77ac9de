package luthier.nn.generate;

/** Tokens cannot be chosen: a setting is out of range, scores are not numbers, or nothing is left. */
public final class GenerationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates it with a rule and what was got. */
    public GenerationException(String rule) {
        super("generate: " + rule);
    }

    /** Returns the same with the step at which it happened. */
    GenerationException at(int step) {
        return new GenerationException(
                String.valueOf(getMessage()).substring("generate: ".length()) + " (step " + step + ")");
    }

    /** Refuses a setting. */
    static void require(boolean fits, String setting, String rule, Object got) {
        if (!fits) {
            throw new GenerationException("the setting " + setting + " must be " + rule + "; got " + got);
        }
    }
}
