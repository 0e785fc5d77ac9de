package luthier.tensor.kernel;

/** A scalar kernel for few elements and its SIMD twin, with the same bits, for many. */
record BinaryTwins(BinaryKernel scalar, BinaryKernel simd, int picoseconds) implements BinaryKernel {
    @Override
    public void apply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        (n < Kernels.FEW ? scalar : simd).apply(a, ao, b, bo, y, yo, n);
    }
}
