package luthier.nn.text;

/**
 * One sequence as a model reads it.
 *
 * @param ids the tokens, special ones included
 * @param types the segment of each token: 0 for the first text, 1 for the second
 * @param words the index of each token's word: of the words given, or of those that its text was cut into; -1 for special tokens of the
 *     frame
 * @param texts which text each token is of, 0 or 1; -1 for special tokens of the frame
 * @param starts where the stretch of the text as given begins that a token stands for, in code points; 0 for special tokens of the frame
 * @param ends where it ends
 * @param cut how many tokens were cut off
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record Encoding(int[] ids, int[] types, int[] words, int[] texts, int[] starts, int[] ends, int cut) {
    /** Returns the number of tokens. */
    public int length() {
        return ids.length;
    }
}
