package luthier.tensor.kernel;

import java.util.function.LongBinaryOperator;

/**
 * Arithmetic of two longs, every operation in a loop of its own: in a loop that they share, the call of the function object takes
 * four times as long as the work.
 *
 * @param each the operation
 * @param loop the same for many
 */
public record LongBinary(LongBinaryOperator each, Loop loop) implements LongBinaryOperator {
    /** a + b. */
    public static final LongBinary ADD = new LongBinary(Long::sum, LongBinary::add);

    /** a - b. */
    public static final LongBinary SUB = new LongBinary((a, b) -> a - b, LongBinary::sub);

    /** a b. */
    public static final LongBinary MUL = new LongBinary((a, b) -> a * b, LongBinary::mul);

    /** The larger. */
    public static final LongBinary MAX = new LongBinary(Math::max, LongBinary::max);

    /** The smaller. */
    public static final LongBinary MIN = new LongBinary(Math::min, LongBinary::min);

    /** y[yo + i] = f(a[ao + i as], b[bo + i bs]) for i in [0, n). */
    public interface Loop {
        /** Applies the operation; operands move in steps, also 0. */
        void run(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n);
    }

    /** Returns a loop for an operation. */
    public static Loop loop(LongBinaryOperator operator) {
        return operator instanceof LongBinary own
                ? own.loop
                : (a, ao, as, b, bo, bs, y, yo, n) -> {
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = operator.applyAsLong(a[ao + i * as], b[bo + i * bs]);
                    }
                };
    }

    @Override
    public long applyAsLong(long a, long b) {
        return each.applyAsLong(a, b);
    }

    private static void add(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] + b[bo + i * bs];
        }
    }

    private static void sub(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] - b[bo + i * bs];
        }
    }

    private static void mul(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] * b[bo + i * bs];
        }
    }

    private static void max(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i * as], b[bo + i * bs]);
        }
    }

    private static void min(long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(a[ao + i * as], b[bo + i * bs]);
        }
    }
}
