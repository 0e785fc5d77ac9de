package luthier.tensor.kernel;

import java.util.function.DoubleUnaryOperator;

/**
 * Arithmetic of one double, every operation in a loop of its own, for the reason that {@link DoubleBinary} has.
 *
 * @param each the operation
 * @param loop the same for many
 */
public record DoubleUnary(DoubleUnaryOperator each, Loop loop) implements DoubleUnaryOperator {
    /** -x. */
    public static final DoubleUnary NEG = new DoubleUnary(x -> -x, DoubleUnary::neg);

    /** |x|. */
    public static final DoubleUnary ABS = new DoubleUnary(Math::abs, DoubleUnary::abs);

    /** x^2. */
    public static final DoubleUnary SQUARE = new DoubleUnary(x -> x * x, DoubleUnary::square);

    /** The square root. */
    public static final DoubleUnary SQRT = new DoubleUnary(Math::sqrt, DoubleUnary::sqrt);

    /** 1 / x. */
    public static final DoubleUnary RECIPROCAL = new DoubleUnary(x -> 1 / x, DoubleUnary::reciprocal);

    /** max(x, 0). */
    public static final DoubleUnary RELU = new DoubleUnary(x -> Math.max(x, 0), DoubleUnary::relu);

    /** y[yo + i] = f(x[xo + i]) for i in [0, n). */
    public interface Loop {
        /** Applies the operation. */
        void run(double[] x, int xo, double[] y, int yo, int n);
    }

    /** Returns a loop for an operation. */
    public static Loop loop(DoubleUnaryOperator operator) {
        return operator instanceof DoubleUnary own
                ? own.loop
                : (x, xo, y, yo, n) -> {
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = operator.applyAsDouble(x[xo + i]);
                    }
                };
    }

    @Override
    public double applyAsDouble(double x) {
        return each.applyAsDouble(x);
    }

    private static void neg(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = -x[xo + i];
        }
    }

    private static void abs(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    private static void square(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] * x[xo + i];
        }
    }

    private static void sqrt(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.sqrt(x[xo + i]);
        }
    }

    private static void reciprocal(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = 1 / x[xo + i];
        }
    }

    private static void relu(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0);
        }
    }
}
