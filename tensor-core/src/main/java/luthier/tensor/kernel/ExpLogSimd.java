package luthier.tensor.kernel;

import static luthier.tensor.kernel.ExpLogScalar.*;
import static luthier.tensor.kernel.LanesSimd.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link ExpLogScalar}, a vector at a time: the same operations in the same order. */
final class ExpLogSimd {
    private ExpLogSimd() {}

    /**
     * Constants as whole vectors: as operands they cost the compiler far less than a broadcast in place, and what costs it too much it
     * does not inline, which makes every vector an object.
     */
    private static final class V {
        static final FloatVector EXP_LOW = all(ExpLogScalar.EXP_LOW);
        static final FloatVector EXP_HIGH = all(ExpLogScalar.EXP_HIGH);
        static final IntVector ROUNDER_BITS = IntVector.broadcast(LanesSimd.INTS, ExpLogScalar.ROUNDER_BITS);
        static final IntVector ONE_BITS = IntVector.broadcast(LanesSimd.INTS, Float.floatToRawIntBits(1));
        static final FloatVector LOG2_E = all(ExpLogScalar.LOG2_E);
        static final FloatVector ROUNDER = all(ExpLogScalar.ROUNDER);
        /** Rounds to an integer and adds 65 and the bias of an exponent; their sum is even, so ties round as with ROUNDER. */
        static final FloatVector RAISING_ROUNDER = all(ExpLogScalar.ROUNDER + 65 + 127);

        static final FloatVector LOWERING = all(0x1p-65f);
        static final FloatVector MINUS_LN2_LOW = all(-ExpLogScalar.LN2_LOW);
        static final FloatVector MINUS_LN2_HIGH = all(-ExpLogScalar.LN2_HIGH);
        static final FloatVector EXP4 = all(ExpLogScalar.EXP4);
        static final FloatVector EXP3 = all(ExpLogScalar.EXP3);
        static final FloatVector EXP2 = all(ExpLogScalar.EXP2);
        static final FloatVector EXP1 = all(ExpLogScalar.EXP1);
        static final FloatVector EXP0 = all(ExpLogScalar.EXP0);
        static final FloatVector TWO_23 = all(ExpLogScalar.TWO_23);
        static final FloatVector ZERO = all(0);
        static final FloatVector LOG7 = all(ExpLogScalar.LOG7);
        static final FloatVector LOG6 = all(ExpLogScalar.LOG6);
        static final FloatVector LOG5 = all(ExpLogScalar.LOG5);
        static final FloatVector LOG4 = all(ExpLogScalar.LOG4);
        static final FloatVector LOG3 = all(ExpLogScalar.LOG3);
        static final FloatVector LOG2 = all(ExpLogScalar.LOG2);
        static final FloatVector LOG1 = all(ExpLogScalar.LOG1);
        static final FloatVector LOG0 = all(ExpLogScalar.LOG0);
        static final FloatVector LN2_LOW = all(ExpLogScalar.LN2_LOW);
        static final FloatVector MINUS_HALF = all(-0.5f);
        static final FloatVector LN2_HIGH = all(ExpLogScalar.LN2_HIGH);
        static final FloatVector NAN = all(Float.NaN);
        static final FloatVector ONE = all(1);

        private V() {}

        private static FloatVector all(float value) {
            return FloatVector.broadcast(FLOATS, value);
        }
    }

    /** The lesser of both for a limit that is neither 0 nor NaN; {@code min} minds those, at three times the cost. */
    private static FloatVector atMost(FloatVector x, FloatVector limit) {
        return x.blend(limit, x.compare(VectorOperators.GT, limit));
    }

    private static FloatVector atLeast(FloatVector x, FloatVector limit) {
        return x.blend(limit, x.compare(VectorOperators.LT, limit));
    }

    static FloatVector exp(FloatVector x) {
        return expWithin(atLeast(atMost(x, V.EXP_HIGH), V.EXP_LOW));
    }

    /** e^x where {@link #exp} would not bound x. */
    private static FloatVector expWithin(FloatVector bounded) {
        FloatVector rounded = bounded.fma(V.LOG2_E, V.ROUNDER);
        IntVector exponent = rounded.reinterpretAsInts().sub(V.ROUNDER_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return unscaled(bounded, rounded.sub(V.ROUNDER)).mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    /**
     * {@link #exp} of numbers up to 40, as a softmax has them. All powers of two have room when they are raised by 2^65, so they need no
     * two halves: the bits of the rounded number are the exponent.
     */
    static FloatVector expUpTo40(FloatVector x) {
        FloatVector bounded = atLeast(x, V.EXP_LOW);
        FloatVector rounded = bounded.fma(V.LOG2_E, V.RAISING_ROUNDER);
        FloatVector power =
                rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return unscaled(bounded, rounded.sub(V.RAISING_ROUNDER)).mul(power).mul(V.LOWERING);
    }

    /** e^(x - n ln 2). */
    private static FloatVector unscaled(FloatVector x, FloatVector n) {
        FloatVector r = n.fma(V.MINUS_LN2_LOW, n.fma(V.MINUS_LN2_HIGH, x));
        FloatVector p = V.EXP4.fma(r, V.EXP3);
        p = p.fma(r, V.EXP2);
        p = p.fma(r, V.EXP1);
        p = p.fma(r, V.EXP0);
        return r.mul(r).fma(p, r).add(V.ONE);
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.lanewise(VectorOperators.LSHL, 23).add(V.ONE_BITS).reinterpretAsFloats();
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
}
