package luthier.golden;

import java.math.BigInteger;

/** Binary floating-point numbers of 192 bits and their functions by textbook series: the reference for double precision. */
public record Precise(BigInteger digits, int exponent) {
    private static final int BITS = 192;
    /** Pi for the reduction of the largest doubles, in units of 2^-PI_BITS. */
    private static final int PI_BITS = 1400;

    private static final int FAR = 1 << 16;

    private static final BigInteger PI_DIGITS =
            arcCotangent(5).shiftLeft(2).subtract(arcCotangent(239)).shiftLeft(2);
    public static final Precise PI = rounded(PI_DIGITS, -PI_BITS);
    public static final Precise ZERO = new Precise(BigInteger.ZERO, 0);
    public static final Precise ONE = of(1);
    private static final Precise LN2 = naturalLogOfTwo();

    /** Machin's series, of 1/x - 1/(3 x^3) + 1/(5 x^5) ... */
    private static BigInteger arcCotangent(long x) {
        BigInteger power = BigInteger.ONE.shiftLeft(PI_BITS).divide(BigInteger.valueOf(x));
        BigInteger sum = power;
        for (int n = 3; power.signum() != 0; n += 2) {
            power = power.divide(BigInteger.valueOf(-x * x));
            sum = sum.add(power.divide(BigInteger.valueOf(n)));
        }
        return sum;
    }

    /** The sum of 1 / (n 2^n). */
    private static Precise naturalLogOfTwo() {
        Precise sum = ZERO;
        for (int n = 1; n < BITS + 8; n++) {
            sum = sum.plus(ONE.scaled(-n).over(of(n)));
        }
        return sum;
    }

    private static Precise rounded(BigInteger digits, int exponent) {
        int excess = digits.bitLength() - BITS;
        return excess <= 0 ? new Precise(digits, exponent) : new Precise(digits.shiftRight(excess), exponent + excess);
    }

    public static Precise of(double x) {
        int e = Math.max(Math.getExponent(x), Double.MIN_EXPONENT) - 52;
        return new Precise(BigInteger.valueOf((long) Math.scalb(x, -e)), e);
    }

    public static Precise of(String decimal) {
        int places = decimal.length() - decimal.indexOf('.') - 1;
        return new Precise(new BigInteger(decimal.replace(".", "")), 0)
                .over(new Precise(BigInteger.TEN.pow(places), 0));
    }

    public double value() {
        return Math.scalb(digits.doubleValue(), exponent);
    }

    public int signum() {
        return digits.signum();
    }

    /** Whether |this| < 2^e, roughly. */
    private boolean below(int e) {
        return digits.bitLength() + exponent <= e;
    }

    /** Returns how many ulps of {@code scale}, this or something larger, {@code got} is away. */
    public double ulps(double got, double scale) {
        return of(got).minus(this).over(of(Math.ulp(scale))).abs().value();
    }

    private boolean isNothingBeside(Precise sum) {
        return digits.signum() == 0
                || sum.digits.signum() != 0 && below(sum.digits.bitLength() + sum.exponent - BITS - 4);
    }

    public Precise scaled(int e) {
        return new Precise(digits, exponent + e);
    }

    public Precise negated() {
        return new Precise(digits.negate(), exponent);
    }

    public Precise abs() {
        return new Precise(digits.abs(), exponent);
    }

    public Precise plus(Precise x) {
        int e = Math.min(exponent, x.exponent);
        return rounded(digits.shiftLeft(exponent - e).add(x.digits.shiftLeft(x.exponent - e)), e);
    }

    public Precise minus(Precise x) {
        return plus(x.negated());
    }

    public Precise floor() {
        return exponent >= 0 ? this : new Precise(digits.shiftRight(-exponent), 0);
    }

    public Precise times(Precise x) {
        return rounded(digits.multiply(x.digits), exponent + x.exponent);
    }

    public Precise times(long n) {
        return rounded(digits.multiply(BigInteger.valueOf(n)), exponent);
    }

    public Precise over(long n) {
        int up = BITS + 64 - digits.bitLength();
        return rounded(digits.shiftLeft(up).divide(BigInteger.valueOf(n)), exponent - up);
    }

    public Precise over(Precise x) {
        int up = BITS + x.digits.bitLength() - digits.bitLength();
        return rounded(digits.shiftLeft(up).divide(x.digits), exponent - up - x.exponent);
    }

    public Precise sqrt() {
        int up = 2 * BITS - digits.bitLength();
        up += exponent - up & 1;
        return rounded(digits.shiftLeft(up).sqrt(), (exponent - up) / 2);
    }

    /** x + x^2 / 2! + ..., by twelve halvings of the rest after powers of two or, near 0, directly. */
    public Precise expm1() {
        if (below(-16)) {
            return seriesOfExpm1();
        }
        return exp().minus(ONE);
    }

    private Precise seriesOfExpm1() {
        Precise sum = ZERO;
        Precise term = this;
        for (int n = 2; !term.isNothingBeside(sum); n++) {
            sum = sum.plus(term);
            term = term.times(this).over(n);
        }
        return sum;
    }

    /** Beyond what a double's exponent holds, a number that is as good as infinite, or 0. */
    public Precise exp() {
        if (Math.abs(value()) > FAR) {
            return signum() > 0 ? ONE.scaled(FAR) : ZERO;
        }
        int k = (int) Math.rint(value() * 1.4426950408889634);
        Precise e = minus(LN2.times(k)).scaled(-12).seriesOfExpm1();
        for (int i = 0; i < 12; i++) {
            e = e.scaled(1).plus(e.times(e));
        }
        return e.plus(ONE).scaled(k);
    }

    /** Returns log(1 + this): a double y near it, and 2 artanh of what is left, which is tiny. */
    public Precise log1p() {
        if (below(-60)) {
            return minus(times(this).scaled(-1)).plus(times(this).times(this).over(3));
        }
        double y = StrictMath.log1p(value());
        Precise e = of(y).expm1();
        return of(y).plus(minus(e).scaled(1).over(plus(e).plus(of(2))));
    }

    public Precise log() {
        double y = StrictMath.log(value());
        Precise e = of(y).exp();
        return of(y).plus(minus(e).scaled(1).over(plus(e)));
    }

    public Precise sin() {
        return sine(0);
    }

    public Precise cos() {
        return sine(1);
    }

    /** Returns the sine of this + quarters pi / 2. */
    private Precise sine(int quarters) {
        BigInteger fixed = exponent < -PI_BITS ? BigInteger.ZERO : digits.shiftLeft(PI_BITS + exponent);
        BigInteger halfPi = PI_DIGITS.shiftRight(1);
        BigInteger n = fixed.shiftLeft(1).add(halfPi).divide(PI_DIGITS);
        n = n.multiply(PI_DIGITS).shiftRight(1).compareTo(fixed.add(halfPi)) > 0 ? n.subtract(BigInteger.ONE) : n;
        Precise r = n.signum() == 0
                ? this
                : rounded(fixed.subtract(n.multiply(PI_DIGITS).shiftRight(1)), -PI_BITS);
        int quadrant = n.intValue() + quarters & 3;
        Precise square = r.times(r).negated();
        Precise term = (quadrant & 1) == 0 ? r : ONE;
        Precise sum = ZERO;
        for (int i = (quadrant & 1) == 0 ? 2 : 1; !term.isNothingBeside(sum); i += 2) {
            sum = sum.plus(term);
            term = term.times(square).over((long) i * (i + 1));
        }
        return (quadrant & 2) == 0 ? sum : sum.negated();
    }

    /** A double y near it, and the first terms of the series of the angle that is left. */
    public Precise atan() {
        Precise y = of(StrictMath.atan(value()));
        Precise sin = y.sin();
        Precise cos = y.cos();
        Precise left = times(cos).minus(sin).over(times(sin).plus(cos));
        return y.plus(left).minus(left.times(left).times(left).over(3));
    }

    /** By the series without cancellation, 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / (3 5) ...). */
    public Precise erf() {
        Precise square = times(this).scaled(1);
        Precise term = this;
        Precise sum = ZERO;
        for (int n = 3; !term.isNothingBeside(sum); n += 2) {
            sum = sum.plus(term);
            term = term.times(square).over(n);
        }
        return sum.times(times(this).negated().exp()).scaled(1).over(PI.sqrt());
    }

    /** In the tail the continued fraction e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 2/2 / (x + 3/2 / ...))). */
    public Precise erfc() {
        if (signum() < 0 || below(2) || minus(of(6)).signum() < 0) {
            return ONE.minus(erf());
        }
        Precise fraction = this;
        for (int n = 80; n > 0; n--) {
            fraction = plus(of(n).scaled(-1).over(fraction));
        }
        return times(this).negated().exp().over(fraction.times(PI.sqrt()));
    }
}
