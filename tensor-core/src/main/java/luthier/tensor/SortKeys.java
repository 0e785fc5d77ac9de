package luthier.tensor;

/**
 * Integers in the order of the numbers: NaN of either sign, one key, above all others; -0 and 0 one key. What compares equal
 * has equal keys, so that ties are broken by the index alone.
 */
final class SortKeys {
    private SortKeys() {}

    /** Returns whether the keys of a type fit 32 bits. */
    static boolean fitInt(DType dtype) {
        return switch (dtype) {
            case F32, I32, BOOL -> true;
            case F64, I64, BF16, F16, I8, U8 -> false;
        };
    }

    /** keys[to + i] = the key of storage[at + i] for i in [0, n): many at once, since asking each for its type costs twice its key. */
    static void ascending(Object storage, int at, long[] keys, int to, int n) {
        switch (storage) {
            case float[] a -> {
                for (int i = 0; i < n; i++) {
                    keys[to + i] = of(a[at + i]);
                }
            }
            case double[] a -> {
                for (int i = 0; i < n; i++) {
                    keys[to + i] = of(a[at + i]);
                }
            }
            case long[] a -> System.arraycopy(a, at, keys, to, n);
            case int[] a -> {
                for (int i = 0; i < n; i++) {
                    keys[to + i] = a[at + i];
                }
            }
            default -> {
                byte[] a = (byte[]) storage;
                for (int i = 0; i < n; i++) {
                    keys[to + i] = a[at + i];
                }
            }
        }
    }

    /** The same with keys whose order is turned around except for NaN, which stays on top. */
    static void descendingNaNFirst(Object storage, int at, long[] keys, int to, int n) {
        ascending(storage, at, keys, to, n);
        long nan = storage instanceof float[] ? of(Float.NaN) : of(Double.NaN);
        boolean floating = storage instanceof float[] || storage instanceof double[];
        for (int i = to; i < to + n; i++) {
            keys[i] = floating && keys[i] == nan ? Long.MAX_VALUE : ~keys[i];
        }
    }

    static int of(float value) {
        // Adding 0 makes -0 into 0; floatToIntBits makes all NaN one.
        int bits = Float.floatToIntBits(value + 0f);
        return bits >> 31 & Integer.MAX_VALUE ^ bits;
    }

    static long of(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits >> 63 & Long.MAX_VALUE ^ bits;
    }
}
