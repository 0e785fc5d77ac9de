package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** {@link Analytic}, a vector at a time. What is computed in double precision takes half a vector of floats. */
final class AnalyticSimd {
    private static final PassesSimd.Pass[] ERF = {AnalyticSimd::tails, AnalyticSimd::erfOfTail, AnalyticSimd::erfRest};
    private static final PassesSimd.Pass[] LOG_ADD_EXP = {
        AnalyticSimd::exponentials, AnalyticSimd::logOfSum, AnalyticSimd::logAddExpRest
    };
    private static final PassesSimd.Pass[] POW = {
        AnalyticSimd::powersOfTwo, AnalyticSimd::powersOf, AnalyticSimd::powRest
    };

    private AnalyticSimd() {}

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.exp(v).intoArray(y, yo + i);
        }
        AnalyticScalar.exp(x, xo + i, y, yo + i, n - i);
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            TranscendentalSimd.log(v).intoArray(y, yo + i);
        }
        AnalyticScalar.log(x, xo + i, y, yo + i, n - i);
    }

    static void exp2(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.exp2(v), y, yo + i);
        }
        AnalyticScalar.exp2(x, xo + i, y, yo + i, n - i);
    }

    static void expm1(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.expm1(v), y, yo + i);
        }
        AnalyticScalar.expm1(x, xo + i, y, yo + i, n - i);
    }

    static void log2(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.log2(v), y, yo + i);
        }
        AnalyticScalar.log2(x, xo + i, y, yo + i, n - i);
    }

    static void log1p(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.log1p(v), y, yo + i);
        }
        AnalyticScalar.log1p(x, xo + i, y, yo + i, n - i);
    }

    static void sin(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            if (!WideSimd.moderate(v)) {
                AnalyticScalar.sin(x, xo + i, y, yo + i, WideSimd.WIDTH);
                continue;
            }
            WideSimd.store(WideSimd.sin(v), y, yo + i);
        }
        AnalyticScalar.sin(x, xo + i, y, yo + i, n - i);
    }

    static void cos(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            if (!WideSimd.moderate(v)) {
                AnalyticScalar.cos(x, xo + i, y, yo + i, WideSimd.WIDTH);
                continue;
            }
            WideSimd.store(WideSimd.cos(v), y, yo + i);
        }
        AnalyticScalar.cos(x, xo + i, y, yo + i, n - i);
    }

    static void tan(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            if (!WideSimd.moderate(v)) {
                AnalyticScalar.tan(x, xo + i, y, yo + i, WideSimd.WIDTH);
                continue;
            }
            WideSimd.store(WideSimd.tan(v), y, yo + i);
        }
        AnalyticScalar.tan(x, xo + i, y, yo + i, n - i);
    }

    static void asin(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.asin(v), y, yo + i);
        }
        AnalyticScalar.asin(x, xo + i, y, yo + i, n - i);
    }

    static void acos(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.acos(v), y, yo + i);
        }
        AnalyticScalar.acos(x, xo + i, y, yo + i, n - i);
    }

    static void atan(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.atan(v), y, yo + i);
        }
        AnalyticScalar.atan(x, xo + i, y, yo + i, n - i);
    }

    static void sinh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.sinh(v), y, yo + i);
        }
        AnalyticScalar.sinh(x, xo + i, y, yo + i, n - i);
    }

    static void cosh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.cosh(v), y, yo + i);
        }
        AnalyticScalar.cosh(x, xo + i, y, yo + i, n - i);
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.tanh(v), y, yo + i);
        }
        AnalyticScalar.tanh(x, xo + i, y, yo + i, n - i);
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        PassesSimd.run(ERF, x, xo, x, xo, y, yo, n);
    }

    private static void erfOfTail(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            WideSimd.store(WideSimd.erf(u, WideSimd.read(between, i)), y, yo + i);
        }
    }

    private static void tails(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            WideSimd.tailOfError(u).intoArray(between, i);
        }
    }

    private static void erfRest(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        AnalyticScalar.erf(a, ao + done, y, yo + done, n - done);
    }

    static void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        PassesSimd.run(POW, a, ao, b, bo, y, yo, n);
    }

    private static void powersOfTwo(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            WideSimd.powerOfTwo(u, v).intoArray(between, i);
        }
    }

    private static void powersOf(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            if (!WideSimd.ordinary(u, v)) {
                AnalyticScalar.pow(a, ao + i, b, bo + i, y, yo + i, WideSimd.WIDTH);
                continue;
            }
            WideSimd.store(WideSimd.signed(WideSimd.exp2(WideSimd.read(between, i)), u, v), y, yo + i);
        }
    }

    private static void powRest(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        AnalyticScalar.pow(a, ao + done, b, bo + done, y, yo + done, n - done);
    }

    static void power(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.power(v, exponent), y, yo + i);
        }
        AnalyticScalar.power(x, xo + i, y, yo + i, n - i, exponent);
    }

    static void root(float[] x, int xo, float[] y, int yo, int n, int exponent) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector v = WideSimd.load(x, xo + i);
            WideSimd.store(WideSimd.power(WideSimd.root(v), exponent), y, yo + i);
        }
        AnalyticScalar.root(x, xo + i, y, yo + i, n - i, exponent);
    }

    static void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            WideSimd.store(WideSimd.atan2(u, v), y, yo + i);
        }
        AnalyticScalar.atan2(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void logAddExp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        PassesSimd.run(LOG_ADD_EXP, a, ao, b, bo, y, yo, n);
    }

    private static void exponentials(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            WideSimd.expOfGap(u, v).intoArray(between, i);
        }
    }

    private static void logOfSum(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            WideSimd.store(WideSimd.logAddExp(u, v, WideSimd.read(between, i)), y, yo + i);
        }
    }

    private static void logAddExpRest(
            float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        AnalyticScalar.logAddExp(a, ao + done, b, bo + done, y, yo + done, n - done);
    }

    static void xlogy(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WideSimd.WIDTH; i += WideSimd.WIDTH) {
            DoubleVector u = WideSimd.load(a, ao + i);
            DoubleVector v = WideSimd.load(b, bo + i);
            WideSimd.store(WideSimd.xlogy(u, v), y, yo + i);
        }
        AnalyticScalar.xlogy(a, ao + i, b, bo + i, y, yo + i, n - i);
    }
}
