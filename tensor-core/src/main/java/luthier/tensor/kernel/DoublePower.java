package luthier.tensor.kernel;

import static luthier.tensor.kernel.DoubleDouble.polynomial;

/**
 * x^y = e^(y log x) in double precision, the logarithm and its product in two doubles; whole powers by multiplication in two doubles. The
 * pairs of {@link DoubleDouble} are written out as {@code h} and {@code l}: as objects they cost four times as much here.
 */
public final class DoublePower {
    private static final double LOG2_E = 1.4426950408889634;
    private static final double SQRT_HALF = 0.7071067811865476;
    /** The first 42 bits of log 2, so that a whole multiple is exact, and the next 53. */
    private static final double LN2_H = 0.6931471805598903;

    private static final double LN2_L = 5.497923018708371e-14;
    private static final double THIRD_H = 0.3333333333333333;
    private static final double THIRD_L = 1.850371707708594e-17;
    private static final double FIFTH_L = -1.1102230246251566e-17;
    /** 1 / (2 n + 7): the series of the logarithm from its fourth term on; the rest is below 2^-70. */
    private static final double[] SEVENTH = new double[11];
    /** 1 / (n + 2)!. */
    private static final double[] SQUARE = new double[13];

    static {
        double factorial = 1;
        for (int n = 0; n < SQUARE.length; n++) {
            factorial *= n + 2;
            SQUARE[n] = 1 / factorial;
        }
        for (int n = 0; n < SEVENTH.length; n++) {
            SEVENTH[n] = 1.0 / (2 * n + 7);
        }
    }

    /** From here on e^x is infinite, from minus it on zero. */
    private static final double EXP_END = 800;
    /** Whole powers within these lose nothing to overflow or underflow on the way. */
    private static final double MOST = 0x1p900;

    private DoublePower() {}

    /** Returns x^y with the special cases of {@link Math#pow}, within 0.6 ulp. */
    public static double pow(double x, double y) {
        if (ElementaryKernels.isShort(y)) {
            double power = whole(x, (int) y);
            if (Math.abs(power) < MOST && Math.abs(power) > 1 / MOST) {
                return power;
            }
        }
        if (y == 0 || x == 0 || !Double.isFinite(x) || !Double.isFinite(y)) {
            return StrictMath.pow(x, y);
        }
        if (x > 0) {
            return positive(x, y);
        }
        if (Math.rint(y) != y) {
            return Double.NaN;
        }
        double magnitude = positive(-x, y);
        return Math.rint(0.5 * y) == 0.5 * y ? magnitude : -magnitude;
    }

    /** By repeated squaring; NaN where something between is infinite. */
    private static double whole(double x, int exponent) {
        double h = 1;
        double l = 0;
        double squareH = x;
        double squareL = 0;
        for (int left = Math.abs(exponent); left > 0; left >>= 1) {
            if ((left & 1) != 0) {
                double high = h * squareH;
                l = Math.fma(h, squareH, -high) + Math.fma(h, squareL, l * squareH);
                h = high;
            }
            double square = squareH * squareH;
            squareL = Math.fma(squareH, squareH, -square) + 2 * squareH * squareL;
            squareH = square;
        }
        if (exponent >= 0) {
            return h + l;
        }
        double quotient = 1 / h;
        return quotient + quotient * (Math.fma(-quotient, h, 1) - quotient * l);
    }

    /**
     * Returns x^y for x > 0: x = 2^e m with m in [sqrt 1/2, sqrt 2), s = (m - 1) / (m + 1), log m = 2 (s + s^3 / 3 + s^5 / 5 + ..), of
     * which three terms are kept in two doubles.
     */
    private static double positive(double x, double y) {
        double normal = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
        int exponent = Math.getExponent(normal * SQRT_HALF) + 1;
        double m = Double.longBitsToDouble(Double.doubleToRawLongBits(normal) - ((long) exponent << 52));
        double e = x < Double.MIN_NORMAL ? exponent - 54 : exponent;
        double sumH = m + 1;
        double sumL = m - (sumH - 1);
        double sH = (m - 1) / sumH;
        double sL = (Math.fma(-sH, sumH, m - 1) - sH * sumL) / sumH;
        double zH = sH * sH;
        double zL = Math.fma(sH, sH, -zH) + 2 * sH * sL;
        double rest = zH * polynomial(SEVENTH, zH);
        double fifthH = 0.2 + rest;
        double fifthL = 0.2 - fifthH + rest + FIFTH_L;
        double productH = fifthH * zH;
        double productL = Math.fma(fifthH, zH, -productH) + Math.fma(fifthH, zL, fifthL * zH);
        double thirdH = THIRD_H + productH;
        double thirdL = THIRD_H - thirdH + productH + (productL + THIRD_L);
        double cubeH = zH * sH;
        double cubeL = Math.fma(zH, sH, -cubeH) + Math.fma(zH, sL, zL * sH);
        double tailH = thirdH * cubeH;
        double tailL = Math.fma(thirdH, cubeH, -tailH) + Math.fma(thirdH, cubeL, thirdL * cubeH);
        double halfH = sH + tailH;
        double halfL = sH - halfH + tailH + (sL + tailL);
        double first = Math.fma(e, LN2_H, 2 * halfH);
        double second = e * LN2_H - first + 2 * halfH + Math.fma(e, LN2_L, 2 * halfL);
        double logH = first + second;
        double logL = first - logH + second;
        double high = logH * y;
        if (!(Math.abs(high) < EXP_END)) {
            return high > 0 ? Double.POSITIVE_INFINITY : 0;
        }
        return exp(high, Math.fma(logH, y, -high) + logL * y);
    }

    /** Returns e^(h + l) for |h| < 800; a denormal result is rounded twice. */
    private static double exp(double h, double l) {
        double k = Math.rint(h * LOG2_E);
        double first = Math.fma(-k, LN2_H, h);
        double second = l - k * LN2_L;
        double r = first + second;
        double low = first - r + second;
        double one = 1 + r;
        double p = 1 - one + r + Math.fma(low, one, r * r * polynomial(SQUARE, r));
        // In two steps, of which only the second can leave the normal numbers.
        int half = (int) k >> 1;
        return (one + p) * power(half) * power((int) k - half);
    }

    private static double power(int exponent) {
        return Double.longBitsToDouble((long) (exponent + 1023) << 52);
    }
}
