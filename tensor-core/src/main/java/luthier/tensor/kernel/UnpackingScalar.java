package luthier.tensor.kernel;

/** {@link Unpacking}, number by number: the definition. */
final class UnpackingScalar {
    private UnpackingScalar() {}

    static void brain(short[] from, int at, float[] to, int o, int n) {
        for (int i = 0; i < n; i++) {
            to[o + i] = Float.intBitsToFloat(from[at + i] << 16);
        }
    }

    static void half(short[] from, int at, float[] to, int o, int n) {
        for (int i = 0; i < n; i++) {
            to[o + i] = Float.float16ToFloat(from[at + i]);
        }
    }

    static void bytes(byte[] from, int at, float scale, float[] to, int o, int n) {
        for (int i = 0; i < n; i++) {
            to[o + i] = from[at + i] * scale;
        }
    }

    static void nibbles(byte[] from, int at, float[] codebook, float scale, float[] to, int o, int n) {
        for (int i = 0; i < n; i++) {
            int pair = from[(at + i) >> 1];
            int code = ((at + i) & 1) == 0 ? pair >> 4 & 15 : pair & 15;
            to[o + i] = codebook[code] * scale;
        }
    }
}
