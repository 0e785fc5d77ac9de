package luthier.tensor;

import java.util.Comparator;
import java.util.stream.IntStream;
import luthier.tensor.kernel.Parallel;

/** Draws of indices by weight, a row of weights at a time. */
final class Multinomial {
    private final Rng rng;
    private final double[] weights;
    private final int n;
    private final int count;
    private final long[] drawn;

    private Multinomial(Rng rng, double[] weights, int n, int count, long[] drawn) {
        this.rng = rng;
        this.weights = weights;
        this.n = n;
        this.count = count;
        this.drawn = drawn;
    }

    static Tensor draw(Rng rng, Tensor weights, int count, boolean replacement) {
        Require.floating("multinomial", weights);
        if (weights.rank() == 0) {
            throw new ShapeException("multinomial: the weights need an axis to draw from; got a tensor of rank 0");
        }
        if (count < 0) {
            throw new IllegalArgumentException("multinomial: the count must not be negative; got " + count);
        }
        int n = (int) weights.size(-1);
        double[] values = weights.toDoubleArray();
        long[] sizes = weights.shape().toArray();
        sizes[sizes.length - 1] = count;
        Shape shape = Shape.of(sizes);
        long[] drawn = (long[]) Creation.allocate(DType.I64, shape, "multinomial");
        int rows = count == 0 ? 0 : drawn.length / count;
        for (int row = 0; row < rows; row++) {
            requireWeights(values, row, n, count, replacement);
        }
        Multinomial draws = new Multinomial(rng, values, n, count, drawn);
        Parallel.run(rows, row -> {
            if (replacement) {
                draws.independent(row);
            } else {
                draws.race(row);
            }
        });
        return Tensor.wrap(drawn, shape);
    }

    private static void requireWeights(double[] weights, int row, int n, int count, boolean replacement) {
        int positive = 0;
        for (int i = row * n; i < (row + 1) * n; i++) {
            if (!(weights[i] >= 0) || Double.isInfinite(weights[i])) {
                throw new IllegalArgumentException(
                        "multinomial: weights must be finite and not negative; got " + weights[i] + " in row " + row);
            }
            positive += weights[i] > 0 ? 1 : 0;
        }
        int needed = replacement ? 1 : count;
        if (positive < needed) {
            throw new IllegalArgumentException(
                    "multinomial: needs at least " + needed + " positive weights in a row; got " + positive + " in row "
                            + row + (replacement ? "" : "; draw fewer or with replacement"));
        }
    }

    /** The first index whose running sum passes u times the total; one of weight 0 never does. */
    private void independent(int row) {
        // Scaled by the largest, so that the sum is finite.
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, weights[row * n + i]);
        }
        double[] sums = new double[n];
        double sum = 0;
        int last = 0;
        for (int i = 0; i < n; i++) {
            double share = weights[row * n + i] / largest;
            sum += share;
            sums[i] = sum;
            last = share > 0 ? i : last;
        }
        for (int j = 0; j < count; j++) {
            double target = rng.uniform((long) row * count + j) * sum;
            int low = 0;
            int high = last;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (sums[middle] > target) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            drawn[row * count + j] = low;
        }
    }

    /** Exponential arrival times with the weights as rates: who comes first is drawn first. Efraimidis and Spirakis 2006. */
    private void race(int row) {
        double[] times = new double[n];
        for (int i = 0; i < n; i++) {
            double u = Rng.open(rng.bits((long) row * n + i));
            double weight = weights[row * n + i];
            // Logarithms, so that tiny weights do not all arrive at infinity.
            times[i] = weight == 0
                    ? Double.POSITIVE_INFINITY
                    : StrictMath.log(-StrictMath.log(u)) - StrictMath.log(weight);
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> times[i]).thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
        for (int j = 0; j < count; j++) {
            drawn[row * count + j] = order[j];
        }
    }
}
