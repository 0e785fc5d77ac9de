package luthier.tensor.kernel;

/**
 * exp, log and GELU in single precision, from fused multiply-adds, comparisons and bit operations alone, so that every machine, vector
 * width and JIT state gives the same bits, within 1 ulp over all floats. This is the definition; {@link TranscendentalSimd} repeats
 * it lane by lane. They are inside softmax and its kin; what needs more care or is asked for less often is in {@link WideScalar}.
 *
 * <p>The polynomials are minimax fits (Lawson's iteration) of the remainder after the leading terms, which are kept exact:
 * <ul>
 *   <li>exp: x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + (r + r^2 P(r)), scaled by 2^n in two steps, so denormals round once.
 *   <li>log: x = 2^e (1 + f), 1 + f in [sqrt 1/2, sqrt 2); log(1 + f) = f - f^2 / 2 + f^3 P(f).
 *   <li>P(X > u) for a normal X and u >= 0: e^(-u^2 / 2) P((u - 3) / (u + 3)), the square in two parts; so the tail of GELU keeps
 *       its digits.
 * </ul>
 */
final class TranscendentalScalar {
    static final float LOG2_E = 1.442695f;
    /** ln 2 = LN2_HIGH + LN2_LOW; the high part ends in zeros, so that n LN2_HIGH is exact. */
    static final float LN2_HIGH = 0.6933594f;

    static final float LN2_LOW = -2.1219444e-4f;
    /** Above it e^x is infinite, below the other it is zero. */
    static final float EXP_HIGH = 89f;

    static final float EXP_LOW = -104f;
    /** 1.5 * 2^23: adding it rounds to an integer, which stands in the low bits. */
    static final float ROUNDER = 12582912f;

    static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    static final float EXP0 = 0.49999994f;
    static final float EXP1 = 0.16666521f;
    static final float EXP2 = 0.04166839f;
    static final float EXP3 = 0.0083687175f;
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

    /** From here on e^(-u^2 / 2) is zero; up to here {@link #exp} need not bound -u^2 / 2. */
    static final float TAIL_END = 14.421875f;

    static final float TAIL_CENTRE = 3f;
    static final float TAIL0 = 0.12151395f;
    static final float TAIL1 = -0.20640261f;
    static final float TAIL2 = 0.12322504f;
    static final float TAIL3 = -0.046213277f;
    static final float TAIL4 = 0.0061319447f;
    static final float TAIL5 = 0.0029044622f;
    static final float TAIL6 = -0.0009833184f;
    static final float TAIL7 = -0.0003391753f;
    static final float TAIL8 = 0.0001150582f;
    static final float TAIL9 = 5.3282838e-05f;
    /** 1 / sqrt(2 pi), the height of the normal density. */
    static final float NORMAL_HEIGHT = 0.3989423f;

    private TranscendentalScalar() {}

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

    // ---- GELU
    // ------------------------------------------------------------------------------------------------------------

    /** Returns e^(-u^2 / 2). */
    private static float bell(float u) {
        float square = u * u;
        float rest = Math.fma(u, u, -square);
        float e = exp(-0.5f * square);
        return Math.fma(e * rest, -0.5f, e);
    }

    /** Returns P(X > u) over the bell. */
    private static float tail(float u) {
        float q = (u - TAIL_CENTRE) / (u + TAIL_CENTRE);
        float p = Math.fma(TAIL9, q, TAIL8);
        p = Math.fma(p, q, TAIL7);
        p = Math.fma(p, q, TAIL6);
        p = Math.fma(p, q, TAIL5);
        p = Math.fma(p, q, TAIL4);
        p = Math.fma(p, q, TAIL3);
        p = Math.fma(p, q, TAIL2);
        p = Math.fma(p, q, TAIL1);
        return Math.fma(p, q, TAIL0);
    }

    /** x P(X <= x). */
    static float gelu(float x) {
        float u = Math.min(Math.abs(x), TAIL_END);
        float part = u * tail(u) * bell(u);
        return x >= 0 ? x - part : -part;
    }

    /** dY (P(X <= x) + x density(x)). */
    static float geluBackward(float x, float dY) {
        float bounded = Math.max(Math.min(x, TAIL_END), -TAIL_END);
        float u = Math.abs(bounded);
        float e = bell(u);
        float beyond = e * tail(u);
        return dY * Math.fma(bounded * NORMAL_HEIGHT, e, x >= 0 ? 1 - beyond : beyond);
    }
}
