package luthier.tensor;

/**
 * Numbers of one type as another. To a narrower floating type they round to nearest, ties to even; from floating
 * types to integers fractions are cut off and numbers beyond the range become the nearest end (NaN 0); from wider integers the low
 * bits stay, as in Java; to BOOL: true where not zero.
 */
final class Conversion {
    private Conversion() {}

    static Tensor convert(Tensor t, DType target) {
        Tensor source = t.contiguous();
        int n = (int) t.elementCount();
        Object to = Creation.allocate(target, t.shape(), "to");
        switch (target) {
            case F32 -> floats(source, n, (float[]) to);
            case F64 -> doubles(source, n, (double[]) to);
            case I64 -> longs(source, n, (long[]) to);
            case I32 -> {
                long[] wide = range(source, n, Integer.MIN_VALUE, Integer.MAX_VALUE);
                for (int i = 0; i < n; i++) {
                    ((int[]) to)[i] = (int) wide[i];
                }
            }
            case BF16, F16 -> halves(target, source, n, (short[]) to);
            case I8, U8 -> {
                long[] wide = target == DType.I8
                        ? range(source, n, Byte.MIN_VALUE, Byte.MAX_VALUE)
                        : range(source, n, 0, 255);
                for (int i = 0; i < n; i++) {
                    ((byte[]) to)[i] = (byte) wide[i];
                }
            }
            case BOOL -> truths(source, n, (byte[]) to);
        }
        return Tensor.wrap(target, to, t.shape());
    }

    private static float[] floats(Tensor source, int n, float[] to) {
        int o = source.offset();
        switch (source.storage()) {
            case float[] a -> System.arraycopy(a, o, to, 0, n);
            case double[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = (float) a[o + i];
                }
            }
            case short[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = toFloat(source.dtype(), a[o + i]);
                }
            }
            default -> {
                long[] wide = longs(source, n, new long[n]);
                for (int i = 0; i < n; i++) {
                    to[i] = wide[i];
                }
            }
        }
        return to;
    }

    private static double[] doubles(Tensor source, int n, double[] to) {
        int o = source.offset();
        switch (source.storage()) {
            case double[] a -> System.arraycopy(a, o, to, 0, n);
            case float[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = a[o + i];
                }
            }
            case short[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = toFloat(source.dtype(), a[o + i]);
                }
            }
            default -> {
                long[] wide = longs(source, n, new long[n]);
                for (int i = 0; i < n; i++) {
                    to[i] = wide[i];
                }
            }
        }
        return to;
    }

    private static long[] longs(Tensor source, int n, long[] to) {
        int o = source.offset();
        switch (source.storage()) {
            case float[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = (long) a[o + i];
                }
            }
            case double[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = (long) a[o + i];
                }
            }
            case long[] a -> System.arraycopy(a, o, to, 0, n);
            case int[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = a[o + i];
                }
            }
            case short[] a -> {
                for (int i = 0; i < n; i++) {
                    to[i] = (long) toFloat(source.dtype(), a[o + i]);
                }
            }
            default -> {
                byte[] a = source.bytes();
                int mask = source.dtype() == DType.U8 ? 255 : -1;
                for (int i = 0; i < n; i++) {
                    to[i] = a[o + i] & mask;
                }
            }
        }
        return to;
    }

    /** Returns the elements as longs, those of floating types cut to a range. */
    private static long[] range(Tensor source, int n, long low, long high) {
        long[] wide = longs(source, n, new long[n]);
        for (int i = 0; isReal(source) && i < n; i++) {
            wide[i] = Math.clamp(wide[i], low, high);
        }
        return wide;
    }

    private static boolean isReal(Tensor source) {
        return source.dtype().isFloating() || source.storage() instanceof short[];
    }

    private static void halves(DType target, Tensor source, int n, short[] to) {
        if (source.storage() instanceof float[] || source.storage() instanceof short[]) {
            float[] wide = floats(source, n, new float[n]);
            for (int i = 0; i < n; i++) {
                to[i] = fromFloat(target, wide[i]);
            }
            return;
        }
        double[] wide = doubles(source, n, new double[n]);
        for (int i = 0; i < n; i++) {
            to[i] = fromFloat(target, roundToOdd(wide[i]));
        }
    }

    private static void truths(Tensor source, int n, byte[] to) {
        boolean integers = !isReal(source);
        long[] whole = integers ? longs(source, n, new long[n]) : new long[0];
        double[] wide = integers ? new double[0] : doubles(source, n, new double[n]);
        for (int i = 0; i < n; i++) {
            to[i] = (byte) ((integers ? whole[i] != 0 : wide[i] != 0) ? 1 : 0);
        }
    }

    /**
     * Returns the float that makes a second rounding to fewer bits the same as one rounding of x: an inexact result takes the
     * neighbour whose last bit is 1. Boldo and Melquiond 2008, "Emulation of FMA and correctly rounded sums".
     */
    private static float roundToOdd(double x) {
        float nearest = (float) x;
        if (nearest == x || !Float.isFinite(nearest) || (Float.floatToRawIntBits(nearest) & 1) == 1) {
            return nearest;
        }
        boolean up = Math.abs((double) nearest) < Math.abs(x);
        return Float.intBitsToFloat(Float.floatToRawIntBits(nearest) + (up ? 1 : -1));
    }

    /** Returns a whole number as a double, which must equal it. */
    static double exact(String operation, long value) {
        double result = (double) value;
        // 2^63 becomes the largest long, which it is not.
        if ((long) result != value || value == Long.MAX_VALUE) {
            throw new ArithmeticException(
                    operation + ": the number must be exact as a double; got " + value + "; use longItem()");
        }
        return result;
    }

    /** Returns the number behind the bits of a BF16 or F16. */
    static float toFloat(DType dtype, short bits) {
        return dtype == DType.BF16 ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
    }

    /** Returns the bits of the BF16 or F16 nearest to x, ties to even. */
    static short fromFloat(DType dtype, float x) {
        if (dtype == DType.F16) {
            return Float.floatToFloat16(x);
        }
        int bits = Float.floatToRawIntBits(x);
        if (Float.isNaN(x)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    /** Returns the number behind a byte of BOOL, I8 or U8. */
    static int toInt(DType dtype, byte value) {
        return dtype == DType.U8 ? Byte.toUnsignedInt(value) : value;
    }

    /** Returns the bytes of a BOOL tensor's storage. */
    static byte[] bytes(boolean[] truths) {
        byte[] result = new byte[truths.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = truths[i] ? (byte) 1 : 0;
        }
        return result;
    }

    /** Returns the truth values behind a BOOL tensor's storage. */
    static boolean[] truths(byte[] bytes) {
        boolean[] result = new boolean[bytes.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = bytes[i] != 0;
        }
        return result;
    }
}
