package luthier.tensor.kernel;

/**
 * A rectangle of numbers on its way from one array to another: the number of row i and column j moves from {@code fromAt + i
 * fromRow + j fromColumn} to {@code toAt + i toRow + j toColumn}. Steps may be zero or negative.
 */
public record Block(
        int fromAt, int fromRow, int fromColumn, int toAt, int toRow, int toColumn, int rows, int columns) {}
