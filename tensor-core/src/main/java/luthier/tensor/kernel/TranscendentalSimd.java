package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.INTS;
import static luthier.tensor.kernel.TranscendentalScalar.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link TranscendentalScalar}, a vector at a time: the same operations in the same order. */
final class TranscendentalSimd {
    private TranscendentalSimd() {}

    /** Constants as whole vectors: as operands they cost the compiler far less than a broadcast in place. */
    private static final class V {
        static final FloatVector LOG2_E = all(TranscendentalScalar.LOG2_E);
        static final FloatVector ROUNDER = all(TranscendentalScalar.ROUNDER);
        static final FloatVector MINUS_LN2_LOW = all(-TranscendentalScalar.LN2_LOW);
        static final FloatVector MINUS_LN2_HIGH = all(-TranscendentalScalar.LN2_HIGH);
        static final FloatVector EXP4 = all(TranscendentalScalar.EXP4);
        static final FloatVector EXP3 = all(TranscendentalScalar.EXP3);
        static final FloatVector EXP2 = all(TranscendentalScalar.EXP2);
        static final FloatVector EXP1 = all(TranscendentalScalar.EXP1);
        static final FloatVector EXP0 = all(TranscendentalScalar.EXP0);
        static final FloatVector TWO_23 = all(TranscendentalScalar.TWO_23);
        static final FloatVector ZERO = all(0);
        static final FloatVector LOG7 = all(TranscendentalScalar.LOG7);
        static final FloatVector LOG6 = all(TranscendentalScalar.LOG6);
        static final FloatVector LOG5 = all(TranscendentalScalar.LOG5);
        static final FloatVector LOG4 = all(TranscendentalScalar.LOG4);
        static final FloatVector LOG3 = all(TranscendentalScalar.LOG3);
        static final FloatVector LOG2 = all(TranscendentalScalar.LOG2);
        static final FloatVector LOG1 = all(TranscendentalScalar.LOG1);
        static final FloatVector LOG0 = all(TranscendentalScalar.LOG0);
        static final FloatVector LN2_LOW = all(TranscendentalScalar.LN2_LOW);
        static final FloatVector MINUS_HALF = all(-0.5f);
        static final FloatVector LN2_HIGH = all(TranscendentalScalar.LN2_HIGH);
        static final FloatVector NAN = all(Float.NaN);
        static final FloatVector TANH4 = all(TranscendentalScalar.TANH4);
        static final FloatVector TANH3 = all(TranscendentalScalar.TANH3);
        static final FloatVector TANH2 = all(TranscendentalScalar.TANH2);
        static final FloatVector TANH1 = all(TranscendentalScalar.TANH1);
        static final FloatVector TANH0 = all(TranscendentalScalar.TANH0);
        static final FloatVector ONE = all(1);
        static final FloatVector TWO = all(2);
        static final FloatVector ERF6 = all(TranscendentalScalar.ERF6);
        static final FloatVector ERF5 = all(TranscendentalScalar.ERF5);
        static final FloatVector ERF4 = all(TranscendentalScalar.ERF4);
        static final FloatVector ERF3 = all(TranscendentalScalar.ERF3);
        static final FloatVector ERF2 = all(TranscendentalScalar.ERF2);
        static final FloatVector ERF1 = all(TranscendentalScalar.ERF1);
        static final FloatVector ERF0 = all(TranscendentalScalar.ERF0);
        static final FloatVector ERFC5 = all(TranscendentalScalar.ERFC5);
        static final FloatVector ERFC4 = all(TranscendentalScalar.ERFC4);
        static final FloatVector ERFC3 = all(TranscendentalScalar.ERFC3);
        static final FloatVector ERFC2 = all(TranscendentalScalar.ERFC2);
        static final FloatVector ERFC1 = all(TranscendentalScalar.ERFC1);
        static final FloatVector ERFC0 = all(TranscendentalScalar.ERFC0);
        static final FloatVector GELU_SLOPE_CUBE = all(3 * TranscendentalScalar.GELU_CUBE);
        static final FloatVector HALF = all(0.5f);

        private V() {}

        private static FloatVector all(float value) {
            return FloatVector.broadcast(FLOATS, value);
        }
    }

    static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.min(EXP_HIGH).max(EXP_LOW);
        FloatVector rounded = bounded.fma(V.LOG2_E, V.ROUNDER);
        IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return unscaled(bounded, rounded).mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    /** The same bits where e^x is a normal number, x in [-87, 87], with fewer operations. */
    private static FloatVector normalExp(FloatVector x) {
        FloatVector rounded = x.fma(V.LOG2_E, V.ROUNDER);
        IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
        return unscaled(x, rounded).mul(powerOfTwo(exponent));
    }

    private static FloatVector unscaled(FloatVector x, FloatVector rounded) {
        FloatVector n = rounded.sub(V.ROUNDER);
        FloatVector r = n.fma(V.MINUS_LN2_LOW, n.fma(V.MINUS_LN2_HIGH, x));
        FloatVector p = V.EXP4.fma(r, V.EXP3);
        p = p.fma(r, V.EXP2);
        p = p.fma(r, V.EXP1);
        p = p.fma(r, V.EXP0);
        return r.mul(r).fma(p, r).add(V.ONE);
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> denormal = x.lt(Float.MIN_NORMAL);
        IntVector bits = x.mul(V.TWO_23, denormal).reinterpretAsInts();
        IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1);
        FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        e = e.sub(V.ZERO.blend(23, denormal));
        FloatVector p = V.LOG7.fma(f, V.LOG6);
        p = p.fma(f, V.LOG5);
        p = p.fma(f, V.LOG4);
        p = p.fma(f, V.LOG3);
        p = p.fma(f, V.LOG2);
        p = p.fma(f, V.LOG1);
        p = p.fma(f, V.LOG0);
        FloatVector square = f.mul(f);
        FloatVector y = e.fma(V.LN2_LOW, p.mul(square.mul(f)));
        y = square.fma(V.MINUS_HALF, y);
        y = e.fma(V.LN2_HIGH, f.add(y));
        y = y.blend(Float.NEGATIVE_INFINITY, x.eq(0));
        y = y.blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
        return V.NAN.blend(y, x.compare(VectorOperators.GE, 0f));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = V.TANH4.fma(z, V.TANH3);
        p = p.fma(z, V.TANH2);
        p = p.fma(z, V.TANH1);
        p = p.fma(z, V.TANH0);
        FloatVector small = p.mul(z).fma(x, x);
        FloatVector large =
                V.ONE.sub(V.TWO.div(normalExp(t.min(TANH_ONE).mul(V.TWO)).add(V.ONE)));
        return withSign(large.blend(small, t.lt(TANH_SMALL)), x);
    }

    static FloatVector erf(FloatVector x) {
        FloatVector t = x.abs().min(ERF_ONE);
        FloatVector z = x.mul(x);
        FloatVector p = V.ERF6.fma(z, V.ERF5);
        p = p.fma(z, V.ERF4);
        p = p.fma(z, V.ERF3);
        p = p.fma(z, V.ERF2);
        p = p.fma(z, V.ERF1);
        p = p.fma(z, V.ERF0);
        FloatVector small = p.fma(x, x);
        FloatVector q = V.ERFC5.fma(t, V.ERFC4);
        q = q.fma(t, V.ERFC3);
        q = q.fma(t, V.ERFC2);
        q = q.fma(t, V.ERFC1);
        q = q.fma(t, V.ERFC0);
        FloatVector minus = t.neg();
        FloatVector large = V.ONE.sub(normalExp(q.fma(minus, minus)));
        return withSign(large.blend(small, t.lt(ERF_SMALL)), x);
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        return V.ONE.blend(e, x.lt(0)).div(e.add(V.ONE));
    }

    static FloatVector normalCdf(FloatVector x) {
        return erf(x.mul(SQRT_HALF)).add(V.ONE).mul(V.HALF);
    }

    static FloatVector gelu(FloatVector x) {
        return x.mul(normalCdf(x));
    }

    static FloatVector normalDensity(FloatVector x) {
        return exp(x.mul(V.MINUS_HALF).mul(x)).mul(NORMAL_HEIGHT);
    }

    static FloatVector geluTanh(FloatVector x) {
        FloatVector u = x.mul(GELU_CUBE).mul(x).fma(x, x).mul(GELU_SLOPE);
        return x.mul(V.HALF).mul(tanh(u).add(V.ONE));
    }

    static FloatVector geluTanhBackward(FloatVector x, FloatVector dY) {
        FloatVector square = x.mul(x);
        FloatVector t = tanh(square.mul(GELU_CUBE).fma(x, x).mul(GELU_SLOPE));
        FloatVector slope = square.fma(V.GELU_SLOPE_CUBE, V.ONE).mul(GELU_SLOPE);
        FloatVector inner = x.mul(V.HALF).mul(t.neg().fma(t, V.ONE)).mul(slope);
        return dY.mul(t.fma(V.HALF, inner.add(0.5f)));
    }

    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        IntVector mask = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        IntVector bits = sign.reinterpretAsInts().and(mask);
        return magnitude.reinterpretAsInts().and(mask.not()).or(bits).reinterpretAsFloats();
    }
}
