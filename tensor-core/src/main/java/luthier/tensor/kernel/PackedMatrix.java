package luthier.tensor.kernel;

/**
 * The second operand B of products, laid out as {@link GemmSimd} reads it, for a matrix that many products share. A snapshot: what
 * is written to B later is not seen.
 *
 * @param k rows of B
 * @param n columns of B
 * @param parts the packed panels of each block of B, block by block
 */
public record PackedMatrix(int k, int n, float[][] parts) {}
