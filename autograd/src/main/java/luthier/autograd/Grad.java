package luthier.autograd;

import java.util.function.Supplier;

/**
 * Whether operations are recorded. Recording is on by default; inside {@link #disabled} results are plain constants. The mode
 * is a {@link ScopedValue}: it ends with the call, whatever happens inside, and never leaks into other threads.
 *
 * {@snippet :
 * Variable w = Variable.parameter(Tensor.scalar(2f));
 * Grad.disabled(() -> w.mul(3)).requiresGrad(); // false
 * }
 */
public final class Grad {
    private static final ScopedValue<Mode> MODE = ScopedValue.newInstance();
    private static final Mode USUAL = new Mode(true, false);

    private Grad() {}

    /** Both modes in one value, so that an operation looks once. */
    record Mode(boolean recording, boolean watching) {}

    static Mode mode() {
        return MODE.orElse(USUAL);
    }

    static <T> T in(Mode mode, Supplier<T> body) {
        return ScopedValue.where(MODE, mode).call(body::get);
    }

    /** Returns whether operations are recorded on this thread now. */
    public static boolean isEnabled() {
        return mode().recording();
    }

    /** Runs {@code body} without recording and returns its result. */
    public static <T> T disabled(Supplier<T> body) {
        return in(new Mode(false, mode().watching()), body);
    }

    /** Runs {@code body} with recording on, also inside {@link #disabled}, and returns its result. */
    public static <T> T enabled(Supplier<T> body) {
        return in(new Mode(true, mode().watching()), body);
    }
}
