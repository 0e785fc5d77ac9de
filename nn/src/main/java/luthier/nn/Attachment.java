package luthier.nn;

/** What was attached at once under one name; {@link #close} takes it off again. */
public final class Attachment implements AutoCloseable {
    private final String name;
    private final Runnable detach;

    Attachment(String name, Runnable detach) {
        this.name = name;
        this.detach = detach;
    }

    /** Returns the name it was attached under. */
    public String name() {
        return name;
    }

    /** Takes everything off at once; a second call does nothing. */
    @Override
    public void close() {
        detach.run();
    }
}
