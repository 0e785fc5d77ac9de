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

    /** Returns the key of an element. */
    static long ascending(Object storage, int at) {
        return switch (storage) {
            case float[] a -> of(a[at]);
            case double[] a -> of(a[at]);
            case long[] a -> a[at];
            case int[] a -> a[at];
            default -> ((byte[]) storage)[at];
        };
    }

    /** Returns a key whose order is turned around except for NaN, which stays on top. */
    static long descendingNaNFirst(Object storage, int at) {
        return switch (storage) {
            case float[] a -> Float.isNaN(a[at]) ? Long.MAX_VALUE : ~of(a[at]);
            case double[] a -> Double.isNaN(a[at]) ? Long.MAX_VALUE : ~of(a[at]);
            default -> ~ascending(storage, at);
        };
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
