package luthier.tensor.kernel;

/**
 * A BF16 matrix as the second operand of products with a single row, in as many bits and laid out as {@link GemvStoredSimd} reads it. A
 * snapshot: what is written to the matrix later is not seen.
 *
 * @param k rows of B
 * @param n columns of B
 * @param panels panels of columns, in a panel row after row, the last one filled up
 */
public record PackedStored(int k, int n, short[] panels) {}
