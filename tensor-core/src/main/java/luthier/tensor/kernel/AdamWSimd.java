package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link AdamW}, a vector at a time. */
final class AdamWSimd {
    private AdamWSimd() {}

    static void step(float[] p, int po, float[] g, int go, float[] m, int mo, float[] v, int vo, AdamWRates r, int n) {
        FloatVector rise1 = FloatVector.broadcast(FLOATS, r.rise1());
        FloatVector rise2 = FloatVector.broadcast(FLOATS, r.rise2());
        FloatVector minusStep = FloatVector.broadcast(FLOATS, -r.stepSize());
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector gradient = FloatVector.fromArray(FLOATS, g, go + i);
            FloatVector oldMean = FloatVector.fromArray(FLOATS, m, mo + i);
            FloatVector mean = gradient.sub(oldMean).fma(rise1, oldMean);
            FloatVector square = gradient.mul(gradient)
                    .fma(rise2, FloatVector.fromArray(FLOATS, v, vo + i).mul(r.beta2()));
            mean.intoArray(m, mo + i);
            square.intoArray(v, vo + i);
            FloatVector root = square.sqrt().div(r.rootCorrection()).add(r.eps());
            mean.div(root)
                    .fma(minusStep, FloatVector.fromArray(FLOATS, p, po + i).mul(r.keep()))
                    .intoArray(p, po + i);
        }
        AdamWScalar.step(p, po + i, g, go + i, m, mo + i, v, vo + i, r, n - i);
    }
}
