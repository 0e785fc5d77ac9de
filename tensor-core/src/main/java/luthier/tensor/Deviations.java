package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Columns;
import luthier.tensor.kernel.Rows;

/**
 * Sums of squared distances to the mean in two passes. The first takes the mean; the second sums d = x - c and d^2 for the mean
 * c rounded to the type, and sum d^2 - (sum d)^2 / n takes the rounding of c out again: Chan, Golub and LeVeque 1983,
 * "Algorithms for computing the sample variance", eq. 1.7.
 */
final class Deviations {
    /** Below this, squares of F32 have lost digits to underflow. */
    private static final double SMALL = 0x1p-90;

    private static final double SMALL_DOUBLE = 0x1p-900;
    private static final double LARGE_DOUBLE = 0x1p900;

    /** A smaller share of its minuend has lost too many digits. */
    private static final double CANCELLED = 0x1p-10;

    private static final double NANOS = 0.3;

    private final Axes axes;
    private final double divisor;
    private final boolean root;

    private Deviations(Axes axes, double divisor, boolean root) {
        this.axes = axes;
        this.divisor = divisor;
        this.root = root;
    }

    /** Returns every sum of squared distances over a divisor, or the square root of that. */
    static Tensor of(Axes axes, double divisor, boolean root) {
        return new Deviations(axes, divisor, root).all();
    }

    private Tensor all() {
        boolean single = axes.from().dtype() == DType.F32;
        int n = axes.length();
        int inner = axes.inner();
        int o = axes.from().offset();
        Tensor means = Sums.of(axes, n);
        Object result = single ? new float[axes.count()] : new double[axes.count()];
        if (inner == 1) {
            Axes.parallel(axes.count(), NANOS * n + 10, (start, end) -> {
                for (int row = start; row < end; row++) {
                    int at = o + row * n;
                    double value = single
                            ? finished(ofRow(axes.from().floats(), at, means.floats()[row], n), 1)
                            : ofRow(axes.from().doubles(), at, means.doubles()[row], n);
                    Sums.store(result, row, value);
                }
            });
            return Tensor.wrap(result, axes.result());
        }
        Axes.parallel(axes.outer(), NANOS * n * inner + 10, (start, end) -> {
            for (int block = start; block < end; block++) {
                double[] values = single
                        ? ofColumns(
                                axes.from().floats(), o + block * n * inner, means.floats(), block * inner, n, inner)
                        : ofColumns(
                                axes.from().doubles(), o + block * n * inner, means.doubles(), block * inner, n, inner);
                for (int i = 0; i < inner; i++) {
                    Sums.store(result, block * inner + i, values[i]);
                }
            }
        });
        return Tensor.wrap(result, axes.result());
    }

    /** The result of squares that were taken of x / scale. */
    private double finished(double squares, double scale) {
        double variance = squares / divisor;
        return root ? Math.sqrt(variance) * scale : variance * scale * scale;
    }

    /** Returns the sum of x - center, blocks added in double precision. */
    static double distance(float[] a, int at, float center, int n) {
        double sum = 0;
        for (int start = 0; start < n; start += Sums.BLOCK) {
            sum += Rows.distance(a, at + start, center, Math.min(Sums.BLOCK, n - start));
        }
        return sum;
    }

    /** Returns the sum of (x - center)^2, blocks added in double precision. */
    static double squares(float[] a, int at, float center, int n) {
        double squares = 0;
        for (int start = 0; start < n; start += Sums.BLOCK) {
            squares += Rows.squaredDistance(a, at + start, center, Math.min(Sums.BLOCK, n - start));
        }
        return squares;
    }

    /** Returns the sum of squared distances to the mean, of which {@code center} is near. */
    static double ofRow(float[] a, int at, float center, int n) {
        return corrected(squares(a, at, center, n), distance(a, at, center, n), a, at, n, 1);
    }

    private static double corrected(double squares, double sum, float[] a, int at, int n, int step) {
        double result = squares - sum * sum / n;
        boolean sound = result > SMALL * n && result >= CANCELLED * squares && Double.isFinite(result);
        return sound ? result : inDouble(a, at, n, step);
    }

    /** The slow way, for squares beyond the range of single precision, and for rows of one number. */
    static double inDouble(float[] a, int at, int n, int step) {
        double mean = mean(a, at, n, step);
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = a[at + i * step] - mean;
            squares = Math.fma(d, d, squares);
        }
        return squares;
    }

    /** Returns the mean as the first number and the mean distance to it: exact where all are equal. */
    static double mean(float[] a, int at, int n, int step) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[at + i * step] - (double) a[at];
        }
        return n == 0 ? Double.NaN : a[at] + sum / n;
    }

    private double ofRow(double[] a, int at, double center, int n) {
        double sum = Sums.ofTree(n, i -> a[at + i] - center);
        double squares = Sums.ofTree(n, i -> (a[at + i] - center) * (a[at + i] - center));
        double result = squares - sum * sum / n;
        return result >= CANCELLED * squares && isSafe(result, n) ? finished(result, 1) : scaled(a, at, n, 1);
    }

    private static boolean isSafe(double squares, int n) {
        return squares > SMALL_DOUBLE * n && squares < LARGE_DOUBLE;
    }

    /** The slow way, for squares beyond the range of double precision, and for numbers that hardly differ. */
    private double scaled(double[] a, int at, int n, int step) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, Math.abs(a[at + i * step]));
        }
        double scale = Math.scalb(1.0, Math.clamp(Math.getExponent(largest), -1022, 1022));
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[at + i * step] / scale - a[at] / scale;
        }
        double mean = n == 0 ? Double.NaN : a[at] / scale + sum / n;
        sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = a[at + i * step] / scale - mean;
            sum += d;
            squares = Math.fma(d, d, squares);
        }
        return finished(Math.max(squares - sum * sum / n, 0), scale);
    }

    private double[] ofColumns(float[] a, int at, float[] means, int meansAt, int n, int inner) {
        float[] center = Arrays.copyOfRange(means, meansAt, meansAt + inner);
        double[] sum = new double[inner];
        double[] squares = new double[inner];
        for (int row = 0; row < n; row += Sums.ROW_BLOCK) {
            float[] blockSum = new float[inner];
            float[] blockSquares = new float[inner];
            int rows = Math.min(Sums.ROW_BLOCK, n - row);
            Columns.addDistances(a, at + row * inner, inner, rows, center, blockSum, blockSquares, inner);
            for (int i = 0; i < inner; i++) {
                sum[i] += blockSum[i];
                squares[i] += blockSquares[i];
            }
        }
        for (int i = 0; i < inner; i++) {
            squares[i] = finished(corrected(squares[i], sum[i], a, at + i, n, inner), 1);
        }
        return squares;
    }

    private double[] ofColumns(double[] a, int at, double[] means, int meansAt, int n, int inner) {
        double[] center = Arrays.copyOfRange(means, meansAt, meansAt + inner);
        double[] squares = new double[inner];
        Columns.addSquares(a, at, inner, n, center, squares, inner);
        for (int i = 0; i < inner; i++) {
            boolean steep = squares[i] < 0x1p-60 * n * center[i] * center[i];
            squares[i] = !steep && isSafe(squares[i], n) ? finished(squares[i], 1) : scaled(a, at + i, n, inner);
        }
        return squares;
    }
}
