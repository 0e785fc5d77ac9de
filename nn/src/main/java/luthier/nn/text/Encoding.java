package luthier.nn.text;

/**
 * One sequence as a model reads it.
 *
 * @param ids the tokens, special ones included
 * @param types the segment of each token: 0 for the first text, 1 for the second
 * @param words the index of each token's word, or of its text's first token; -1 for special tokens
 * @param cut how many tokens were cut off
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record Encoding(int[] ids, int[] types, int[] words, int cut) {
    /** Returns the number of tokens. */
    public int length() {
        return ids.length;
    }
}
