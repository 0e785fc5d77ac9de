package luthier.tensor.kernel;

/**
 * What the decompositions do with rows of F64 matrices, from one position to before another. Sums run over four chains, then
 * {@code (0 + 1) + (2 + 3)}, then the tail: the same bits everywhere. The loops over two rows share one index, which lets the
 * compiler vectorize them.
 */
public final class DoubleRows {
    private DoubleRows() {}

    /** y += factor x. */
    public static void addScaled(double factor, double[] x, double[] y, int from, int to) {
        for (int j = from; j < to; j++) {
            y[j] += factor * x[j];
        }
    }

    /** x *= factor. */
    public static void scale(double factor, double[] x, int from, int to) {
        for (int j = from; j < to; j++) {
            x[j] *= factor;
        }
    }

    /** Returns x . y. */
    public static double dot(double[] x, double[] y, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int j = from;
        for (; j + 3 < to; j += 4) {
            s0 += x[j] * y[j];
            s1 += x[j + 1] * y[j + 1];
            s2 += x[j + 2] * y[j + 2];
            s3 += x[j + 3] * y[j + 3];
        }
        double sum = (s0 + s1) + (s2 + s3);
        for (; j < to; j++) {
            sum += x[j] * y[j];
        }
        return sum;
    }

    /** (x, y) = (c x - s y, s x + c y): a Givens rotation of two different rows. */
    public static void rotate(double c, double s, double[] x, double[] y, int from, int to) {
        for (int j = from; j < to; j++) {
            double a = x[j];
            double b = y[j];
            x[j] = c * a - s * b;
            y[j] = s * a + c * b;
        }
    }

    /** Returns the largest magnitude, NaN if an element is; 0 of none. */
    public static double maxAbs(double[] x, int from, int to) {
        double max = 0;
        for (int j = from; j < to; j++) {
            max = Math.max(max, Math.abs(x[j]));
        }
        return max;
    }

    /** Returns the Euclidean norm; squares neither overflow nor vanish, because they are taken of x / 2^exponent(max x). */
    public static double norm(double[] x, int from, int to) {
        double max = maxAbs(x, from, to);
        if (max == 0 || !Double.isFinite(max)) {
            return max;
        }
        int exponent = Math.getExponent(max);
        double down = Math.scalb(1.0, Math.min(-exponent, Double.MAX_EXPONENT));
        double sum = 0;
        for (int j = from; j < to; j++) {
            double value = x[j] * down;
            sum += value * value;
        }
        return Math.sqrt(sum) / down;
    }
}
