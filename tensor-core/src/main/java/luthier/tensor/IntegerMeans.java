package luthier.tensor;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Means of integers: an exact sum, divided and rounded once. */
final class IntegerMeans {
    /** Sums up to this size are doubles, so that their quotient is rounded once. */
    private static final long EXACT = 1L << 53;

    /**
     * Digits after which the mean of fewer than 2^31 longs with a larger sum, above 2^22, is rounded like the mean itself: it lies at least
     * 2^-62 away from the middle of two doubles that it does not hit.
     */
    private static final MathContext DIGITS = new MathContext(40);

    private IntegerMeans() {}

    /** Returns the means over the axes, F64; NaN over empty ones. */
    static Tensor of(String name, Tensor x, boolean keepDims, int... axes) {
        Axes over = Axes.of(name, x.to(DType.I64), keepDims, axes);
        long[] a = over.from().longs();
        int n = over.length();
        int inner = over.inner();
        double[] y = new double[over.count()];
        Axes.parallel(y.length, 1.0 * n + 5, (start, end) -> {
            for (int i = start; i < end; i++) {
                y[i] = mean(a, over.from().offset() + i / inner * n * inner + i % inner, inner, n);
            }
        });
        return Tensor.wrap(y, over.result());
    }

    /** Sums upper and lower halves of 32 bits apart, which fewer than 2^31 numbers cannot overflow. */
    private static double mean(long[] a, int from, int step, int n) {
        long upper = 0;
        long lower = 0;
        for (int i = 0; i < n; i++) {
            long value = a[from + i * step];
            upper += value >> 32;
            lower += value & 0xffffffffL;
        }
        upper += lower >> 32;
        lower &= 0xffffffffL;
        long total = (upper << 32) + lower;
        boolean small = upper == (int) upper && Math.abs(total) <= EXACT;
        return small || n == 0 ? (double) total / n : quotient(upper, lower, n);
    }

    private static double quotient(long upper, long lower, int n) {
        BigInteger total = BigInteger.valueOf(upper).shiftLeft(32).add(BigInteger.valueOf(lower));
        return new BigDecimal(total).divide(BigDecimal.valueOf(n), DIGITS).doubleValue();
    }
}
