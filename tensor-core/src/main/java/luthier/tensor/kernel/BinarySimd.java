package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/** {@link Binary}, a vector at a time. */
final class BinarySimd {
    private static final int PIECE = 512;

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

    /** In two passes over short pieces, since erf and two exponentials are too much for the compiler in one loop. */
    static void geluBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        float[] cdf = new float[Math.min(n, PIECE)];
        for (int start = 0; start < n; start += PIECE) {
            int length = Math.min(PIECE, n - start);
            UnarySimd.normalCdf(a, ao + start, cdf, 0, length);
            geluSlope(a, ao + start, b, bo + start, cdf, y, yo + start, length);
        }
    }

    private static void geluSlope(float[] a, int ao, float[] b, int bo, float[] cdf, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            FloatVector distribution = FloatVector.fromArray(FLOATS, cdf, i);
            v.mul(u.fma(TranscendentalSimd.normalDensity(u), distribution)).intoArray(y, yo + i);
        }
        BinaryScalar.geluBackward(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    static void geluTanhBackward(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
            FloatVector v = FloatVector.fromArray(FLOATS, b, bo + i);
            TranscendentalSimd.geluTanhBackward(u, v).intoArray(y, yo + i);
        }
        BinaryScalar.geluTanhBackward(a, ao + i, b, bo + i, y, yo + i, n - i);
    }
}
