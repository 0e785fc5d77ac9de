package luthier.tensor.kernel;

/**
 * Stored numbers as F32. Exact for BF16 and F16; bytes are {@code to[i] = from[i] scale}, rounded once; four-bit codes {@code to[i] =
 * codebook[code] scale}, rounded once, two codes a byte, the first in the high four bits. Neither side may overlap the other.
 */
final class Unpacking {
    private static final boolean SIMD = Kernels.simd();

    private Unpacking() {}

    static void brain(short[] from, int at, float[] to, int o, int n) {
        if (SIMD) {
            UnpackingSimd.brain(from, at, to, o, n);
        } else {
            UnpackingScalar.brain(from, at, to, o, n);
        }
    }

    /** Has no SIMD twin: the compiler turns the loop into vector code. */
    static void half(short[] from, int at, float[] to, int o, int n) {
        UnpackingScalar.half(from, at, to, o, n);
    }

    static void bytes(byte[] from, int at, float scale, float[] to, int o, int n) {
        if (SIMD) {
            UnpackingSimd.bytes(from, at, scale, to, o, n);
        } else {
            UnpackingScalar.bytes(from, at, scale, to, o, n);
        }
    }

    /** Starts at the code with number {@code at}, counted in codes; a table look-up each, without a SIMD twin. */
    static void nibbles(byte[] from, int at, float[] codebook, float scale, float[] to, int o, int n) {
        UnpackingScalar.nibbles(from, at, codebook, scale, to, o, n);
    }
}
