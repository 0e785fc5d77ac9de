package luthier.nn.data;

import java.util.Arrays;
import java.util.List;

/**
 * Rows of tokens beside one another, filled up on the right. What fills them is known by its place, never by its id, which may be that
 * of the real end token: the attention is 0 there, and it is not trained.
 *
 * @param ids the tokens, [row][place]
 * @param labels what is learned, {@link LabelledTokens#NOT_TRAINED} elsewhere
 * @param attention 1 for tokens, 0 for what fills up
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record LabelledBatch(int[][] ids, int[][] labels, int[][] attention) {
    /**
     * Returns a batch of rows as long as its longest one, rounded up to a multiple.
     *
     * @throws IllegalArgumentException if there are no rows or the multiple is not positive
     */
    public static LabelledBatch of(List<LabelledTokens> rows, int padId, int multipleOf) {
        if (rows.isEmpty() || multipleOf < 1) {
            throw new IllegalArgumentException("batch: at least one row and a positive multiple are needed; got "
                    + rows.size() + " rows and " + multipleOf);
        }
        int longest = rows.stream().mapToInt(LabelledTokens::length).max().orElse(0);
        int length = Math.multiplyExact(Math.ceilDiv(longest, multipleOf), multipleOf);
        int[][] ids = new int[rows.size()][length];
        int[][] labels = new int[rows.size()][length];
        int[][] attention = new int[rows.size()][length];
        for (int i = 0; i < rows.size(); i++) {
            LabelledTokens row = rows.get(i);
            Arrays.fill(ids[i], padId);
            Arrays.fill(labels[i], LabelledTokens.NOT_TRAINED);
            System.arraycopy(row.ids(), 0, ids[i], 0, row.length());
            System.arraycopy(row.labels(), 0, labels[i], 0, row.length());
            Arrays.fill(attention[i], 0, row.length(), 1);
        }
        return new LabelledBatch(ids, labels, attention);
    }
}
