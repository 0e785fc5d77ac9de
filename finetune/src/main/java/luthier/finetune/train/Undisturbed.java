package luthier.finetune.train;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Input and output on a thread that nobody else knows. An interrupt of a thread inside a channel's operation closes the channel, and
 * who cancels a training run by interrupting it must not break the checkpoint that is being written.
 */
final class Undisturbed {
    private Undisturbed() {}

    /** What is to be done. */
    @FunctionalInterface
    interface Task<T> {
        T call() throws IOException;
    }

    /** Does it and waits for it; an interrupt is kept for later. */
    static <T> T call(Task<T> task) throws IOException {
        FutureTask<T> future = new FutureTask<>(task::call);
        Thread.ofPlatform().name("luthier-checkpoint").daemon(false).start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw cause(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException cause(ExecutionException e) {
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        return switch (cause) {
            case IOException io -> io;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> new IOException(cause);
        };
    }
}
