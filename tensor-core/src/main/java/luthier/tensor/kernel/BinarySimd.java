package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link Binary}, a vector at a time. */
final class BinarySimd {
    private BinarySimd() {}

    static void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.add(v).intoArray(y, yo + i);
        }
        BinaryScalar.add(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.sub(v).intoArray(y, yo + i);
        }
        BinaryScalar.sub(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.mul(v).intoArray(y, yo + i);
        }
        BinaryScalar.mul(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.div(v).intoArray(y, yo + i);
        }
        BinaryScalar.div(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.max(v).intoArray(y, yo + i);
        }
        BinaryScalar.max(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.min(v).intoArray(y, yo + i);
        }
        BinaryScalar.min(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void remainder(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - FloatFunctionsSimd.WIDTH; i += FloatFunctionsSimd.WIDTH) {
            DoubleVector u = FloatFunctionsSimd.load(a, ao + i);
            DoubleVector v = FloatFunctionsSimd.load(b, bo + i);
            if (!FloatFunctionsSimd.divisible(u, v)) {
                BinaryScalar.remainder(a, ao + i, b, bo + i, y, yo + i, FloatFunctionsSimd.WIDTH);
                continue;
            }
            FloatFunctionsSimd.store(FloatFunctionsSimd.remainder(u, v), y, yo + i);
        }
        BinaryScalar.remainder(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void lerp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n, float weight) {
        FloatVector share = FloatVector.broadcast(FLOATS, weight < 0.5f ? weight : weight - 1);
        VectorMask<Float> fromB = FLOATS.maskAll(!(weight < 0.5f));
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            v.sub(u).fma(share, u.blend(v, fromB)).intoArray(y, yo + i);
        }
        BinaryScalar.lerp(a, ao + i, b, bo + i, y, yo + i, n - i, weight);
    }
}
