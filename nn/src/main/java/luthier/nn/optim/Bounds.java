package luthier.nn.optim;

/** What the constants of update rules must be. */
final class Bounds {
    private Bounds() {}

    /** A share that is kept from one step to the next, in [0, 1). */
    static void requireShare(String rule, String what, double value) {
        require(value >= 0 && value < 1, rule, what, "in [0, 1)", value);
    }

    /** What keeps a division finite where all gradients were 0, in single precision too. */
    static void requireDivisor(String rule, String what, double value) {
        require((float) value > 0 && value < Double.POSITIVE_INFINITY, rule, what, "finite and positive", value);
    }

    /** A number that is finite and not negative. */
    static void requireFactor(String rule, String what, double value) {
        require(value >= 0 && value < Double.POSITIVE_INFINITY, rule, what, "finite and not negative", value);
    }

    static void require(boolean holds, String rule, String what, String bounds, double value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ": " + what + " must be " + bounds + "; got " + value);
        }
    }
}
