package luthier.tensor.kernel;

/** Moves rectangles between arrays of one kind; the two must not overlap. Walks over the tiles of {@link Block}. */
public final class BlockCopy {
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
        if (from instanceof float[] a && SIMD && b.fromRow() == 1 && b.toColumn() == 1 && BlockCopySimd.fits(b)) {
            BlockCopySimd.transpose(a, (float[]) to, b);
            return;
        }
        for (int tile = 0; tile < b.tiles(); tile++) {
            int column = b.firstColumn(tile);
            int n = b.tileColumns(tile);
            int lastRow = b.lastRow(tile);
            for (int i = b.firstRow(tile); i < lastRow; i++) {
                run(from, b.from(i, column), b.fromColumn(), to, b.to(i, column), b.toColumn(), n);
            }
        }
    }

    /** Moves n numbers. That every run asks for the kind costs nothing; by memory segments it took ten times as long. */
    private static void run(Object from, int f, int fromStep, Object to, int t, int toStep, int n) {
        switch (from) {
            case float[] a -> run(a, f, fromStep, (float[]) to, t, toStep, n);
            case double[] a -> run(a, f, fromStep, (double[]) to, t, toStep, n);
            case long[] a -> run(a, f, fromStep, (long[]) to, t, toStep, n);
            case int[] a -> run(a, f, fromStep, (int[]) to, t, toStep, n);
            case short[] a -> run(a, f, fromStep, (short[]) to, t, toStep, n);
            default -> run((byte[]) from, f, fromStep, (byte[]) to, t, toStep, n);
        }
    }

    private static void run(float[] from, int f, int fromStep, float[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }

    private static void run(double[] from, int f, int fromStep, double[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }

    private static void run(long[] from, int f, int fromStep, long[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }

    private static void run(int[] from, int f, int fromStep, int[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }

    private static void run(short[] from, int f, int fromStep, short[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }

    private static void run(byte[] from, int f, int fromStep, byte[] to, int t, int toStep, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j * toStep] = from[f + j * fromStep];
        }
    }
}
