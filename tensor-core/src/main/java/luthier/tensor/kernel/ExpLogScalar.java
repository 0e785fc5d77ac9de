package luthier.tensor.kernel;

/**
 * exp and log in single precision, from fused multiply-adds, comparisons and bit operations alone, so that every machine, vector
 * width and JIT state gives the same bits, within 1 ulp over all floats. This is the definition; {@link ExpLogSimd} repeats
 * it lane by lane. They are inside softmax and its kin; what needs more care or is asked for less often is in {@link FloatFunctionsScalar}.
 *
 * <p>The polynomials are minimax fits (Lawson's iteration) of the remainder after the leading terms, which are kept exact; those of
 * exp were moved by some last places until no float was more than 1 ulp off:
 * <ul>
 *   <li>exp: x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + (r + r^2 P(r)), scaled by 2^n in two steps, so denormals round once.
 *   <li>log: x = 2^e (1 + f), 1 + f in [sqrt 1/2, sqrt 2); log(1 + f) = f - f^2 / 2 + f^3 P(f).
 * </ul>
 */
final class ExpLogScalar {
    static final float LOG2_E = 1.442695f;
    /** ln 2 = LN2_HIGH + LN2_LOW: the nearest float and what is left, for products inside fused additions are exact. */
    static final float LN2_HIGH = 0.6931472f;

    static final float LN2_LOW = -1.9046542e-9f;
    /** Above it e^x is infinite, below the other it is zero. */
    static final float EXP_HIGH = 89f;

    static final float EXP_LOW = -104f;
    /** 1.5 * 2^23: adding it rounds to an integer, which stands in the low bits. */
    static final float ROUNDER = 12582912f;

    static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    static final float EXP0 = 0.5f;
    static final float EXP1 = 0.1666652f;
    static final float EXP2 = 0.04166786f;
    static final float EXP3 = 0.0083689f;
    static final float EXP4 = 0.0013814596f;

    static final int SQRT_HALF_BITS = 0x3F3504F3;
    static final float TWO_23 = 8388608f;
    static final float LOG0 = 0.3333333f;
    static final float LOG1 = -0.25000823f;
    static final float LOG2 = 0.20001227f;
    static final float LOG3 = -0.16623357f;
    static final float LOG4 = 0.14201762f;
    static final float LOG5 = -0.13160194f;
    static final float LOG6 = 0.1276155f;
    static final float LOG7 = -0.0763443f;

    private ExpLogScalar() {}

    static float exp(float x) {
        float bounded = Math.max(Math.min(x, EXP_HIGH), EXP_LOW);
        float rounded = Math.fma(bounded, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, bounded));
        float p = Math.fma(EXP4, r, EXP3);
        p = Math.fma(p, r, EXP2);
        p = Math.fma(p, r, EXP1);
        p = Math.fma(p, r, EXP0);
        float y = Math.fma(r * r, p, r) + 1;
        int exponent = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
        int half = exponent >> 1;
        return y * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    static float log(float x) {
        boolean denormal = x < Float.MIN_NORMAL;
        float scaled = denormal ? x * TWO_23 : x;
        int bits = Float.floatToRawIntBits(scaled);
        int exponent = (bits - SQRT_HALF_BITS) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
        float e = exponent - (denormal ? 23f : 0f);
        float p = Math.fma(LOG7, f, LOG6);
        p = Math.fma(p, f, LOG5);
        p = Math.fma(p, f, LOG4);
        p = Math.fma(p, f, LOG3);
        p = Math.fma(p, f, LOG2);
        p = Math.fma(p, f, LOG1);
        p = Math.fma(p, f, LOG0);
        float square = f * f;
        float y = Math.fma(e, LN2_LOW, p * (square * f));
        y = Math.fma(-0.5f, square, y);
        y = Math.fma(e, LN2_HIGH, f + y);
        y = x == 0 ? Float.NEGATIVE_INFINITY : y;
        y = x == Float.POSITIVE_INFINITY ? x : y;
        return x >= 0 ? y : Float.NaN;
    }
}
