package luthier.tensor.kernel;

/**
 * A number as the unevaluated sum of two doubles, {@code high} the sum rounded and {@code low} what that loses: about 104 bits for
 * the few operations of {@link DoubleFunctions} whose roundings would add up. Results are rounded once by taking {@code high}.
 *
 * <p>Sources: Dekker 1971, A floating-point technique for extending the available precision; Knuth, TAOCP 2, 4.2.2; the product by
 * fma. Arguments must be finite, far from overflow; what a caller does with infinities is its own affair.
 */
record DoubleDouble(double high, double low) {
    static final DoubleDouble ONE = new DoubleDouble(1, 0);

    private static final double LOG2_E = 1.4426950408889634;
    /** The first 42 bits of log 2, so that {@code k LN2_HIGH} is exact for every exponent k, and the next 53. */
    private static final double LN2_HIGH = 0.6931471805598903;

    private static final double LN2_LOW = 5.497923018708371e-14;
    /** From here on {@code f e^x} is zero for every double f. */
    private static final double EXP_END = -1500;

    /** 1 / (n + 3)!: with n up to 11 the rest of the series of e^r is below 2^-61 of r for |r| <= log(2) / 2. */
    private static final double[] CUBIC = new double[12];

    static {
        double factorial = 2;
        for (int n = 0; n < CUBIC.length; n++) {
            factorial *= n + 3;
            CUBIC[n] = 1 / factorial;
        }
    }

    /** Returns a + b, exactly. */
    static DoubleDouble sum(double a, double b) {
        double high = a + b;
        double ofB = high - a;
        return new DoubleDouble(high, a - (high - ofB) + (b - ofB));
    }

    /** Returns a + b, exactly where |a| >= |b|. */
    private static DoubleDouble ordered(double a, double b) {
        double high = a + b;
        return new DoubleDouble(high, b - (high - a));
    }

    /** Returns a b, exactly unless the lower half is denormal. */
    static DoubleDouble product(double a, double b) {
        double high = a * b;
        return new DoubleDouble(high, Math.fma(a, b, -high));
    }

    DoubleDouble plus(double x) {
        DoubleDouble s = sum(high, x);
        return ordered(s.high, s.low + low);
    }

    DoubleDouble plus(DoubleDouble x) {
        DoubleDouble s = sum(high, x.high);
        return ordered(s.high, s.low + (low + x.low));
    }

    DoubleDouble minus(DoubleDouble x) {
        return plus(x.negated());
    }

    DoubleDouble negated() {
        return new DoubleDouble(-high, -low);
    }

    DoubleDouble times(double x) {
        DoubleDouble p = product(high, x);
        return ordered(p.high, Math.fma(low, x, p.low));
    }

    DoubleDouble times(DoubleDouble x) {
        DoubleDouble p = product(high, x.high);
        return ordered(p.high, p.low + (high * x.low + low * x.high));
    }

    /** Returns the quotient: of the high parts, and of what the fma says is left over. */
    DoubleDouble over(DoubleDouble x) {
        double q = high / x.high;
        return ordered(q, (Math.fma(-q, x.high, high) + (low - q * x.low)) / x.high);
    }

    /** Returns e^x for |x| < 700, relative error 2^-60. */
    static DoubleDouble exp(DoubleDouble x) {
        int k = powerOfTwo(x);
        DoubleDouble e = expm1(x, k).plus(1);
        double scale = Math.scalb(1.0, k);
        return new DoubleDouble(e.high * scale, e.low * scale);
    }

    /** Returns e^x - 1 for |x| < 700, relative error 2^-59. */
    static DoubleDouble expm1(double x) {
        DoubleDouble argument = new DoubleDouble(x, 0);
        int k = powerOfTwo(argument);
        double scale = Math.scalb(1.0, k);
        return expm1(argument, k).times(scale).plus(scale - 1);
    }

    /** Returns this times e^x, rounded once, also where e^x alone or the result is denormal or zero. */
    double timesExp(DoubleDouble x) {
        if (x.high < EXP_END) {
            return Math.copySign(0, high);
        }
        int k = powerOfTwo(x);
        return Math.scalb(expm1(x, k).plus(1).times(this).high, k);
    }

    private static int powerOfTwo(DoubleDouble x) {
        return (int) Math.rint(x.high * LOG2_E);
    }

    /** Returns e^r - 1 for r = x - k log 2: the first two terms of the series in two doubles, the small rest in one. */
    private static DoubleDouble expm1(DoubleDouble x, int k) {
        DoubleDouble r =
                product(-k, LN2_LOW).plus(Math.fma(-k, LN2_HIGH, x.high)).plus(x.low);
        double rest = r.high * r.high * r.high * polynomial(CUBIC, r.high);
        return r.plus(r.times(r).times(0.5)).plus(rest);
    }

    /** Returns the sum of coefficients[i] x^i, in doubles. */
    static double polynomial(double[] coefficients, double x) {
        double y = coefficients[coefficients.length - 1];
        for (int i = coefficients.length - 2; i >= 0; i--) {
            y = Math.fma(y, x, coefficients[i]);
        }
        return y;
    }
}
