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

    private static final double NANOS = 0.3;

    private Deviations() {}

    interface Finish {
        double apply(double squares);
    }

    /** Returns {@code finish} of every sum of squared distances. */
    static Tensor of(Axes axes, Finish finish) {
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
                    double squares = single
                            ? ofRow(axes.from().floats(), at, means.floats()[row], n)
                            : ofRow(axes.from().doubles(), at, means.doubles()[row], n);
                    Sums.store(result, row, finish.apply(squares));
                }
            });
            return Tensor.wrap(result, axes.result());
        }
        Axes.parallel(axes.outer(), NANOS * n * inner + 10, (start, end) -> {
            for (int block = start; block < end; block++) {
                double[] squares = single
                        ? ofColumns(
                                axes.from().floats(), o + block * n * inner, means.floats(), block * inner, n, inner)
                        : ofColumns(
                                axes.from().doubles(), o + block * n * inner, means.doubles(), block * inner, n, inner);
                for (int i = 0; i < inner; i++) {
                    Sums.store(result, block * inner + i, finish.apply(squares[i]));
                }
            }
        });
        return Tensor.wrap(result, axes.result());
    }

    private static double ofRow(float[] a, int at, float center, int n) {
        double sum = 0;
        double squares = 0;
        for (int start = 0; start < n; start += Sums.BLOCK) {
            int length = Math.min(Sums.BLOCK, n - start);
            sum += Rows.distance(a, at + start, center, length);
            squares += Rows.squaredDistance(a, at + start, center, length);
        }
        double result = squares - sum * sum / n;
        return result > SMALL * n && Double.isFinite(result) ? result : inDouble(a, at, n, 1);
    }

    /** The slow way, for squares beyond the range of single precision, and for rows of one number. */
    private static double inDouble(float[] a, int at, int n, int step) {
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += a[at + i * step];
        }
        mean /= n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = a[at + i * step] - mean;
            squares = Math.fma(d, d, squares);
        }
        return squares;
    }

    private static double ofRow(double[] a, int at, double center, int n) {
        double sum = 0;
        double squares = 0;
        for (int i = at; i < at + n; i++) {
            double d = a[i] - center;
            sum += d;
            squares = Math.fma(d, d, squares);
        }
        return squares - sum * sum / n;
    }

    private static double[] ofColumns(float[] a, int at, float[] means, int meansAt, int n, int inner) {
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
            double result = squares[i] - sum[i] * sum[i] / n;
            squares[i] = result > SMALL * n && Double.isFinite(result) ? result : inDouble(a, at + i, n, inner);
        }
        return squares;
    }

    private static double[] ofColumns(double[] a, int at, double[] means, int meansAt, int n, int inner) {
        double[] squares = new double[inner];
        Columns.addSquares(a, at, inner, n, Arrays.copyOfRange(means, meansAt, meansAt + inner), squares, inner);
        return squares;
    }
}
