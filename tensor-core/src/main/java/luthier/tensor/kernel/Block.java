package luthier.tensor.kernel;

/**
 * A rectangle of numbers on its way from one array to another: the number of row i and column j moves from {@code fromAt + i
 * fromRow + j fromColumn} to {@code toAt + i toRow + j toColumn}. Steps may be zero or negative.
 *
 * <p>It is walked in tiles so small that the cache lines of both sides stay in the first-level cache until all of their numbers
 * are moved, even where strides of powers of two leave room for few.
 */
public record Block(int fromAt, int fromRow, int fromColumn, int toAt, int toRow, int toColumn, int rows, int columns) {
    private static final int TILE = 16;

    int from(int row, int column) {
        return fromAt + row * fromRow + column * fromColumn;
    }

    int to(int row, int column) {
        return toAt + row * toRow + column * toColumn;
    }

    /** Columns of a tile: all, unless the source is denser along rows. */
    private int width() {
        return Math.abs(fromRow) < Math.abs(fromColumn) ? TILE : Math.max(columns, 1);
    }

    /** The number of tiles, which are numbered along rows. */
    int tiles() {
        return Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, width());
    }

    int firstRow(int tile) {
        return tile / Math.ceilDiv(columns, width()) * TILE;
    }

    int lastRow(int tile) {
        return Math.min(rows, firstRow(tile) + TILE);
    }

    int firstColumn(int tile) {
        return tile % Math.ceilDiv(columns, width()) * width();
    }

    int tileColumns(int tile) {
        return Math.min(columns - firstColumn(tile), width());
    }
}
