package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Unary}, a vector at a time. One loop for each function: a loop shared through a lambda would box its vectors. */
final class UnarySimd {
    private static final float TWO_23 = 0x1p23f;

    private UnarySimd() {}

    static void neg(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.neg().intoArray(y, yo + i);
        }
        UnaryScalar.neg(x, xo + i, y, yo + i, n - i);
    }

    static void abs(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.abs().intoArray(y, yo + i);
        }
        UnaryScalar.abs(x, xo + i, y, yo + i, n - i);
    }

    static void square(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.mul(v).intoArray(y, yo + i);
        }
        UnaryScalar.square(x, xo + i, y, yo + i, n - i);
    }

    static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.sqrt().intoArray(y, yo + i);
        }
        UnaryScalar.sqrt(x, xo + i, y, yo + i, n - i);
    }

    static void rsqrt(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.all(1).div(v.sqrt()), y, yo + i);
        }
        UnaryScalar.rsqrt(x, xo + i, y, yo + i, n - i);
    }

    static void reciprocal(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            FloatVector.broadcast(FLOATS, 1f).div(v).intoArray(y, yo + i);
        }
        UnaryScalar.reciprocal(x, xo + i, y, yo + i, n - i);
    }

    static void sign(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            signs(v).intoArray(y, yo + i);
        }
        UnaryScalar.sign(x, xo + i, y, yo + i, n - i);
    }

    static void floor(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            floors(v).intoArray(y, yo + i);
        }
        UnaryScalar.floor(x, xo + i, y, yo + i, n - i);
    }

    static void ceil(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            floors(v.neg()).neg().intoArray(y, yo + i);
        }
        UnaryScalar.ceil(x, xo + i, y, yo + i, n - i);
    }

    static void round(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            rounded(v).intoArray(y, yo + i);
        }
        UnaryScalar.round(x, xo + i, y, yo + i, n - i);
    }

    static void trunc(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            withSign(floors(v.abs()), v).intoArray(y, yo + i);
        }
        UnaryScalar.trunc(x, xo + i, y, yo + i, n - i);
    }

    /** Adding 2^23 rounds to an integer, ties to even; larger numbers are integers. */
    private static FloatVector rounded(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector r = t.add(TWO_23).sub(TWO_23);
        return x.blend(withSign(r, x), t.lt(TWO_23));
    }

    private static FloatVector floors(FloatVector x) {
        FloatVector r = rounded(x);
        return r.blend(withSign(r.sub(1), x), r.compare(VectorOperators.GT, x));
    }

    private static FloatVector signs(FloatVector x) {
        FloatVector one = withSign(FloatVector.broadcast(FLOATS, 1f), x);
        return x.blend(one, x.abs().compare(VectorOperators.GT, 0f));
    }

    static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        IntVector bits = sign.reinterpretAsInts().and(Integer.MIN_VALUE);
        return magnitude.reinterpretAsInts().and(Integer.MAX_VALUE).or(bits).reinterpretAsFloats();
    }
}
