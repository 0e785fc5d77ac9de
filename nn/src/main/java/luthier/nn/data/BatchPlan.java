package luthier.nn.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import luthier.tensor.Rng;

/**
 * The batches of one pass over a data set: for each, in order, the indices of its examples. A position in the plan is the
 * number of a batch, so a pass can be taken up anywhere. Immutable.
 */
public final class BatchPlan implements Iterable<int[]> {
    private static final int POOL_BATCHES = 50;

    private final List<int[]> batches;
    private final long realTokens;
    private final long paddedTokens;

    private BatchPlan(List<int[]> batches, int[] lengths) {
        this.batches = List.copyOf(batches);
        long real = 0;
        long padded = 0;
        for (int[] batch : this.batches) {
            long longest = 0;
            for (int example : batch) {
                real += lengths[example];
                longest = Math.max(longest, lengths[example]);
            }
            padded += longest * batch.length;
        }
        this.realTokens = real;
        this.paddedTokens = padded;
    }

    /**
     * Returns the plan of an evaluation: all examples from the shortest to the longest, equal ones in their own order.
     * Nothing is random.
     *
     * @param lengths the number of tokens of every example
     * @param batchSize examples per batch; the last batch may be smaller
     * @throws IllegalArgumentException if {@code batchSize} is below 1 or a length is negative
     */
    public static BatchPlan sorted(int[] lengths, int batchSize) {
        check(lengths, batchSize);
        int[] examples = new int[lengths.length];
        Arrays.setAll(examples, i -> i);
        sortByLength(examples, 0, examples.length, lengths);
        return new BatchPlan(cut(examples, 0, examples.length, batchSize), lengths);
    }

    /**
     * Returns the plan of a training epoch: examples shuffled, cut into pools of 50 batches, sorted by length inside a pool so
     * that a batch holds examples of like length, and the batches shuffled.
     *
     * @param lengths the number of tokens of every example
     * @param batchSize examples per batch; one batch is smaller if they do not divide evenly
     * @param rng the stream of this epoch
     * @throws IllegalArgumentException if {@code batchSize} is below 1 or a length is negative
     */
    public static BatchPlan shuffled(int[] lengths, int batchSize, Rng rng) {
        check(lengths, batchSize);
        int[] examples = rng.split("examples").permutation(lengths.length);
        int pool = (int) Math.min(Integer.MAX_VALUE, (long) POOL_BATCHES * batchSize);
        for (int start = 0; start < examples.length; start += pool) {
            sortByLength(examples, start, Math.min(examples.length - start, pool) + start, lengths);
        }
        List<int[]> inOrder = cut(examples, 0, examples.length, batchSize);
        int[] order = rng.split("batches").permutation(inOrder.size());
        return new BatchPlan(Arrays.stream(order).mapToObj(inOrder::get).toList(), lengths);
    }

    /** Returns the number of batches. */
    public int size() {
        return batches.size();
    }

    /**
     * Returns the indices of the examples of a batch.
     *
     * @throws IndexOutOfBoundsException if there is no such batch
     */
    public int[] batch(int index) {
        return batches.get(index).clone();
    }

    @Override
    public Iterator<int[]> iterator() {
        return batches.stream().map(int[]::clone).iterator();
    }

    /** Returns the number of tokens of all examples. */
    public long realTokens() {
        return realTokens;
    }

    /** Returns the number of tokens of all batches once every example is as long as the longest of its batch. */
    public long paddedTokens() {
        return paddedTokens;
    }

    private static void check(int[] lengths, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batches: the batch size must be at least 1; got " + batchSize);
        }
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] < 0) {
                throw new IllegalArgumentException(
                        "batches: lengths must not be negative; got " + lengths[i] + " for example " + i);
            }
        }
    }

    /** Sorts {@code examples[from, to)} by length; of equal lengths the order stays. */
    private static void sortByLength(int[] examples, int from, int to, int[] lengths) {
        long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) lengths[examples[from + i]] << 32 | i;
        }
        Arrays.sort(keys);
        int[] sorted = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            sorted[i] = examples[from + (int) keys[i]];
        }
        System.arraycopy(sorted, 0, examples, from, sorted.length);
    }

    /** Cuts {@code examples[from, to)} into batches; the last may be smaller. */
    private static List<int[]> cut(int[] examples, int from, int to, int batchSize) {
        List<int[]> batches = new ArrayList<>();
        int start = from;
        while (start < to) {
            int end = Math.min(to - start, batchSize) + start;
            batches.add(Arrays.copyOfRange(examples, start, end));
            start = end;
        }
        return batches;
    }
}
