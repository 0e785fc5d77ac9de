package luthier.benchmarks.compare;

import java.util.Optional;

/** A library in its own process. Peers are found by {@link java.util.ServiceLoader}. */
public interface Contender {
    /** Its name in the table. */
    String name();

    /** Its version and what decides its speed, such as the kernels that it chose. */
    String version();

    /** Loads the library and sets the threads it may use, the caller included. */
    void start(int threads);

    /** Makes a row ready; empty if the library has no such operation, or is so slow at it that a turn would take seconds. */
    Optional<Task> prepare(Workload.Prepared workload);
}
