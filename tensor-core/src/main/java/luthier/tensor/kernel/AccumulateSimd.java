package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link Accumulate}, a vector at a time. */
final class AccumulateSimd {
    private AccumulateSimd() {}

    static void scaled(float[] p, int po, float[] a, int ao, float factor, int n) {
        FloatVector c = FloatVector.broadcast(FLOATS, factor);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector from = FloatVector.fromArray(FLOATS, p, po + i);
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            from.add(u.mul(c)).intoArray(p, po + i);
        }
        AccumulateScalar.scaled(p, po + i, a, ao + i, factor, n - i);
    }

    static void product(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        FloatVector c = FloatVector.broadcast(FLOATS, factor);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector from = FloatVector.fromArray(FLOATS, p, po + i);
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.mul(v).fma(c, from).intoArray(p, po + i);
        }
        AccumulateScalar.product(p, po + i, a, ao + i, b, bo + i, factor, n - i);
    }

    static void ratio(float[] p, int po, float[] a, int ao, float[] b, int bo, float factor, int n) {
        FloatVector c = FloatVector.broadcast(FLOATS, factor);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector from = FloatVector.fromArray(FLOATS, p, po + i);
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            u.div(v).fma(c, from).intoArray(p, po + i);
        }
        AccumulateScalar.ratio(p, po + i, a, ao + i, b, bo + i, factor, n - i);
    }

    static void rootRatio(
            float[] p, int po, float[] a, int ao, float[] v, int vo, float factor, float correction, float eps, int n) {
        FloatVector c = FloatVector.broadcast(FLOATS, factor);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector from = FloatVector.fromArray(FLOATS, p, po + i);
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector root = FloatVector.fromArray(FLOATS, v, vo + i)
                    .sqrt()
                    .div(correction)
                    .add(eps);
            u.div(root).fma(c, from).intoArray(p, po + i);
        }
        AccumulateScalar.rootRatio(p, po + i, a, ao + i, v, vo + i, factor, correction, eps, n - i);
    }
}
