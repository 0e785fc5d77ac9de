package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Medians and quartiles: a busy machine makes means worthless. */
final class Statistics {
    private Statistics() {}

    /**
     * A median and the quartiles around it.
     *
     * @param low the lower quartile
     * @param high the upper quartile
     */
    record Spread(double median, double low, double high) {
        /** Half the distance between the quartiles. */
        double half() {
            return (high - low) / 2;
        }
    }

    /**
     * The median and the quartiles, interpolated between neighbours.
     *
     * @throws IllegalArgumentException if there are no values
     */
    static Spread spread(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("spread: needs at least one value; got none");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Spread(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75));
    }

    /**
     * The ratio of two contenders: each round's values are divided first, since both met the same noise, and the median taken
     * then.
     *
     * @throws IllegalArgumentException if the numbers of rounds differ or are 0
     */
    static Spread ratio(List<Double> numerators, List<Double> denominators) {
        if (numerators.size() != denominators.size()) {
            throw new IllegalArgumentException(
                    "ratio: both must have the same rounds; got " + numerators.size() + " and " + denominators.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < numerators.size(); i++) {
            ratios.add(numerators.get(i) / denominators.get(i));
        }
        return spread(ratios);
    }

    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
