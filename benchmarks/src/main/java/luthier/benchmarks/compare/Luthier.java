package luthier.benchmarks.compare;

import java.util.Optional;
import luthier.tensor.Threads;
import luthier.tensor.kernel.Kernels;

/** Ourselves, with the kernels that the process was started with. */
final class Luthier implements Contender {
    /** The product of two 1024 x 1024 matrices is the largest that the scalar kernels are asked for. */
    private static final double SCALAR_LIMIT = 2.2e9;

    @Override
    public String name() {
        return Kernels.simd() ? "luthier" : "scalar";
    }

    @Override
    public String version() {
        return Kernels.simd() ? "SIMD kernels" : "scalar kernels";
    }

    @Override
    public void start(int threads) {
        Threads.set(threads);
    }

    @Override
    public Optional<Task> prepare(Workload.Prepared workload) {
        boolean slow = !Kernels.simd()
                && workload.product()
                        .filter(product -> product.flops() > SCALAR_LIMIT)
                        .isPresent();
        return slow ? Optional.empty() : Optional.of(workload.luthier());
    }
}
