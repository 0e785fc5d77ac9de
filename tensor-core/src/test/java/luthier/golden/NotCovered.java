package luthier.golden;

import org.opentest4j.TestAbortedException;

/** What a set asks for and the tests do not know: the case is not compared, and the report of the tests says so. */
public final class NotCovered extends TestAbortedException {
    private static final long serialVersionUID = 1;

    /** Says what is not known, {@code option padding_mode}. */
    public NotCovered(String what) {
        super(what);
    }
}
