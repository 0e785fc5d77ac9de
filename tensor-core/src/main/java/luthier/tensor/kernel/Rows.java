package luthier.tensor.kernel;

/**
 * Sums and extremes of one row, each sum over sixteen virtual lanes. {@link RowsScalar} is the definition, {@link RowsSimd} its
 * twin with the same bits.
 */
public final class Rows {
    private static final boolean SIMD = Kernels.simd();

    private Rows() {}

    /** Returns the sum of n elements. */
    public static float sum(float[] x, int xo, int n) {
        return SIMD ? RowsSimd.sum(x, xo, n) : RowsScalar.sum(x, xo, n);
    }

    /**
     * Returns the sum of four rows of {@code quarter} elements that lie one behind the other, each over its own sixteen lanes,
     * added in double precision in their order.
     *
     * @param quarter a multiple of sixteen
     */
    public static double sumOfQuarters(float[] x, int xo, int quarter) {
        return SIMD ? RowsSimd.sumOfQuarters(x, xo, quarter) : RowsScalar.sumOfQuarters(x, xo, quarter);
    }

    /** Returns the sum of a b over n elements. */
    public static float dot(float[] a, int ao, float[] b, int bo, int n) {
        return SIMD ? RowsSimd.dot(a, ao, b, bo, n) : RowsScalar.dot(a, ao, b, bo, n);
    }

    /** Returns the sum of x - center over n elements. */
    public static float distance(float[] x, int xo, float center, int n) {
        return SIMD ? RowsSimd.distance(x, xo, center, n) : RowsScalar.distance(x, xo, center, n);
    }

    /** Returns the sum of (x - center)^2 over n elements. */
    public static float squaredDistance(float[] x, int xo, float center, int n) {
        return SIMD ? RowsSimd.squaredDistance(x, xo, center, n) : RowsScalar.squaredDistance(x, xo, center, n);
    }

    /** Returns the sum of e^(x - shift) over n elements, none of which is more than 40 above the shift. */
    public static float sumExp(float[] x, int xo, float shift, int n) {
        return SIMD ? RowsSimd.sumExp(x, xo, shift, n) : RowsScalar.sumExp(x, xo, shift, n);
    }

    /** Returns the largest of n elements, NaN if one is; minus infinity for n = 0. */
    public static float max(float[] x, int xo, int n) {
        return SIMD ? RowsSimd.max(x, xo, n) : RowsScalar.max(x, xo, n);
    }

    /** Returns the smallest of n elements, NaN if one is; infinity for n = 0. */
    public static float min(float[] x, int xo, int n) {
        return SIMD ? RowsSimd.min(x, xo, n) : RowsScalar.min(x, xo, n);
    }
}
