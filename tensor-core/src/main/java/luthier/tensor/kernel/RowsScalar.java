package luthier.tensor.kernel;

/** {@link Rows}, one element at a time: the definition. */
final class RowsScalar {
    private RowsScalar() {}

    static float sum(float[] x, int xo, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            lanes[i & 15] += x[xo + i];
        }
        return LaneSum.combine(lanes);
    }

    static double sumOfQuarters(float[] x, int xo, int quarter) {
        return addQuarters(
                sum(x, xo, quarter),
                sum(x, xo + quarter, quarter),
                sum(x, xo + 2 * quarter, quarter),
                sum(x, xo + 3 * quarter, quarter));
    }

    static double addQuarters(double a, double b, double c, double d) {
        return a + b + (c + d);
    }

    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            lanes[i & 15] = Math.fma(a[ao + i], b[bo + i], lanes[i & 15]);
        }
        return LaneSum.combine(lanes);
    }

    static float distance(float[] x, int xo, float center, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            lanes[i & 15] += x[xo + i] - center;
        }
        return LaneSum.combine(lanes);
    }

    static float squaredDistance(float[] x, int xo, float center, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            float d = x[xo + i] - center;
            lanes[i & 15] = Math.fma(d, d, lanes[i & 15]);
        }
        return LaneSum.combine(lanes);
    }

    static float sumExp(float[] x, int xo, float shift, int n) {
        float[] lanes = new float[LaneSum.LANES];
        for (int i = 0; i < n; i++) {
            lanes[i & 15] += ExpLogScalar.exp(x[xo + i] - shift);
        }
        return LaneSum.combine(lanes);
    }

    static float max(float[] x, int xo, int n) {
        float result = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            result = Math.max(result, x[xo + i]);
        }
        return result;
    }

    static float min(float[] x, int xo, int n) {
        float result = Float.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            result = Math.min(result, x[xo + i]);
        }
        return result;
    }
}
