package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link GeluScalar}, a vector at a time: the same operations in the same order. Numbers in the tail, which are rare, are done
 * one at a time afterwards; vectors there would sit in code that runs too seldom to be compiled well, where they are objects.
 */
final class GeluSimd {
    private static final PiecesSimd BEYOND = PiecesSimd.of(GeluScalar.BEYOND);
    private static final PiecesSimd SLOPE = PiecesSimd.of(GeluScalar.SLOPE);

    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1);
    private static final FloatVector END = FloatVector.broadcast(FLOATS, Pieces.END);

    private GeluSimd() {}

    static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; PiecesSimd.FITS && i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            FloatVector u = v.abs();
            FloatVector part = u.mul(BEYOND.at(u));
            part.neg().blend(v.sub(part), v.compare(VectorOperators.GE, ZERO)).intoArray(y, yo + i);
            if (!u.compare(VectorOperators.LT, END).allTrue()) {
                GeluScalar.geluTail(x, xo + i, y, yo + i, WIDTH);
            }
        }
        GeluScalar.gelu(x, xo + i, y, yo + i, n - i);
    }

    static void geluBackward(float[] x, int xo, float[] dY, int dYo, float[] dX, int dXo, int n) {
        int i = 0;
        for (; PiecesSimd.FITS && i <= n - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
            FloatVector d = FloatVector.fromArray(FLOATS, dY, dYo + i);
            FloatVector u = v.abs();
            FloatVector left = SLOPE.at(u);
            FloatVector slope = left.blend(ONE.sub(left), v.compare(VectorOperators.GE, ZERO));
            d.mul(slope).intoArray(dX, dXo + i);
            if (!u.compare(VectorOperators.LT, END).allTrue()) {
                GeluScalar.tailBackward(x, xo + i, dY, dYo + i, dX, dXo + i, WIDTH);
            }
        }
        GeluScalar.geluBackward(x, xo + i, dY, dYo + i, dX, dXo + i, n - i);
    }
}
