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
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }

    private static void doubles(double[] from, double[] to, Block b) {
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }

    private static void longs(long[] from, long[] to, Block b) {
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }

    private static void ints(int[] from, int[] to, Block b) {
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }

    private static void shorts(short[] from, short[] to, Block b) {
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }

    private static void bytes(byte[] from, byte[] to, Block b) {
        int fromStep = b.fromColumn();
        int toStep = b.toColumn();
        for (int tile = 0; tile < b.tiles(); tile++) {
            int n = b.tileColumns(tile);
            for (int i = b.firstRow(tile); i < b.lastRow(tile); i++) {
                int f = b.from(i, b.firstColumn(tile));
                int t = b.to(i, b.firstColumn(tile));
                for (int j = 0; j < n; j++) {
                    to[t + j * toStep] = from[f + j * fromStep];
                }
            }
        }
    }
}
