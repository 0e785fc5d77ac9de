package luthier.nn;

import java.util.concurrent.atomic.AtomicBoolean;

/** What was attached at once under one name; {@link #close} takes it off again. */
public final class Attachment implements AutoCloseable {
    private final String name;
    private final Runnable detach;
    private final AtomicBoolean attached = new AtomicBoolean(true);

    Attachment(String name, Runnable detach) {
        this.name = name;
        this.detach = detach;
    }

    /** Returns the name it was attached under. */
    public String name() {
        return name;
    }

    /** Returns whether it has not been closed. */
    public boolean isAttached() {
        return attached.get();
    }

    /** Takes everything off at once; a second call does nothing, also if the name is in use again. */
    @Override
    public void close() {
        if (attached.getAndSet(false)) {
            detach.run();
        }
    }
}
