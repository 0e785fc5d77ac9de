package luthier.nn.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tokens of one row and what is learned of them. A label stands under its own token; that a model predicts the next one is the loss's
 * affair.
 *
 * @param ids the tokens
 * @param labels the token again where it is learned, {@link #NOT_TRAINED} elsewhere
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record LabelledTokens(int[] ids, int[] labels) {
    /** The label of a token that is only read. */
    public static final int NOT_TRAINED = -100;

    /** Refuses lists of different lengths. */
    public LabelledTokens {
        if (ids.length != labels.length) {
            throw new IllegalArgumentException("labelled tokens: as many labels as tokens are needed; got " + ids.length
                    + " tokens and " + labels.length + " labels");
        }
    }

    /** Returns tokens of which those are learned that are marked. */
    public static LabelledTokens of(int[] ids, boolean[] trained) {
        return new LabelledTokens(
                ids,
                IntStream.range(0, ids.length)
                        .map(i -> trained[i] ? ids[i] : NOT_TRAINED)
                        .toArray());
    }

    /** Returns tokens that are all learned. */
    public static LabelledTokens all(int[] ids) {
        return new LabelledTokens(ids, ids);
    }

    /** Returns the number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Returns how many tokens are learned. */
    public int trained() {
        return (int) Arrays.stream(labels).filter(label -> label != NOT_TRAINED).count();
    }

    /** Returns the first tokens, {@code maxLength} at most. */
    public LabelledTokens cut(int maxLength) {
        return length() <= maxLength
                ? this
                : new LabelledTokens(Arrays.copyOf(ids, maxLength), Arrays.copyOf(labels, maxLength));
    }
}
