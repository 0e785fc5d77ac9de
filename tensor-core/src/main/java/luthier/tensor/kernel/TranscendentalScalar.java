package luthier.tensor.kernel;

/**
 * exp, log, tanh, erf and the functions built on them, in single precision, from fused multiply-adds, comparisons and bit
 * operations alone, so that every machine, vector width and JIT state gives the same bits. This is the definition; {@link
 * TranscendentalSimd} repeats it lane by lane.
 *
 * <p>The polynomials are minimax fits (Lawson's iteration) of the remainder after the leading terms, which are kept exact:
 * <ul>
 *   <li>exp: x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + (r + r^2 P(r)), scaled by 2^n in two steps, so denormals round once.
 *   <li>log: x = 2^e (1 + f), 1 + f in [sqrt 1/2, sqrt 2); log(1 + f) = f - f^2 / 2 + f^3 P(f).
 *   <li>tanh: x + x^3 P(x^2) below 0.55, otherwise 1 - 2 / (e^(2x) + 1).
 *   <li>erf: x + x P(x^2) below 0.9, otherwise 1 - e^(-x - x P(x)).
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

    static final float TANH_SMALL = 0.55f;
    /** From here on tanh rounds to 1. */
    static final float TANH_ONE = 10f;

    static final float TANH0 = -0.3333332f;
    static final float TANH1 = 0.13332602f;
    static final float TANH2 = -0.05385386f;
    static final float TANH3 = 0.021077754f;
    static final float TANH4 = -0.006282467f;

    static final float ERF_SMALL = 0.9f;
    /** From here on erf rounds to 1. */
    static final float ERF_ONE = 4f;

    static final float ERF0 = 0.12837917f;
    static final float ERF1 = -0.37612635f;
    static final float ERF2 = 0.112837195f;
    static final float ERF3 = -0.026860753f;
    static final float ERF4 = 0.005204436f;
    static final float ERF5 = -0.0008181927f;
    static final float ERF6 = 8.538839e-05f;
    static final float ERFC0 = 0.12851995f;
    static final float ERFC1 = 0.63569933f;
    static final float ERFC2 = 0.10528688f;
    static final float ERFC3 = -0.02290605f;
    static final float ERFC4 = 0.003219982f;
    static final float ERFC5 = -0.00021459586f;

    static final float SQRT_HALF = 0.70710677f;
    /** 1 / sqrt(2 pi), the height of the normal density. */
    static final float NORMAL_HEIGHT = 0.3989423f;
    /** sqrt(2 / pi) and the cubic coefficient of the tanh form of GELU. */
    static final float GELU_SLOPE = 0.7978846f;

    static final float GELU_CUBE = 0.044715f;

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

    static float tanh(float x) {
        float t = Math.abs(x);
        float z = x * x;
        float p = Math.fma(TANH4, z, TANH3);
        p = Math.fma(p, z, TANH2);
        p = Math.fma(p, z, TANH1);
        p = Math.fma(p, z, TANH0);
        float small = Math.fma(p * z, x, x);
        float large = 1 - 2 / (exp(2 * Math.min(t, TANH_ONE)) + 1);
        return Math.copySign(t < TANH_SMALL ? small : large, x);
    }

    static float erf(float x) {
        float t = Math.min(Math.abs(x), ERF_ONE);
        float z = x * x;
        float p = Math.fma(ERF6, z, ERF5);
        p = Math.fma(p, z, ERF4);
        p = Math.fma(p, z, ERF3);
        p = Math.fma(p, z, ERF2);
        p = Math.fma(p, z, ERF1);
        p = Math.fma(p, z, ERF0);
        float small = Math.fma(p, x, x);
        float q = Math.fma(ERFC5, t, ERFC4);
        q = Math.fma(q, t, ERFC3);
        q = Math.fma(q, t, ERFC2);
        q = Math.fma(q, t, ERFC1);
        q = Math.fma(q, t, ERFC0);
        float large = 1 - exp(Math.fma(q, -t, -t));
        return Math.copySign(t < ERF_SMALL ? small : large, x);
    }

    static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** The distribution function of the standard normal. */
    static float normalCdf(float x) {
        return 0.5f * (1 + erf(x * SQRT_HALF));
    }

    /** The density of the standard normal. */
    static float normalDensity(float x) {
        return NORMAL_HEIGHT * exp(-0.5f * x * x);
    }

    static float gelu(float x) {
        return x * normalCdf(x);
    }

    static float geluBackward(float x, float dY) {
        return dY * Math.fma(x, normalDensity(x), normalCdf(x));
    }

    static float geluTanh(float x) {
        float u = GELU_SLOPE * Math.fma(GELU_CUBE * x * x, x, x);
        return 0.5f * x * (1 + tanh(u));
    }

    static float geluTanhBackward(float x, float dY) {
        float square = x * x;
        float t = tanh(GELU_SLOPE * Math.fma(GELU_CUBE * square, x, x));
        float slope = GELU_SLOPE * Math.fma(3 * GELU_CUBE, square, 1);
        float inner = 0.5f * x * Math.fma(-t, t, 1) * slope;
        return dY * Math.fma(0.5f, t, 0.5f + inner);
    }
}
