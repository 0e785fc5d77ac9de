package luthier.tensor.kernel;

/**
 * Moves rectangles between arrays of one kind; the two must not overlap. Columns are walked in strips so narrow that a strip
 * of a transposed source stays in the first-level cache until all rows have used it.
 */
public final class BlockCopy {
    private static final int STRIP = 32;
    /** Rows that are this long are worth a call of arraycopy. */
    private static final int RUN = 8;

    private static final boolean SIMD = Kernels.simd();

    private BlockCopy() {}

    /** Moves a block between two arrays of numbers of the same kind. */
    public static void copy(Object from, Object to, Block b) {
        if (b.fromColumn() == 1 && b.toColumn() == 1 && b.columns() >= RUN) {
            for (int i = 0; i < b.rows(); i++) {
                System.arraycopy(from, b.fromAt() + i * b.fromRow(), to, b.toAt() + i * b.toRow(), b.columns());
            }
            return;
        }
        switch (from) {
            case float[] a -> floats(a, (float[]) to, b);
            case double[] a -> doubles(a, (double[]) to, b);
            case long[] a -> longs(a, (long[]) to, b);
            case int[] a -> ints(a, (int[]) to, b);
            case short[] a -> shorts(a, (short[]) to, b);
            default -> bytes((byte[]) from, (byte[]) to, b);
        }
    }

    private static void floats(float[] from, float[] to, Block b) {
        if (SIMD && b.fromRow() == 1 && b.toColumn() == 1 && BlockCopySimd.fits(b)) {
            BlockCopySimd.transpose(from, to, b);
            return;
        }
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }

    private static void doubles(double[] from, double[] to, Block b) {
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }

    private static void longs(long[] from, long[] to, Block b) {
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }

    private static void ints(int[] from, int[] to, Block b) {
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }

    private static void shorts(short[] from, short[] to, Block b) {
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }

    private static void bytes(byte[] from, byte[] to, Block b) {
        for (int start = 0; start < b.columns(); start += STRIP) {
            int end = Math.min(b.columns(), start + STRIP);
            for (int i = 0; i < b.rows(); i++) {
                int f = b.fromAt() + i * b.fromRow() + start * b.fromColumn();
                int t = b.toAt() + i * b.toRow() + start * b.toColumn();
                for (int j = start; j < end; j++) {
                    to[t] = from[f];
                    f += b.fromColumn();
                    t += b.toColumn();
                }
            }
        }
    }
}
