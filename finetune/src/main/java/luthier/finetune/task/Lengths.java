package luthier.finetune.task;

import java.util.Arrays;

/**
 * How long rows are, in tokens, and how many the length limit cuts.
 *
 * @param rows their number
 * @param median half of the rows are at most this long; between two middle ones their mean
 * @param percentile95 the least length that 95 % of the rows do not exceed
 * @param longest the longest row
 * @param limit tokens a row may have
 * @param cut rows that are longer than the limit; a row of exactly the limit is not
 */
public record Lengths(int rows, double median, int percentile95, int longest, int limit, int cut) {
    /**
     * Measures rows.
     *
     * @throws IllegalArgumentException without rows, for a negative length or a limit below 1
     */
    public static Lengths of(int[] lengths, int limit) {
        if (lengths.length == 0 || limit < 1) {
            throw new IllegalArgumentException("lengths: at least one row and a limit of at least 1 are needed; got "
                    + lengths.length + " rows and " + limit);
        }
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        if (sorted[0] < 0) {
            throw new IllegalArgumentException("lengths: must not be negative; got " + sorted[0]);
        }
        int n = sorted.length;
        double median = ((double) sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        long place = (95L * n + 99) / 100;
        int cut = (int) Arrays.stream(sorted).filter(length -> length > limit).count();
        return new Lengths(n, median, sorted[(int) place - 1], sorted[n - 1], limit, cut);
    }

    /** Returns one line for people: {@code tokens a row: median 7.5, 95 % at most 200, longest 200; 1 of 10 rows cut at 16}. */
    @Override
    public String toString() {
        String middle = median == Math.rint(median) ? String.valueOf((long) median) : String.valueOf(median);
        return "tokens a row: median " + middle + ", 95 % at most " + percentile95 + ", longest " + longest + "; "
                + (cut == 0 ? "none cut at " + limit : cut + " of " + rows + " rows cut at " + limit);
    }
}
