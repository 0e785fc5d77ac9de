package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link CrossEntropyRows}, a vector at a time. */
final class CrossEntropyRowsSimd {
    private CrossEntropyRowsSimd() {}

    static void gradient(float[] x, int xo, float shift, float factor, float even, float[] dX, int dXo, int n) {
        FloatVector scale = FloatVector.broadcast(FLOATS, factor);
        FloatVector less = FloatVector.broadcast(FLOATS, -even);
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i).sub(shift);
            ExpLogSimd.exp(v).fma(scale, less).intoArray(dX, dXo + i);
        }
        CrossEntropyRowsScalar.gradient(x, xo + i, shift, factor, even, dX, dXo + i, n - i);
    }
}
