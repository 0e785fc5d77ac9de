package luthier.tensor.kernel;

/**
 * Cross-entropy of one row of logits against one class, without the probabilities in between. {@link CrossEntropyRowsScalar} is
 * the definition of what is new here, {@link CrossEntropyRowsSimd} its twin with the same bits; the rest is {@link Rows}.
 */
public final class CrossEntropyRows {
    private static final boolean SIMD = Kernels.simd();

    private CrossEntropyRows() {}

    /**
     * Returns (1 - e) (-log p_target) + e mean(-log p) for p = softmax(x), and writes what backward needs: {@code largest[row]}
     * = max x and {@code sums[row]} = sum e^(x - max).
     */
    public static float loss(
            float[] x, int xo, int n, int target, float smoothing, float[] largest, float[] sums, int row) {
        float shift = Rows.max(x, xo, n);
        float sum = Rows.sumExp(x, xo, shift, n);
        largest[row] = shift;
        sums[row] = sum;
        float log = ExpLogScalar.log(sum);
        float hard = shift - x[xo + target] + log;
        if (smoothing == 0) {
            return hard;
        }
        float even = log - Rows.distance(x, xo, shift, n) / n;
        return smoothing == 1 ? even : Math.fma(1 - smoothing, hard, smoothing * even);
    }

    /** dX = factor e^(x - shift) - even. {@code dX} may be {@code x}. */
    public static void gradient(float[] x, int xo, float shift, float factor, float even, float[] dX, int dXo, int n) {
        if (SIMD) {
            CrossEntropyRowsSimd.gradient(x, xo, shift, factor, even, dX, dXo, n);
        } else {
            CrossEntropyRowsScalar.gradient(x, xo, shift, factor, even, dX, dXo, n);
        }
    }
}
