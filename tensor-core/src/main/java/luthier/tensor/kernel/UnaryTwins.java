package luthier.tensor.kernel;

import java.util.function.Supplier;

/** A scalar kernel for few elements and its SIMD twin, with the same bits, for many. */
record UnaryTwins(UnaryKernel scalar, UnaryKernel simd, int picoseconds) implements UnaryKernel {
    /** Returns the scalar kernel with its SIMD twin, or alone where SIMD is not in use and its classes may be missing. */
    static UnaryKernel of(UnaryKernel scalar, Supplier<UnaryKernel> simd, int picoseconds) {
        return new UnaryTwins(scalar, Kernels.simd() ? simd.get() : scalar, picoseconds);
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        (n < Kernels.FEW ? scalar : simd).apply(x, xo, y, yo, n);
    }
}
