package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Activations}, a vector at a time. */
final class ActivationsSimd {
    private static final PassesSimd.Pass[] LOG_SIGMOID = {
        ActivationsSimd::exponentials, ActivationsSimd::logSigmoidOf, ActivationsSimd::logSigmoidRest
    };

    private ActivationsSimd() {}

    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.sigmoid(v), y, yo + i);
        }
        ActivationsScalar.sigmoid(x, xo + i, y, yo + i, n - i);
    }

    static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.geluTanh(v), y, yo + i);
        }
        ActivationsScalar.geluTanh(x, xo + i, y, yo + i, n - i);
    }

    static void silu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.silu(v), y, yo + i);
        }
        ActivationsScalar.silu(x, xo + i, y, yo + i, n - i);
    }

    static void mish(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.mish(v), y, yo + i);
        }
        ActivationsScalar.mish(x, xo + i, y, yo + i, n - i);
    }

    static void logSigmoid(float[] x, int xo, float[] y, int yo, int n) {
        PassesSimd.run(LOG_SIGMOID, x, xo, x, xo, y, yo, n);
    }

    private static void exponentials(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.expOfMinus(u).intoArray(between, i);
        }
    }

    private static void logSigmoidOf(float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.logSigmoid(u, FloatFunctionsSimd.read(between, i)), y, yo + i);
        }
    }

    private static void logSigmoidRest(
            float[] a, int ao, float[] b, int bo, double[] between, float[] y, int yo, int n) {
        int done = PassesSimd.whole(n);
        ActivationsScalar.logSigmoid(a, ao + done, y, yo + done, n - done);
    }

    static void softplus(float[] x, int xo, float[] y, int yo, int n, double beta, double threshold) {
        PassesSimd.Pass[] passes = {
            (a, ao, b, bo, between, z, zo, m) -> exponentials(a, ao, between, m, beta),
            (a, ao, b, bo, between, z, zo, m) -> softplusOf(a, ao, between, z, zo, m, beta, threshold),
            (a, ao, b, bo, between, z, zo, m) -> {
                int done = PassesSimd.whole(m);
                ActivationsScalar.softplus(a, ao + done, z, zo + done, m - done, beta, threshold);
            }
        };
        PassesSimd.run(passes, x, xo, x, xo, y, yo, n);
    }

    private static void exponentials(float[] a, int ao, double[] between, int n, double beta) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.expOfMinus(u.mul(beta)).intoArray(between, i);
        }
    }

    private static void softplusOf(
            float[] a, int ao, double[] between, float[] y, int yo, int n, double beta, double threshold) {
        for (int i = 0; i < PassesSimd.whole(n); i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            FloatFunctionsSimd.store(
                    FloatFunctionsSimd.softplus(u, FloatFunctionsSimd.read(between, i), beta, threshold), y, yo + i);
        }
    }

    static void elu(float[] x, int xo, float[] y, int yo, int n, double alpha, double scale) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector v = FloatFunctionsSimd.load(x, xo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.elu(v, alpha, scale), y, yo + i);
        }
        ActivationsScalar.elu(x, xo + i, y, yo + i, n - i, alpha, scale);
    }

    static void relu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.max(0).intoArray(y, yo + i);
        }
        ActivationsScalar.relu(x, xo + i, y, yo + i, n - i);
    }

    static void relu6(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.max(0).min(6).intoArray(y, yo + i);
        }
        ActivationsScalar.relu6(x, xo + i, y, yo + i, n - i);
    }

    static void clamp(float[] x, int xo, float[] y, int yo, int n, float low, float high) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.max(low).min(high).intoArray(y, yo + i);
        }
        ActivationsScalar.clamp(x, xo + i, y, yo + i, n - i, low, high);
    }

    static void leakyRelu(float[] x, int xo, float[] y, int yo, int n, float slope) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
        }
        ActivationsScalar.leakyRelu(x, xo + i, y, yo + i, n - i, slope);
    }

    static void hardSigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.add(3).max(0).min(6).div(6).intoArray(y, yo + i);
        }
        ActivationsScalar.hardSigmoid(x, xo + i, y, yo + i, n - i);
    }

    static void hardSwish(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            v.max(-3).mul(v.add(3).max(0).min(6)).div(6).intoArray(y, yo + i);
        }
        ActivationsScalar.hardSwish(x, xo + i, y, yo + i, n - i);
    }

    static void softsign(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            softsign(v).intoArray(y, yo + i);
        }
        ActivationsScalar.softsign(x, xo + i, y, yo + i, n - i);
    }

    private static FloatVector softsign(FloatVector x) {
        FloatVector finite = x.min(Float.MAX_VALUE).max(-Float.MAX_VALUE);
        return finite.div(finite.abs().add(1));
    }

    static void prelu(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.mul(v).blend(u, u.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
        }
        ActivationsScalar.prelu(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void sigmoidBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.sigmoidBackward(u, v), y, yo + i);
        }
        ActivationsScalar.sigmoidBackward(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void geluTanhBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            FloatFunctionsSimd.store(FloatFunctionsSimd.geluTanhBackward(u, v), y, yo + i);
        }
        ActivationsScalar.geluTanhBackward(a, ao + i, b, bo + i, y, yo + i, n - i);
    }
}
