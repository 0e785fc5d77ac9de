package luthier.tensor.kernel;

import java.util.function.DoubleBinaryOperator;

/**
 * Arithmetic of two doubles, every operation in a loop of its own: in a loop that they share, the call of the function object takes
 * four times as long as the work.
 *
 * @param each the operation
 * @param loop the same for many
 */
public record DoubleBinary(DoubleBinaryOperator each, Loop loop) implements DoubleBinaryOperator {
    /** a + b. */
    public static final DoubleBinary ADD = new DoubleBinary(Double::sum, DoubleBinary::add);

    /** a - b. */
    public static final DoubleBinary SUB = new DoubleBinary((a, b) -> a - b, DoubleBinary::sub);

    /** a b. */
    public static final DoubleBinary MUL = new DoubleBinary((a, b) -> a * b, DoubleBinary::mul);

    /** a / b. */
    public static final DoubleBinary DIV = new DoubleBinary((a, b) -> a / b, DoubleBinary::div);

    /** The larger; NaN if either is. */
    public static final DoubleBinary MAX = new DoubleBinary(Math::max, DoubleBinary::max);

    /** The smaller; NaN if either is. */
    public static final DoubleBinary MIN = new DoubleBinary(Math::min, DoubleBinary::min);

    /** y[yo + i] = f(a[ao + i as], b[bo + i bs]) for i in [0, n). */
    public interface Loop {
        /** Applies the operation; operands move in steps, also 0. */
        void run(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n);
    }

    /** Returns a loop for an operation. */
    public static Loop loop(DoubleBinaryOperator operator) {
        return operator instanceof DoubleBinary own
                ? own.loop
                : (a, ao, as, b, bo, bs, y, yo, n) -> {
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = operator.applyAsDouble(a[ao + i * as], b[bo + i * bs]);
                    }
                };
    }

    @Override
    public double applyAsDouble(double a, double b) {
        return each.applyAsDouble(a, b);
    }

    private static void add(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] + b[bo + i * bs];
        }
    }

    private static void sub(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] - b[bo + i * bs];
        }
    }

    private static void mul(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] * b[bo + i * bs];
        }
    }

    private static void div(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i * as] / b[bo + i * bs];
        }
    }

    private static void max(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i * as], b[bo + i * bs]);
        }
    }

    private static void min(double[] a, int ao, int as, double[] b, int bo, int bs, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(a[ao + i * as], b[bo + i * bs]);
        }
    }
}
