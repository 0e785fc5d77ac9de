package luthier.nn.chat;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Work on a thread of its own, whose stack holds {@link Budget#DEPTH} levels whatever the caller's stack is. */
final class Room {
    /** A level takes up to 2.5 KiB before it is compiled. */
    private static final long STACK = 16L << 20;

    private Room() {}

    /** Returns the result of the work, or throws what it throws. An interrupt waits until then. */
    static <T> T of(Supplier<T> work) {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        result.set(work.get());
                    } catch (RuntimeException | Error failed) {
                        failure.set(failed);
                    }
                },
                "chat-template",
                STACK);
        thread.start();
        join(thread);
        switch (failure.get()) {
            case null -> {}
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            default -> throw new IllegalStateException(failure.get());
        }
        return result.get();
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
