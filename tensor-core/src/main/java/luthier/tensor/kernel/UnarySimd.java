package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link Unary}, a vector at a time. One loop for each function: a loop shared through a lambda would box its vectors. */
final class UnarySimd {
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
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            FloatVector.broadcast(FLOATS, 1f).div(v.sqrt()).intoArray(y, yo + i);
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

    static void relu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.max(0).intoArray(y, yo + i);
        }
        UnaryScalar.relu(x, xo + i, y, yo + i, n - i);
    }

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.exp(v).intoArray(y, yo + i);
        }
        UnaryScalar.exp(x, xo + i, y, yo + i, n - i);
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.log(v).intoArray(y, yo + i);
        }
        UnaryScalar.log(x, xo + i, y, yo + i, n - i);
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.tanh(v).intoArray(y, yo + i);
        }
        UnaryScalar.tanh(x, xo + i, y, yo + i, n - i);
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.erf(v).intoArray(y, yo + i);
        }
        UnaryScalar.erf(x, xo + i, y, yo + i, n - i);
    }

    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.sigmoid(v).intoArray(y, yo + i);
        }
        UnaryScalar.sigmoid(x, xo + i, y, yo + i, n - i);
    }

    static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.gelu(v).intoArray(y, yo + i);
        }
        UnaryScalar.gelu(x, xo + i, y, yo + i, n - i);
    }

    static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.geluTanh(v).intoArray(y, yo + i);
        }
        UnaryScalar.geluTanh(x, xo + i, y, yo + i, n - i);
    }

    static void normalCdf(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.normalCdf(v).intoArray(y, yo + i);
        }
        UnaryScalar.normalCdf(x, xo + i, y, yo + i, n - i);
    }
}
