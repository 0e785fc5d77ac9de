package luthier.nn.text;

import java.util.Arrays;
import java.util.List;

/**
 * Sequences of one length. What is padding is known by place, never by id: the token that fills may also mean something.
 *
 * @param ids the tokens, a row a sequence
 * @param types their segments
 * @param real whether a token is of the sequence, false where it fills
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record PaddedBatch(int[][] ids, int[][] types, boolean[][] real) {
    /**
     * Fills sequences up; none is cut.
     *
     * {@snippet :
     * Tokenizer tokenizer = Tokenizer.fromJson("{\"model\": {\"type\": \"WordLevel\", \"unk_token\": \"?\", \"vocab\": {\"?\": 0, \"a\": 1}}}"
     *         .getBytes(), "tokenizer.json");
     * List<Encoding> encodings = List.of(tokenizer.encode(List.of("a"), 9), tokenizer.encode(List.of(""), 9));
     * Arrays.deepToString(PaddedBatch.of(encodings, Padding.with(7)).ids()); // [[1], [7]]
     * }
     */
    public static PaddedBatch of(List<Encoding> encodings, Padding padding) {
        int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
        int least = padding.length() > 0 ? padding.length() : longest;
        int length = Math.ceilDiv(least, padding.multipleOf()) * padding.multipleOf();
        int rows = encodings.size();
        PaddedBatch batch = new PaddedBatch(new int[rows][], new int[rows][], new boolean[rows][]);
        for (int row = 0; row < rows; row++) {
            Encoding encoding = encodings.get(row);
            int size = Math.max(length, encoding.length());
            int at = padding.side() == Side.RIGHT ? 0 : size - encoding.length();
            batch.ids[row] = filled(encoding.ids(), size, at, padding.padId());
            batch.types[row] = filled(encoding.types(), size, at, padding.padType());
            batch.real[row] = new boolean[size];
            Arrays.fill(batch.real[row], at, at + encoding.length(), true);
        }
        return batch;
    }

    private static int[] filled(int[] values, int size, int at, int padding) {
        int[] result = new int[size];
        Arrays.fill(result, padding);
        System.arraycopy(values, 0, result, at, values.length);
        return result;
    }
}
