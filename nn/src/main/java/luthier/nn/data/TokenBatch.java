package luthier.nn.data;

import java.util.Arrays;
import java.util.List;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Token sequences padded at their ends to the length {@code T} of the longest.
 *
 * @param ids I64 {@code [B, T]}, the padding id after the end of a sequence
 * @param mask BOOL {@code [B, T]}, true where a token is real
 * @param labels I64 {@code [B]}
 * @param lengths the number of real tokens of each of the {@code B} sequences
 */
public record TokenBatch(Tensor ids, Tensor mask, Tensor labels, int[] lengths) {
    /** The label of an example that has none; cross-entropy skips it. */
    public static final long UNLABELLED = -100;

    /**
     * Pads sequences to one length.
     *
     * @param sequences the token ids of each example
     * @param labels one label per sequence
     * @param padId the id to fill up with
     * @throws ShapeException if there is no sequence, a sequence is empty, or there is not one label per sequence
     */
    public static TokenBatch of(int[][] sequences, int[] labels, int padId) {
        if (labels.length != sequences.length) {
            throw new ShapeException("batch: every sequence needs one label; got " + sequences.length
                    + " sequences and " + labels.length + " labels");
        }
        return pad(sequences, Arrays.stream(labels).asLongStream().toArray(), padId);
    }

    /**
     * Pads sequences without labels, for inference: every label is {@link #UNLABELLED}.
     *
     * @throws ShapeException if there is no sequence or a sequence is empty
     */
    public static TokenBatch unlabelled(int[][] sequences, int padId) {
        long[] labels = new long[sequences.length];
        Arrays.fill(labels, UNLABELLED);
        return pad(sequences, labels, padId);
    }

    /**
     * Collects some examples of a data set and pads them to one length.
     *
     * @param sequences the token ids of every example of the data set
     * @param labels one label per example of the data set
     * @param examples the indices of the examples to collect, such as a batch of a {@link BatchPlan}
     * @param padId the id to fill up with
     * @throws ShapeException if there is no example or a sequence is empty
     * @throws IndexOutOfBoundsException if an index is not in the data set
     */
    public static TokenBatch gather(List<int[]> sequences, int[] labels, int[] examples, int padId) {
        int[][] chosen = new int[examples.length][];
        long[] chosenLabels = new long[examples.length];
        for (int i = 0; i < examples.length; i++) {
            chosen[i] = sequences.get(examples[i]);
            chosenLabels[i] = labels[examples[i]];
        }
        return pad(chosen, chosenLabels, padId);
    }

    private static TokenBatch pad(int[][] sequences, long[] labels, int padId) {
        int[] lengths = new int[sequences.length];
        Arrays.setAll(lengths, i -> sequences[i].length);
        if (lengths.length == 0) {
            throw new ShapeException("batch: there must be at least one sequence; got none");
        }
        int longest = Arrays.stream(lengths).max().orElseThrow();
        Shape shape = Shape.of(lengths.length, longest);
        long[] ids = new long[Math.toIntExact(shape.elementCount())];
        byte[] mask = new byte[ids.length];
        Arrays.fill(ids, padId);
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] == 0) {
                throw new ShapeException(
                        "batch: every sequence must have at least one token; got none in sequence " + i);
            }
            int row = i * longest;
            for (int t = 0; t < lengths[i]; t++) {
                ids[row + t] = sequences[i][t];
            }
            Arrays.fill(mask, row, row + lengths[i], (byte) 1);
        }
        return new TokenBatch(
                Tensor.wrap(ids, shape),
                Tensor.wrap(mask, shape),
                Tensor.wrap(labels, Shape.of(labels.length)),
                lengths);
    }

    /** Returns the number of sequences, {@code B}. */
    public int size() {
        return lengths.length;
    }
}
