package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** {@link ElementaryKernels}, a vector at a time. What is computed in double precision takes half a vector of floats. */
final class ElementaryKernelsSimd {
    private static final PassesSimd.Pass[] ERF = {
        ElementaryKernelsSimd::tails, ElementaryKernelsSimd::erfOfTail, ElementaryKernelsSimd::erfRest
    };
    private static final PassesSimd.Pass[] LOG_ADD_EXP = {
        ElementaryKernelsSimd::exponentials, ElementaryKernelsSimd::logOfSum, ElementaryKernelsSimd::logAddExpRest
    };
    private static final PassesSimd.Pass[] POW = {
        ElementaryKernelsSimd::powersOfTwo, ElementaryKernelsSimd::powersOf, ElementaryKernelsSimd::powRest
    };

    private ElementaryKernelsSimd() {}

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            ExpLogSimd.exp(v).intoArray(y, yo + i);
        }
        ElementaryKernelsScalar.exp(x, xo + i, y, yo + i, n - i);
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            ExpLogSimd.log(v).intoArray(y, yo + i);
        }
        ElementaryKernelsScalar.log(x, xo + i, y, yo + i, n - i);
    }

    static void exp2(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.exp2(v), y, yo + i);
        }
        ElementaryKernelsScalar.exp2(x, xo + i, y, yo + i, n - i);
    }

    static void expm1(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.expm1(v), y, yo + i);
        }
        ElementaryKernelsScalar.expm1(x, xo + i, y, yo + i, n - i);
    }

    static void log2(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.log2(v), y, yo + i);
        }
        ElementaryKernelsScalar.log2(x, xo + i, y, yo + i, n - i);
    }

    static void log1p(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.log1p(v), y, yo + i);
        }
        ElementaryKernelsScalar.log1p(x, xo + i, y, yo + i, n - i);
    }

    static void sin(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            if (!FloatFunctionsSimd.moderate(v)) {
                ElementaryKernelsScalar.sin(x, xo + i, y, yo + i, FloatFunctionsSimd.WIDTH);
                continue;
            }
            FloatFunctionsSimd.store(FloatFunctionsSimd.sin(v), y, yo + i);
        }
        ElementaryKernelsScalar.sin(x, xo + i, y, yo + i, n - i);
    }

    static void cos(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            if (!FloatFunctionsSimd.moderate(v)) {
                ElementaryKernelsScalar.cos(x, xo + i, y, yo + i, FloatFunctionsSimd.WIDTH);
                continue;
            }
            FloatFunctionsSimd.store(FloatFunctionsSimd.cos(v), y, yo + i);
        }
        ElementaryKernelsScalar.cos(x, xo + i, y, yo + i, n - i);
    }

    static void tan(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            if (!FloatFunctionsSimd.moderate(v)) {
                ElementaryKernelsScalar.tan(x, xo + i, y, yo + i, FloatFunctionsSimd.WIDTH);
                continue;
            }
            FloatFunctionsSimd.store(FloatFunctionsSimd.tan(v), y, yo + i);
        }
        ElementaryKernelsScalar.tan(x, xo + i, y, yo + i, n - i);
    }

    static void asin(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.asin(v), y, yo + i);
        }
        ElementaryKernelsScalar.asin(x, xo + i, y, yo + i, n - i);
    }

    static void acos(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.acos(v), y, yo + i);
        }
        ElementaryKernelsScalar.acos(x, xo + i, y, yo + i, n - i);
    }

    static void atan(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.atan(v), y, yo + i);
        }
        ElementaryKernelsScalar.atan(x, xo + i, y, yo + i, n - i);
    }

    static void sinh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.sinh(v), y, yo + i);
        }
        ElementaryKernelsScalar.sinh(x, xo + i, y, yo + i, n - i);
    }

    static void cosh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.cosh(v), y, yo + i);
        }
        ElementaryKernelsScalar.cosh(x, xo + i, y, yo + i, n - i);
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.tanh(v), y, yo + i);
        }
        ElementaryKernelsScalar.tanh(x, xo + i, y, yo + i, n - i);
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        PassesSimd.run(ERF, x, xo, x, xo, y, yo, n);
    }

    private static void erfOfTail(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.erf(u, FloatFunctionsSimd.read(between, i)), y, yo + i);
        }
    }

    private static void tails(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.tailOfError(u).intoArray(between, i);
        }
    }

    private static void erfRest(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        ElementaryKernelsScalar.erf(a, ao + done, y, yo + done, n - done);
    }

    static void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        PassesSimd.run(POW, a, ao, b, bo, y, yo, n);
    }

    private static void powersOfTwo(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.powerOfTwo(u, v).intoArray(between, i);
        }
    }

    private static void powersOf(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            if (!FloatFunctionsSimd.ordinary(u, v)) {
                ElementaryKernelsScalar.pow(a, ao + i, b, bo + i, y, yo + i, FloatFunctionsSimd.WIDTH);
                continue;
            }
            FloatFunctionsSimd.store(
                    FloatFunctionsSimd.signed(FloatFunctionsSimd.exp2(FloatFunctionsSimd.read(between, i)), u, v),
                    y,
                    yo + i);
        }
    }

    private static void powRest(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        ElementaryKernelsScalar.pow(a, ao + done, b, bo + done, y, yo + done, n - done);
    }

    static void power(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.power(v, exponent), y, yo + i);
        }
        ElementaryKernelsScalar.power(x, xo + i, y, yo + i, n - i, exponent);
    }

    static void root(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.power(FloatFunctionsSimd.root(v), exponent), y, yo + i);
        }
        ElementaryKernelsScalar.root(x, xo + i, y, yo + i, n - i, exponent);
    }

    static void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.atan2(u, v), y, yo + i);
        }
        ElementaryKernelsScalar.atan2(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void logAddExp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        PassesSimd.run(LOG_ADD_EXP, a, ao, b, bo, y, yo, n);
    }

    private static void exponentials(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.expOfGap(u, v).intoArray(between, i);
        }
    }

    private static void logOfSum(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.store(
                    FloatFunctionsSimd.logAddExp(u, v, FloatFunctionsSimd.read(between, i)), y, yo + i);
        }
    }

    private static void logAddExpRest(
            float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        ElementaryKernelsScalar.logAddExp(a, ao + done, b, bo + done, y, yo + done, n - done);
    }

    static void xlogy(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.xlogy(u, v), y, yo + i);
        }
        ElementaryKernelsScalar.xlogy(a, ao + i, b, bo + i, y, yo + i, n - i);
    }
}
