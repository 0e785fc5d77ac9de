package luthier.benchmarks.compare;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import luthier.tensor.Pool;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** An operation on operands that lie ready, repeatable as often as one likes. */
public interface Task extends AutoCloseable {
    /** Runs the operation {@code times} times. */
    void run(int times);

    /** Runs the operation once and returns what it gives. */
    float[] result();

    /** Frees what the operands hold outside the heap. */
    @Override
    default void close() {}

    /** An operation that allocates its result. */
    static Task of(Supplier<Tensor> operation) {
        return new Task() {
            @Override
            public void run(int times) {
                for (int i = 0; i < times; i++) {
                    Sink.take(operation.get());
                }
            }

            @Override
            public float[] result() {
                return operation.get().toFloatArray();
            }
        };
    }

    /** An operation whose result's memory comes from a pool and goes back to it, as in a training step. */
    static Task pooled(Supplier<Tensor> operation) {
        Pool pool = new Pool();
        return new Task() {
            @Override
            public void run(int times) {
                for (int i = 0; i < times; i++) {
                    pool.scope(() -> {
                        Sink.take(operation.get());
                        return times;
                    });
                }
            }

            @Override
            public float[] result() {
                return pool.scope(() -> operation.get().toFloatArray());
            }
        };
    }

    /** An operation that writes into an array that lies ready. */
    static Task into(float[] result, Runnable operation) {
        return new Task() {
            @Override
            public void run(int times) {
                for (int i = 0; i < times; i++) {
                    operation.run();
                }
            }

            @Override
            public float[] result() {
                operation.run();
                return result.clone();
            }
        };
    }

    /** Keeps the compiler from removing a result, or the work behind it, that nobody reads. */
    final class Sink {
        private static final VarHandle LAST;

        @SuppressWarnings("unused") // written through LAST, and never read: that is its purpose
        private static @Nullable Object last;

        static {
            try {
                LAST = MethodHandles.lookup().findStaticVarHandle(Sink.class, "last", Object.class);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        private Sink() {}

        /** Takes a result; an opaque store is neither merged with the next one nor left out. */
        static void take(Object result) {
            LAST.setOpaque(result);
        }
    }
}
