package luthier.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, SIGINT, SIGTERM and SIGHUP do not end the process before the work has ended by itself: the first one asks it to, and
 * waits, for a bounded time, until this is closed. Signals that follow change nothing. The exit code is the JVM's: 130, 143 or 129.
 *
 * <p>What follows the closing may be cut off, as the process is ending: everything that must be written or said is so before.
 */
final class StopSignals implements AutoCloseable {
    /** Who ends processes from outside, such as Kubernetes, usually waits 30 seconds before it kills. */
    private static final Duration LONGEST = Duration.ofSeconds(25);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    /**
     * Begins to listen.
     *
     * @param stop asks the work to end; called at most once, on a thread of the JVM's
     * @param out is told that the work is being saved
     */
    StopSignals(Runnable stop, PrintWriter out) {
        hook = new Thread(
                () -> {
                    out.println();
                    out.println("stopping after this step, saving ...");
                    out.flush();
                    stop.run();
                    if (!await()) {
                        out.println("not saved within " + LONGEST.toSeconds()
                                + " s; the run can go on from its newest checkpoint");
                        out.flush();
                    }
                },
                "luthier-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private boolean await() {
        try {
            return closed.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Says that the work has ended and is saved. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process is ending by a signal; the hook sees that this is closed.
            return;
        }
    }
}
