package luthier.tensor.kernel;

/** y[yo + i] = f(x[xo + i]) for i in [0, n). {@code y} may be {@code x} at the same offset. */
@FunctionalInterface
public interface UnaryKernel {
    /** Applies the function. */
    void apply(float[] x, int xo, float[] y, int yo, int n);

    /** Returns about how many picoseconds an element takes on one core, to decide whether work is worth sharing. */
    default int picoseconds() {
        return Kernels.MEMORY_PICOSECONDS;
    }
}
