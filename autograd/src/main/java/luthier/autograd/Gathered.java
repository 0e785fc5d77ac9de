package luthier.autograd;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a running pass keeps at a variable: the gradient it has gathered so far. A pass that a rule of another one runs on the same thread puts
 * its own in the other's place and the other's back at its end. Passes of several threads meet at leaves only.
 */
final class Gathered {
    private final Backward pass;
    private @Nullable Variable sum;

    private Gathered(Backward pass) {
        this.pass = pass;
    }

    /**
     * Lets a pass gather at a variable and returns what was kept there: nothing, its own, or that of a pass that waits on this thread.
     *
     * @throws GradException if a pass of another thread is adding to this leaf's gradient
     */
    static @Nullable Gathered begin(Variable node, Backward pass) {
        if (node.thread != null) {
            return exchange(node, pass);
        }
        synchronized (node) {
            Gathered held = node.gathered;
            if (held != null && held.pass.thread() != Thread.currentThread()) {
                throw new GradException("backward: one pass at a time adds to a leaf's gradient; got a pass of thread "
                        + name(Thread.currentThread()) + " while one of thread " + name(held.pass.thread())
                        + " adds to " + node.describe()
                        + "; run them one after the other, or ask for gradients(...), which add to no leaf");
            }
            return exchange(node, pass);
        }
    }

    private static @Nullable Gathered exchange(Variable node, Backward pass) {
        Gathered before = node.gathered;
        if (before == null || !before.isOf(pass)) {
            node.gathered = new Gathered(pass);
        }
        return before;
    }

    /** Puts back what {@link #begin} found. */
    static void end(Variable node, @Nullable Gathered before) {
        if (node.thread != null) {
            node.gathered = before;
            return;
        }
        synchronized (node) {
            node.gathered = before;
        }
    }

    /** Returns the gradient that the running pass has gathered at a variable. */
    static Variable sum(Variable node) {
        return Objects.requireNonNull(Objects.requireNonNull(node.gathered).sum);
    }

    static void replace(Variable node, Variable sum) {
        Objects.requireNonNull(node.gathered).sum = sum;
    }

    boolean isOf(Backward other) {
        return pass == other;
    }

    @Nullable
    Variable sum() {
        return sum;
    }

    /** Returns a thread's name; a virtual one has none unless it is given one. */
    static String name(Thread thread) {
        return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
    }
}
