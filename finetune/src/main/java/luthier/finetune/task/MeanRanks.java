package luthier.finetune.task;

import java.util.Arrays;
import java.util.Comparator;

/** Ranks from 1, equal values all of the mean of their places; 0 and -0 are equal. */
final class MeanRanks {
    private MeanRanks() {}

    static double[] of(double[] values) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        // Adding 0 makes -0 a 0.
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i] + 0.0));
        double[] ranks = new double[values.length];
        int start = 0;
        while (start < order.length) {
            int end = start + 1;
            while (end < order.length && values[order[end]] == values[order[start]]) {
                end++;
            }
            double mean = (start + 1 + end) / 2.0;
            for (int i = start; i < end; i++) {
                ranks[order[i]] = mean;
            }
            start = end;
        }
        return ranks;
    }
}
