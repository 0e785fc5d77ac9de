package luthier.tensor.kernel;

/** Transposes blocks of floats in registers, square by square. */
final class BlockCopySimd {
    private static final int SQUARE = GemmTransposeSimd.SIZE;

    private BlockCopySimd() {}

    /** Returns whether the block holds a whole square and vectors are wide enough for one. */
    static boolean fits(Block b) {
        return LanesSimd.WIDTH >= SQUARE && b.rows() >= SQUARE && b.columns() >= SQUARE;
    }

    /** For a step of 1 along the source's columns and the target's rows: the last squares overlap those before if need be. */
    static void transpose(float[] from, float[] to, Block b) {
        for (int tile = 0; tile < b.tiles(); tile++) {
            for (int row = b.firstRow(tile); row < b.lastRow(tile); row += SQUARE) {
                int i = Math.min(row, b.rows() - SQUARE);
                for (int column = b.firstColumn(tile);
                        column < b.firstColumn(tile) + b.tileColumns(tile);
                        column += SQUARE) {
                    int j = Math.min(column, b.columns() - SQUARE);
                    GemmTransposeSimd.square(from, b.from(i, j), b.fromColumn(), to, b.to(i, j), b.toRow());
                }
            }
        }
    }
}
