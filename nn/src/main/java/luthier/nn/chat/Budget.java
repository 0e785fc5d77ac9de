package luthier.nn.chat;

/**
 * What one rendering may use up: templates come with models from anywhere. Counted are steps (a node evaluated, an element or 256
 * characters looked at), characters made, levels of calls, and the bits of whole numbers.
 */
final class Budget {
    static final long STEPS = 20_000_000;
    static final long CHARACTERS = 1 << 26;
    /** How deep nodes may be nested while they are evaluated, calls of macros included. */
    static final int DEPTH = 1500;
    /** How deep values may hold values. */
    static final int NESTING = 200;
    /** The longest range, as in Jinja's sandbox. */
    static final int RANGE = 100_000;

    static final int BITS = 1 << 16;

    private long steps;
    private long characters;
    private int depth;

    Budget() {
        this(STEPS, CHARACTERS);
    }

    Budget(long steps, long characters) {
        this.steps = steps;
        this.characters = characters;
    }

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps -= count;
        if (count < 0 || steps < 0) {
            throw TemplateException.limit("rendering must end within " + STEPS + " steps");
        }
    }

    /** Announces a text of this length before it is made. */
    void characters(long count) {
        characters -= count;
        if (count < 0 || characters < 0) {
            throw TemplateException.limit("rendering must make at most " + CHARACTERS + " characters");
        }
    }

    void enter() {
        step();
        if (++depth > DEPTH) {
            throw TemplateException.limit("calls and nested parts must be at most " + DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
