package luthier.benchmarks.compare;

/**
 * C = op(A) op(B), for the libraries that know nothing else. All row-major; {@code op(A) [m, k]}, {@code op(B) [k, n]}.
 *
 * @param transposeA whether {@code a} is stored as {@code [k, m]}
 * @param transposeB whether {@code b} is stored as {@code [n, k]}
 * @param batch how many independent products lie behind each other
 */
public record Product(int m, int n, int k, boolean transposeA, boolean transposeB, int batch, float[] a, float[] b) {
    /** Floating-point operations, two for a multiply-add. */
    public double flops() {
        return 2.0 * m * n * k * batch;
    }
}
