package luthier.tensor.kernel;

/** Transposes blocks of floats in registers, square by square. */
final class BlockCopySimd {
    private static final int SQUARE = GemmTransposeSimd.SIZE;

    private BlockCopySimd() {}

    /** Returns whether the block holds a whole square and vectors are wide enough for one. */
    static boolean fits(Block b) {
        return LanesSimd.WIDTH >= SQUARE && b.rows() >= SQUARE && b.columns() >= SQUARE;
    }

    /** For a step of 1 along the source's columns and the target's rows. */
    static void transpose(float[] from, float[] to, Block b) {
        for (int column = 0; column < b.columns(); column += SQUARE) {
            // The last squares overlap those before if the block does not divide evenly.
            int j = Math.min(column, b.columns() - SQUARE);
            for (int row = 0; row < b.rows(); row += SQUARE) {
                int i = Math.min(row, b.rows() - SQUARE);
                GemmTransposeSimd.square(
                        from,
                        b.fromAt() + i + j * b.fromColumn(),
                        b.fromColumn(),
                        to,
                        b.toAt() + i * b.toRow() + j,
                        b.toRow());
            }
        }
    }
}
