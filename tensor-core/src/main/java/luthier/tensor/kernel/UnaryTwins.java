package luthier.tensor.kernel;

/** A scalar kernel for few elements and its SIMD twin, with the same bits, for many. */
record UnaryTwins(UnaryKernel scalar, UnaryKernel simd, int picoseconds) implements UnaryKernel {
    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        (n < Kernels.FEW ? scalar : simd).apply(x, xo, y, yo, n);
    }
}
