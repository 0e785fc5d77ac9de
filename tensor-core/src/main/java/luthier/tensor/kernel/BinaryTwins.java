package luthier.tensor.kernel;

import java.util.function.Supplier;

/** A scalar kernel for few elements and its SIMD twin, with the same bits, for many. */
record BinaryTwins(BinaryKernel scalar, BinaryKernel simd, int picoseconds) implements BinaryKernel {
    /** Returns the scalar kernel with its SIMD twin, or alone where SIMD is not in use and its classes may be missing. */
    static BinaryKernel of(BinaryKernel scalar, Supplier<BinaryKernel> simd, int picoseconds) {
        return new BinaryTwins(scalar, Kernels.simd() ? simd.get() : scalar, picoseconds);
    }

    @Override
    public void apply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        (n < Kernels.FEW ? scalar : simd).apply(a, ao, b, bo, y, yo, n);
    }
}
