package luthier.autograd;

import java.util.function.Supplier;

/**
 * Whether operations are recorded. Recording is on by default; inside {@link #disabled} results are plain constants. The mode
 * is a {@link ScopedValue}: it ends with the call, whatever happens inside, and never leaks into other threads.
 */
public final class Grad {
    private static final ScopedValue<Boolean> ENABLED = ScopedValue.newInstance();

    private Grad() {}

    /** Returns whether operations are recorded on this thread now. */
    public static boolean isEnabled() {
        return ENABLED.orElse(true);
    }

    /** Runs {@code body} without recording and returns its result. */
    public static <T> T disabled(Supplier<T> body) {
        return ScopedValue.where(ENABLED, false).call(body::get);
    }

    /** Runs {@code body} with recording on, also inside {@link #disabled}, and returns its result. */
    public static <T> T enabled(Supplier<T> body) {
        return ScopedValue.where(ENABLED, true).call(body::get);
    }
}
