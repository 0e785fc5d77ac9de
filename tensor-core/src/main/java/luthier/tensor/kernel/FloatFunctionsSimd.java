package luthier.tensor.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatFunctionsScalar}, a vector at a time: the same operations in the same order. */
final class FloatFunctionsSimd {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

    /** Floats that make one vector of doubles. */
    static final int WIDTH = DOUBLES.length();

    private FloatFunctionsSimd() {}

    /** Constants as whole vectors: as operands they cost the compiler far less than a broadcast in place. */
    private static final class V {
        static final DoubleVector LOG2_E = all(FloatFunctionsScalar.LOG2_E);
        static final DoubleVector LN2 = all(FloatFunctionsScalar.LN2);
        static final DoubleVector EXP_MOST = all(FloatFunctionsScalar.EXP_MOST);
        static final DoubleVector ROUNDER = all(FloatFunctionsScalar.ROUNDER);
        static final DoubleVector EXP0 = all(FloatFunctionsScalar.EXP0);
        static final DoubleVector EXP1 = all(FloatFunctionsScalar.EXP1);
        static final DoubleVector EXP2 = all(FloatFunctionsScalar.EXP2);
        static final DoubleVector EXP3 = all(FloatFunctionsScalar.EXP3);
        static final DoubleVector EXP4 = all(FloatFunctionsScalar.EXP4);
        static final DoubleVector EXP5 = all(FloatFunctionsScalar.EXP5);
        static final DoubleVector LOG0 = all(FloatFunctionsScalar.LOG0);
        static final DoubleVector LOG1 = all(FloatFunctionsScalar.LOG1);
        static final DoubleVector LOG2 = all(FloatFunctionsScalar.LOG2);
        static final DoubleVector LOG3 = all(FloatFunctionsScalar.LOG3);
        static final DoubleVector LOG4 = all(FloatFunctionsScalar.LOG4);
        static final DoubleVector TWO_OVER_PI = all(FloatFunctionsScalar.TWO_OVER_PI);
        static final DoubleVector HALF_PI = all(FloatFunctionsScalar.HALF_PI);
        static final DoubleVector SIN0 = all(FloatFunctionsScalar.SIN0);
        static final DoubleVector SIN1 = all(FloatFunctionsScalar.SIN1);
        static final DoubleVector SIN2 = all(FloatFunctionsScalar.SIN2);
        static final DoubleVector SIN3 = all(FloatFunctionsScalar.SIN3);
        static final DoubleVector COS0 = all(FloatFunctionsScalar.COS0);
        static final DoubleVector COS1 = all(FloatFunctionsScalar.COS1);
        static final DoubleVector COS2 = all(FloatFunctionsScalar.COS2);
        static final DoubleVector COS3 = all(FloatFunctionsScalar.COS3);
        static final DoubleVector TAN_EIGHTH = all(FloatFunctionsScalar.TAN_EIGHTH);
        static final DoubleVector TAN_THREE_EIGHTHS = all(FloatFunctionsScalar.TAN_THREE_EIGHTHS);
        static final DoubleVector ATAN0 = all(FloatFunctionsScalar.ATAN0);
        static final DoubleVector ATAN1 = all(FloatFunctionsScalar.ATAN1);
        static final DoubleVector ATAN2 = all(FloatFunctionsScalar.ATAN2);
        static final DoubleVector ATAN3 = all(FloatFunctionsScalar.ATAN3);
        static final DoubleVector ATAN4 = all(FloatFunctionsScalar.ATAN4);
        static final DoubleVector ATAN5 = all(FloatFunctionsScalar.ATAN5);
        static final DoubleVector ATAN6 = all(FloatFunctionsScalar.ATAN6);
        static final DoubleVector ERF0 = all(FloatFunctionsScalar.ERF0);
        static final DoubleVector ERF1 = all(FloatFunctionsScalar.ERF1);
        static final DoubleVector ERF2 = all(FloatFunctionsScalar.ERF2);
        static final DoubleVector ERF3 = all(FloatFunctionsScalar.ERF3);
        static final DoubleVector ERF4 = all(FloatFunctionsScalar.ERF4);
        static final DoubleVector ERF5 = all(FloatFunctionsScalar.ERF5);
        static final DoubleVector ERFC_SHIFT = all(FloatFunctionsScalar.ERFC_SHIFT);
        static final DoubleVector ERFC_MOST = all(FloatFunctionsScalar.ERFC_MOST);
        static final DoubleVector ERFC0 = all(FloatFunctionsScalar.ERFC0);
        static final DoubleVector ERFC1 = all(FloatFunctionsScalar.ERFC1);
        static final DoubleVector ERFC2 = all(FloatFunctionsScalar.ERFC2);
        static final DoubleVector ERFC3 = all(FloatFunctionsScalar.ERFC3);
        static final DoubleVector ERFC4 = all(FloatFunctionsScalar.ERFC4);
        static final DoubleVector ERFC5 = all(FloatFunctionsScalar.ERFC5);
        static final DoubleVector ERFC6 = all(FloatFunctionsScalar.ERFC6);
        static final DoubleVector ERFC7 = all(FloatFunctionsScalar.ERFC7);
        static final DoubleVector ERFC8 = all(FloatFunctionsScalar.ERFC8);
        static final DoubleVector ERFC9 = all(FloatFunctionsScalar.ERFC9);
        static final DoubleVector ERFC10 = all(FloatFunctionsScalar.ERFC10);
        static final DoubleVector ERFC11 = all(FloatFunctionsScalar.ERFC11);
        static final DoubleVector GELU_SLOPE = all(FloatFunctionsScalar.GELU_SLOPE);
        static final DoubleVector GELU_CUBE = all(FloatFunctionsScalar.GELU_CUBE);
        static final DoubleVector GATE_LEAST = all(FloatFunctionsScalar.GATE_LEAST);
        static final DoubleVector SLOPE_MOST = all(FloatFunctionsScalar.SLOPE_MOST);
        static final DoubleVector MINUS_EXP_MOST = all(-FloatFunctionsScalar.EXP_MOST);
        static final DoubleVector MINUS_LN2 = all(-FloatFunctionsScalar.LN2);
        static final DoubleVector MINUS_HALF_PI = all(-FloatFunctionsScalar.HALF_PI);
        static final DoubleVector MINUS_HALF_PI_LOW = all(-FloatFunctionsScalar.HALF_PI_LOW);
        static final DoubleVector MINUS_GELU_SLOPE = all(-FloatFunctionsScalar.GELU_SLOPE);
        static final DoubleVector MINUS_SLOPE_MOST = all(-FloatFunctionsScalar.SLOPE_MOST);
        static final DoubleVector ZERO = all(0);
        static final DoubleVector HALF = all(0.5);
        static final DoubleVector MINUS_HALF = all(-0.5);
        static final DoubleVector ONE = all(1);
        static final DoubleVector TWO = all(2);
        static final DoubleVector PI = all(2 * FloatFunctionsScalar.HALF_PI);
        static final DoubleVector QUARTER_PI = all(0.5 * FloatFunctionsScalar.HALF_PI);
        static final DoubleVector THREE_GELU_CUBE = all(3 * FloatFunctionsScalar.GELU_CUBE);
        static final DoubleVector INFINITY = all(Double.POSITIVE_INFINITY);
        static final DoubleVector MINUS_INFINITY = all(Double.NEGATIVE_INFINITY);
        static final DoubleVector NAN = all(Double.NaN);
        static final LongVector SIGN = LongVector.broadcast(LongVector.SPECIES_PREFERRED, Long.MIN_VALUE);
        static final LongVector MAGNITUDE = SIGN.not();
        static final LongVector ONE_BITS =
                LongVector.broadcast(LongVector.SPECIES_PREFERRED, FloatFunctionsScalar.ONE_BITS);
        static final LongVector SQRT_HALF_BITS =
                LongVector.broadcast(LongVector.SPECIES_PREFERRED, FloatFunctionsScalar.SQRT_HALF_BITS);

        private V() {}

        private static DoubleVector all(double value) {
            return DoubleVector.broadcast(DOUBLES, value);
        }
    }

    static DoubleVector load(float[] x, int at) {
        return (DoubleVector) FloatVector.fromArray(FLOATS, x, at).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    static void store(DoubleVector v, float[] y, int at) {
        ((FloatVector) v.convertShape(VectorOperators.D2F, FLOATS, 0)).intoArray(y, at);
    }

    static DoubleVector read(double[] values, int at) {
        return DoubleVector.fromArray(DOUBLES, values, at);
    }

    static DoubleVector all(double value) {
        return DoubleVector.broadcast(DOUBLES, value);
    }

    private static DoubleVector withSign(DoubleVector magnitude, DoubleVector sign) {
        LongVector bits = sign.reinterpretAsLongs().and(V.SIGN);
        return magnitude.reinterpretAsLongs().and(V.MAGNITUDE).or(bits).reinterpretAsDoubles();
    }

    // ---- exponential functions

    private static DoubleVector least(DoubleVector x, DoubleVector low) {
        return x.max(low);
    }

    private static DoubleVector most(DoubleVector x, DoubleVector high) {
        return x.min(high);
    }

    static DoubleVector exp(DoubleVector x) {
        return expWithin(least(most(x, V.EXP_MOST), V.MINUS_EXP_MOST));
    }

    /** {@link #exp} of what needs no cutting. */
    private static DoubleVector expWithin(DoubleVector bounded) {
        DoubleVector rounded = bounded.fma(V.LOG2_E, V.ROUNDER);
        DoubleVector p =
                exponential(rounded.sub(V.ROUNDER).fma(V.MINUS_LN2, bounded)).add(V.ONE);
        return scaled(p, rounded);
    }

    static DoubleVector exp2(DoubleVector x) {
        DoubleVector bounded = least(most(x, V.EXP_MOST), V.MINUS_EXP_MOST);
        DoubleVector rounded = bounded.add(V.ROUNDER);
        DoubleVector p =
                exponential(bounded.sub(rounded.sub(V.ROUNDER)).mul(V.LN2)).add(V.ONE);
        return scaled(p, rounded);
    }

    private static DoubleVector scaled(DoubleVector p, DoubleVector rounded) {
        LongVector n = rounded.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52);
        return p.reinterpretAsLongs().add(n).reinterpretAsDoubles();
    }

    private static DoubleVector exponential(DoubleVector r) {
        DoubleVector p = V.EXP5.fma(r, V.EXP4);
        p = p.fma(r, V.EXP3);
        p = p.fma(r, V.EXP2);
        p = p.fma(r, V.EXP1);
        p = p.fma(r, V.EXP0);
        return r.mul(r).fma(p, r);
    }

    static DoubleVector expm1(DoubleVector x) {
        DoubleVector bounded = least(most(x, V.EXP_MOST), V.MINUS_EXP_MOST);
        DoubleVector rounded = bounded.fma(V.LOG2_E, V.ROUNDER);
        DoubleVector p = exponential(rounded.sub(V.ROUNDER).fma(V.MINUS_LN2, bounded));
        LongVector n = rounded.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52);
        DoubleVector scale = n.add(V.ONE_BITS).reinterpretAsDoubles();
        return withSign(scale.fma(p, scale.sub(V.ONE)), x);
    }

    static DoubleVector sinh(DoubleVector x) {
        DoubleVector e = expm1(x.abs());
        return withSign(e.add(e.div(e.add(V.ONE))).mul(V.HALF), x);
    }

    static DoubleVector cosh(DoubleVector x) {
        DoubleVector e = exp(x.abs());
        return e.add(V.ONE.div(e)).mul(V.HALF);
    }

    static DoubleVector tanh(DoubleVector x) {
        DoubleVector t = most(x.abs(), V.ERFC_MOST);
        DoubleVector e = expm1(t.add(t));
        return withSign(e.div(e.add(V.TWO)), x);
    }

    static DoubleVector sigmoid(DoubleVector x) {
        return V.ONE.div(exp(x.neg()).add(V.ONE));
    }

    static DoubleVector sigmoidBackward(DoubleVector x, DoubleVector dY) {
        DoubleVector e = exp(x.abs().neg());
        DoubleVector w = e.add(V.ONE);
        return dY.mul(e.div(w.mul(w)));
    }

    // ---- logarithms and powers

    private static LongVector exponent(LongVector bits) {
        return bits.sub(V.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 52);
    }

    private static DoubleVector fraction(LongVector bits, LongVector e) {
        return bits.sub(e.lanewise(VectorOperators.LSHL, 52))
                .reinterpretAsDoubles()
                .sub(V.ONE);
    }

    /** The exponent is added to {@link FloatFunctionsScalar#ROUNDER} as bits, which AVX2 can, and converts no longs, which it cannot. */
    private static DoubleVector asDoubles(LongVector e) {
        return e.add(V.ROUNDER.reinterpretAsLongs()).reinterpretAsDoubles().sub(V.ROUNDER);
    }

    static DoubleVector log(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs();
        LongVector e = exponent(bits);
        return atEdges(asDoubles(e).fma(V.LN2, logarithm(fraction(bits, e))), x);
    }

    static DoubleVector log2(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs();
        LongVector e = exponent(bits);
        return atEdges(logarithm(fraction(bits, e)).fma(V.LOG2_E, asDoubles(e)), x);
    }

    static DoubleVector log1p(DoubleVector x) {
        DoubleVector u = x.add(V.ONE);
        LongVector bits = u.reinterpretAsLongs();
        LongVector e = exponent(bits);
        DoubleVector whole = asDoubles(e);
        DoubleVector f = fraction(bits, e).blend(x, whole.eq(V.ZERO));
        return withSign(atEdges(whole.fma(V.LN2, logarithm(f)), u), x);
    }

    /** {@link #log1p} of x in [0, 1], without its edges. */
    private static DoubleVector log1pOfFraction(DoubleVector x) {
        LongVector bits = x.add(V.ONE).reinterpretAsLongs();
        LongVector e = exponent(bits);
        DoubleVector whole = asDoubles(e);
        DoubleVector f = fraction(bits, e).blend(x, whole.eq(V.ZERO));
        return whole.fma(V.LN2, logarithm(f));
    }

    private static DoubleVector logarithm(DoubleVector f) {
        DoubleVector s = f.div(f.add(V.TWO));
        DoubleVector z = s.mul(s);
        DoubleVector p = V.LOG4.fma(z, V.LOG3);
        p = p.fma(z, V.LOG2);
        p = p.fma(z, V.LOG1);
        p = p.fma(z, V.LOG0);
        return s.mul(z).fma(p, s.add(s));
    }

    private static DoubleVector atEdges(DoubleVector y, DoubleVector x) {
        DoubleVector finite = y.blend(V.MINUS_INFINITY, x.eq(V.ZERO));
        DoubleVector positive = finite.blend(x, x.eq(V.INFINITY));
        return V.NAN.blend(positive, x.compare(VectorOperators.GE, V.ZERO));
    }

    /** Returns whether {@link #powerOfTwo} and {@link #signed} hold for every lane: finite bases but 0, finite exponents. */
    static boolean ordinary(DoubleVector x, DoubleVector y) {
        VectorMask<Double> base =
                x.abs().compare(VectorOperators.GT, V.ZERO).and(x.abs().lt(V.INFINITY));
        return base.and(y.abs().lt(V.INFINITY)).allTrue();
    }

    /** The exponent of {@link #exp2} that gives |x|^y. */
    static DoubleVector powerOfTwo(DoubleVector x, DoubleVector y) {
        return y.mul(log2(x.abs()));
    }

    /** Returns x^y given |x|^y. */
    static DoubleVector signed(DoubleVector magnitude, DoubleVector x, DoubleVector y) {
        VectorMask<Double> negative = x.lt(V.ZERO);
        if (!negative.anyTrue()) {
            return magnitude;
        }
        DoubleVector half = y.mul(V.HALF);
        VectorMask<Double> even = rounded(half).eq(half);
        VectorMask<Double> whole = rounded(y).eq(y);
        DoubleVector turned = magnitude.blend(magnitude.neg(), even.not()).blend(V.NAN, whole.not());
        return magnitude.blend(turned, negative);
    }

    /** Returns the nearest whole number; those from 2^51 on, in single precision, are whole. */
    private static DoubleVector rounded(DoubleVector x) {
        return x.add(V.ROUNDER)
                .sub(V.ROUNDER)
                .blend(x, x.abs().compare(VectorOperators.GE, FloatFunctionsScalar.ALL_WHOLE));
    }

    /** {@link FloatFunctionsScalar#power}. */
    static DoubleVector power(DoubleVector x, int exponent) {
        DoubleVector result = V.ONE;
        DoubleVector square = x;
        for (int left = Math.abs(exponent); left > 0; left >>= 1) {
            result = (left & 1) == 0 ? result : result.mul(square);
            square = square.mul(square);
        }
        return exponent < 0 ? V.ONE.div(result) : result;
    }

    /** {@link FloatFunctionsScalar#root}. */
    static DoubleVector root(DoubleVector x) {
        return x.add(V.ZERO).blend(V.INFINITY, x.eq(V.MINUS_INFINITY)).sqrt();
    }

    /** Returns whether {@link #remainder} holds for every lane. */
    static boolean divisible(DoubleVector a, DoubleVector b) {
        return a.div(b)
                .abs()
                .lt(DoubleFunctions.EXACT_QUOTIENT)
                .and(b.abs().lt(V.INFINITY))
                .allTrue();
    }

    /** {@link DoubleFunctions#remainder} for quotients that are not large. */
    static DoubleVector remainder(DoubleVector a, DoubleVector b) {
        DoubleVector quotient = a.div(b).add(V.ROUNDER).sub(V.ROUNDER);
        DoubleVector nearest = quotient.neg().fma(b, a);
        VectorMask<Double> turned = nearest.reinterpretAsLongs()
                .lanewise(VectorOperators.XOR, b.reinterpretAsLongs())
                .lt(0)
                .cast(DOUBLES);
        return nearest.blend(nearest.add(b), turned).blend(withSign(V.ZERO, a), nearest.eq(V.ZERO));
    }

    /** e^-|a - b|, for {@link #logAddExp}. */
    static DoubleVector expOfGap(DoubleVector a, DoubleVector b) {
        return exp(a.sub(b).abs().blend(V.ZERO, a.eq(b)).neg());
    }

    static DoubleVector logAddExp(DoubleVector a, DoubleVector b, DoubleVector expOfGap) {
        return a.max(b).add(log1pOfFraction(expOfGap));
    }

    /** e^-|x|, for {@link #softplus} and its kin. */
    static DoubleVector expOfMinus(DoubleVector x) {
        return exp(x.abs().neg());
    }

    private static DoubleVector softplus(DoubleVector x, DoubleVector expOfMinus) {
        return least(x, V.ZERO).add(log1pOfFraction(expOfMinus));
    }

    static DoubleVector softplus(DoubleVector x, DoubleVector expOfMinus, double beta, double threshold) {
        DoubleVector steep = x.mul(beta);
        DoubleVector y = softplus(steep, expOfMinus).div(beta);
        return y.blend(x, steep.compare(VectorOperators.GT, threshold));
    }

    static DoubleVector logSigmoid(DoubleVector x, DoubleVector expOfMinus) {
        return softplus(x.neg(), expOfMinus).neg();
    }

    static DoubleVector xlogy(DoubleVector x, DoubleVector y) {
        return x.mul(log(y)).blend(V.ZERO, x.eq(V.ZERO).and(y.eq(y)));
    }

    // ---- circular functions

    /** Returns whether {@link #sin}, {@link #cos} and {@link #tan} hold for every lane. */
    static boolean moderate(DoubleVector x) {
        return x.abs().lt(FloatFunctionsScalar.LARGE).allTrue();
    }

    static DoubleVector sin(DoubleVector x) {
        return circular(x, 0);
    }

    static DoubleVector cos(DoubleVector x) {
        return circular(x, 1);
    }

    private static DoubleVector circular(DoubleVector x, long turn) {
        DoubleVector rounded = x.fma(V.TWO_OVER_PI, V.ROUNDER);
        DoubleVector n = rounded.sub(V.ROUNDER);
        DoubleVector r = n.fma(V.MINUS_HALF_PI_LOW, n.fma(V.MINUS_HALF_PI, x));
        LongVector quadrant = rounded.reinterpretAsLongs().add(turn);
        DoubleVector y = sine(r).blend(cosine(r), odd(quadrant));
        LongVector sign = quadrant.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHL, 63);
        return y.reinterpretAsLongs().lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
    }

    private static VectorMask<Double> odd(LongVector quadrant) {
        return quadrant.lanewise(VectorOperators.LSHL, 63).lt(0).cast(DOUBLES);
    }

    static DoubleVector tan(DoubleVector x) {
        DoubleVector rounded = x.fma(V.TWO_OVER_PI, V.ROUNDER);
        DoubleVector n = rounded.sub(V.ROUNDER);
        DoubleVector r = n.fma(V.MINUS_HALF_PI_LOW, n.fma(V.MINUS_HALF_PI, x));
        DoubleVector s = sine(r);
        DoubleVector c = cosine(r);
        VectorMask<Double> odd = odd(rounded.reinterpretAsLongs());
        return s.blend(c.neg(), odd).div(c.blend(s, odd));
    }

    private static DoubleVector sine(DoubleVector r) {
        DoubleVector z = r.mul(r);
        DoubleVector p = V.SIN3.fma(z, V.SIN2);
        p = p.fma(z, V.SIN1);
        p = p.fma(z, V.SIN0);
        return r.mul(p.fma(z, V.ONE));
    }

    private static DoubleVector cosine(DoubleVector r) {
        DoubleVector z = r.mul(r);
        DoubleVector p = V.COS3.fma(z, V.COS2);
        p = p.fma(z, V.COS1);
        p = p.fma(z, V.COS0);
        return p.fma(z, V.MINUS_HALF).fma(z, V.ONE);
    }

    static DoubleVector atan(DoubleVector x) {
        return atan2(x, V.ONE);
    }

    static DoubleVector asin(DoubleVector x) {
        return atan2(x, V.ONE.sub(x).mul(V.ONE.add(x)).sqrt());
    }

    static DoubleVector acos(DoubleVector x) {
        return atan2(V.ONE.sub(x).mul(V.ONE.add(x)).sqrt(), x);
    }

    static DoubleVector atan2(DoubleVector y, DoubleVector x) {
        VectorMask<Double> diagonal = y.abs().eq(V.INFINITY).and(x.abs().eq(V.INFINITY));
        DoubleVector a = y.abs().blend(V.ONE, diagonal);
        DoubleVector b = x.abs().blend(V.ONE, diagonal);
        VectorMask<Double> turned = a.compare(VectorOperators.GT, b.mul(V.TAN_EIGHTH));
        VectorMask<Double> steep = a.compare(VectorOperators.GT, b.mul(V.TAN_THREE_EIGHTHS));
        DoubleVector rise = a.blend(a.sub(b), turned).blend(b.neg(), steep);
        DoubleVector run = b.blend(a.add(b), turned).blend(a, steep);
        DoubleVector base = V.ZERO.blend(V.QUARTER_PI, turned).blend(V.HALF_PI, steep);
        DoubleVector z = rise.div(run.blend(V.ONE, run.eq(V.ZERO)));
        DoubleVector w = z.mul(z);
        DoubleVector p = V.ATAN6.fma(w, V.ATAN5);
        p = p.fma(w, V.ATAN4);
        p = p.fma(w, V.ATAN3);
        p = p.fma(w, V.ATAN2);
        p = p.fma(w, V.ATAN1);
        p = p.fma(w, V.ATAN0);
        DoubleVector angle = p.mul(w).fma(z, z).add(base);
        VectorMask<Double> left = x.reinterpretAsLongs().lt(0).cast(DOUBLES);
        return withSign(angle.blend(V.PI.sub(angle), left), y);
    }

    // ---- the normal distribution

    /** With {@link #tailOfError}. */
    static DoubleVector erf(DoubleVector x, DoubleVector tail) {
        DoubleVector z = x.mul(x);
        DoubleVector p = V.ERF5.fma(z, V.ERF4);
        p = p.fma(z, V.ERF3);
        p = p.fma(z, V.ERF2);
        p = p.fma(z, V.ERF1);
        p = p.fma(z, V.ERF0);
        DoubleVector t = most(x.abs(), V.ERFC_MOST);
        DoubleVector large = withSign(V.ONE.sub(expWithin(t.neg().mul(t)).mul(tail)), x);
        return large.blend(p.mul(x), x.abs().lt(V.HALF));
    }

    static DoubleVector tailOfError(DoubleVector x) {
        return tail(most(x.abs(), V.ERFC_MOST));
    }

    private static DoubleVector tail(DoubleVector t) {
        DoubleVector s = V.ONE.div(t.add(V.ERFC_SHIFT));
        DoubleVector q = V.ERFC11.fma(s, V.ERFC10);
        q = q.fma(s, V.ERFC9);
        q = q.fma(s, V.ERFC8);
        q = q.fma(s, V.ERFC7);
        q = q.fma(s, V.ERFC6);
        q = q.fma(s, V.ERFC5);
        q = q.fma(s, V.ERFC4);
        q = q.fma(s, V.ERFC3);
        q = q.fma(s, V.ERFC2);
        q = q.fma(s, V.ERFC1);
        q = q.fma(s, V.ERFC0);
        return q.mul(s);
    }

    // ---- gated activations

    static DoubleVector geluTanh(DoubleVector x) {
        DoubleVector u = x.mul(V.GELU_CUBE).mul(x).fma(x, x).mul(V.GELU_SLOPE);
        return least(x, V.GATE_LEAST).div(exp(u.neg()).add(V.ONE));
    }

    static DoubleVector geluTanhBackward(DoubleVector x, DoubleVector dY) {
        DoubleVector bounded = least(most(x, V.SLOPE_MOST), V.MINUS_SLOPE_MOST);
        DoubleVector square = bounded.mul(bounded);
        DoubleVector e = exp(square.mul(V.GELU_CUBE).fma(bounded, bounded).mul(V.MINUS_GELU_SLOPE));
        DoubleVector gate = V.ONE.div(e.add(V.ONE));
        DoubleVector slope = square.fma(V.THREE_GELU_CUBE, V.ONE).mul(V.GELU_SLOPE);
        return dY.mul(gate.mul(bounded.mul(slope).fma(e.mul(gate), V.ONE)));
    }

    static DoubleVector elu(DoubleVector x, double alpha, double scale) {
        DoubleVector negative = expm1(x).mul(alpha);
        return negative.blend(x, x.compare(VectorOperators.GT, V.ZERO)).mul(scale);
    }

    static DoubleVector silu(DoubleVector x) {
        return least(x, V.GATE_LEAST).div(exp(x.neg()).add(V.ONE));
    }

    static DoubleVector mish(DoubleVector x) {
        DoubleVector e = exp(x);
        DoubleVector w = e.mul(e.add(V.TWO));
        return least(x, V.GATE_LEAST).mul(w.div(w.add(V.TWO)));
    }
}
