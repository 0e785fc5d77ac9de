package luthier.tensor.kernel;

/**
 * Steps of optimizers, {@code p = fma(f, factor, p)} in place, f a product, a ratio or a ratio to a root; and {@code p + factor a}, the product rounded
 * first. {@link AccumulateScalar} is the definition, {@link AccumulateSimd} its twin. An operand may be p at the same offset.
 */
public final class Accumulate {
    private static final boolean SIMD = Kernels.simd();

    private Accumulate() {}

    /** p = p + factor a. */
    public static void scaled(float[] p, int po, float[] a, int ao, float factor, int n) {
        if (SIMD) {
            AccumulateSimd.scaled(p, po, a, ao, factor, n);
        } else {
            AccumulateScalar.scaled(p, po, a, ao, factor, n);
        }
    }

    /** p = fma(a b, factor, p). */
    public static void product(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        if (SIMD) {
            AccumulateSimd.product(p, po, a, ao, b, bo, factor, n);
        } else {
            AccumulateScalar.product(p, po, a, ao, b, bo, factor, n);
        }
    }

    /** p = fma(a / b, factor, p). */
    public static void ratio(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        if (SIMD) {
            AccumulateSimd.ratio(p, po, a, ao, b, bo, factor, n);
        } else {
            AccumulateScalar.ratio(p, po, a, ao, b, bo, factor, n);
        }
    }

    /** p = fma(a / (sqrt(v) / correction + eps), factor, p). */
    public static void rootRatio(
            float[] p, int po, float[] a, int ao, float[] v, int vo, float factor, float correction, float eps, int n) {
        if (SIMD) {
            AccumulateSimd.rootRatio(p, po, a, ao, v, vo, factor, correction, eps, n);
        } else {
            AccumulateScalar.rootRatio(p, po, a, ao, v, vo, factor, correction, eps, n);
        }
    }
}
