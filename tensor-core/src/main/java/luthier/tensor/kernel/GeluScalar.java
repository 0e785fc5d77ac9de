package luthier.tensor.kernel;

/**
 * GELU(x) = x P(X <= x) for a normal X, and its derivative, in single precision: the definition that {@link GeluSimd} repeats lane by
 * lane. Both need P(X > u) for u = |x| only, so that no digit is lost where the result is small: GELU is within 2.2 ulp everywhere.
 *
 * <p>Nearly all numbers that a network sees are below 3.875; for those P(X > u), and the derivative at -u, are {@link Pieces}. In the
 * tail P(X > u) = erfc(u / sqrt 2) / 2, in double precision, since half an ulp of u^2 would be up to 52 of the result.
 */
final class GeluScalar {
    /** P(X > u). */
    static final Pieces BEYOND = Pieces.of(u -> 0.5 * DoubleFunctions.erfc(u * Math.sqrt(0.5)));
    /** The derivative at -u; at u it is one minus that. */
    static final Pieces SLOPE = Pieces.of(u -> DoubleFunctions.geluSlope(-u));

    /** From here on e^(-u^2 / 2) is zero. */
    private static final float TAIL_END = 14.421875f;

    /** From here on x - x P(X > x) is x, and the derivative is 1. */
    private static final float TAIL_ROUNDED = 6f;

    private static final double SQRT_HALF = 0.7071067811865476;
    /** 1 / sqrt(2 pi), the height of the normal density. */
    private static final double NORMAL_HEIGHT = 0.3989422804014327;

    private GeluScalar() {}

    static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = gelu(x[xo + i]);
        }
    }

    /** dX = dY times the derivative at x. */
    static void geluBackward(float[] x, int xo, float[] dY, int dYo, float[] dX, int dXo, int n) {
        for (int i = 0; i < n; i++) {
            dX[dXo + i] = dY[dYo + i] * slope(x[xo + i]);
        }
    }

    /** GELU of those numbers that are in the tail. */
    static void geluTail(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            if (isTail(x[xo + i])) {
                y[yo + i] = gelu(x[xo + i]);
            }
        }
    }

    /** The same of its derivative. */
    static void tailBackward(float[] x, int xo, float[] dY, int dYo, float[] dX, int dXo, int n) {
        for (int i = 0; i < n; i++) {
            if (isTail(x[xo + i])) {
                dX[dXo + i] = dY[dYo + i] * slope(x[xo + i]);
            }
        }
    }

    /** True for NaN too. */
    private static boolean isTail(float x) {
        return !(Math.abs(x) < Pieces.END);
    }

    private static float gelu(float x) {
        float u = Math.abs(x);
        float part = isTail(x) ? tailPart(x) : u * BEYOND.at(u);
        return x >= 0 ? x - part : -part;
    }

    private static float slope(float x) {
        float u = Math.abs(x);
        float left = isTail(x) ? tailSlope(x) : SLOPE.at(u);
        return x >= 0 ? 1 - left : left;
    }

    /** u P(X > u) for u = |x| in the tail. */
    private static float tailPart(float x) {
        double u = Math.abs(x);
        return isOver(x) ? 0 : (float) (u * tail(u) * bell(u));
    }

    /** P(X > u) - u density(u) for u = |x| in the tail. */
    private static float tailSlope(float x) {
        double u = Math.abs(x);
        return isOver(x) ? 0 : (float) (bell(u) * (tail(u) - u * NORMAL_HEIGHT));
    }

    /** Whether what the tail adds is rounded away: to the right soon, to the left where e^(-x^2 / 2) is zero. */
    private static boolean isOver(float x) {
        return x >= TAIL_ROUNDED || x <= -TAIL_END;
    }

    /** Returns e^(-u^2 / 2). */
    private static double bell(double u) {
        return FloatFunctionsScalar.exp(-0.5 * u * u);
    }

    /** Returns P(X > u) over the bell. */
    private static double tail(double u) {
        return 0.5 * FloatFunctionsScalar.tail(u * SQRT_HALF);
    }
}
