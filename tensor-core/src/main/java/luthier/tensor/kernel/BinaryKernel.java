package luthier.tensor.kernel;

/** y[yo + i] = f(a[ao + i], b[bo + i]) for i in [0, n). {@code y} may be an operand at the same offset. */
@FunctionalInterface
public interface BinaryKernel {
    /** Applies the function. */
    void apply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** Returns about how many picoseconds an element takes on one core, to decide whether work is worth sharing. */
    default int picoseconds() {
        return Kernels.MEMORY_PICOSECONDS;
    }
}
