package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.INTS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Unpacking} with whole vectors; tails as in {@link UnpackingScalar}. */
final class UnpackingSimd {
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * WIDTH)));
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * WIDTH)));

    /** Whether {@link #codes} works here: no vector is short enough for four bytes. */
    static final boolean HAS_BYTES = WIDTH >= 8;

    private UnpackingSimd() {}

    /** Returns the next BF16 numbers. */
    static FloatVector brain(short[] from, int at) {
        return ShortVector.fromArray(SHORTS, from, at)
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    /** Returns the next bytes as numbers. */
    static FloatVector codes(byte[] from, int at) {
        return (FloatVector) ByteVector.fromArray(BYTES, from, at).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    static void brain(short[] from, int at, float[] to, int o, int n) {
        int whole = n - n % WIDTH;
        for (int i = 0; i < whole; i += WIDTH) {
            brain(from, at + i).intoArray(to, o + i);
        }
        UnpackingScalar.brain(from, at + whole, to, o + whole, n - whole);
    }

    static void bytes(byte[] from, int at, float scale, float[] to, int o, int n) {
        int whole = HAS_BYTES ? n - n % WIDTH : 0;
        for (int i = 0; i < whole; i += WIDTH) {
            codes(from, at + i).mul(scale).intoArray(to, o + i);
        }
        UnpackingScalar.bytes(from, at + whole, scale, to, o + whole, n - whole);
    }
}
