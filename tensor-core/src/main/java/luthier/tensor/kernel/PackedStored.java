package luthier.tensor.kernel;

/**
 * The second operand of products with a single row, in as few bits as it was stored and laid out as {@link GemvStoredSimd} reads it. A
 * snapshot: what is written to the matrix later is not seen.
 */
public sealed interface PackedStored {
    /** Rows of B. */
    int k();

    /** Columns of B. */
    int n();

    /** BF16: panels of columns, in a panel row after row, the last one filled up. */
    record Brain(int k, int n, short[] panels) implements PackedStored {}

    /** Signed bytes in the same order, and a scale a column. */
    record Bytes(int k, int n, byte[] panels, float[] scales) implements PackedStored {}
}
