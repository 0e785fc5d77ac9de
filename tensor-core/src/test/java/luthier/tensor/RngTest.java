package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import luthier.tensor.kernel.NormalNumbers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RngTest {
    private static final int N = 100_000;
    /** The Kolmogorov-Smirnov distance that one sample of N in a thousand exceeds. */
    private static final double KS = 1.95 / Math.sqrt(N);

    private static final Rng RNG = Rng.of(2026);
    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.set(threads);
    }

    private static double distance(Tensor sample, DoubleUnaryOperator cdf) {
        double[] x = sample.toDoubleArray();
        Arrays.sort(x);
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double p = cdf.applyAsDouble(x[i]);
            worst = Math.max(worst, Math.max(p - (double) i / x.length, (i + 1.0) / x.length - p));
        }
        return worst;
    }

    private static void assertMoments(double mean, double variance, Tensor sample) {
        double[] x = sample.toDoubleArray();
        double m = Arrays.stream(x).average().orElseThrow();
        double v = Arrays.stream(x).map(a -> (a - m) * (a - m)).average().orElseThrow();
        assertEquals(mean, m, 4 * Math.sqrt(variance / x.length));
        assertEquals(variance, v, 0.03 * variance);
    }

    @Test
    void distributionsAreWhatTheyAreCalled() {
        Shape n = Shape.of(N);
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            Tensor uniform = RNG.uniform(dtype, n, -1, 3);
            assertTrue(distance(uniform, x -> (x + 1) / 4) < KS);
            assertMoments(1, 16 / 12.0, uniform);
            Tensor normal = RNG.normal(dtype, n, 2, 3);
            assertTrue(distance(normal, x -> NormalNumbers.cdf((x - 2) / 3)) < KS);
            assertMoments(2, 9, normal);
            Tensor exponential = RNG.exponential(dtype, n, 2);
            assertTrue(distance(exponential, x -> 1 - StrictMath.exp(-2 * x)) < KS);
            assertMoments(0.5, 0.25, exponential);
            Tensor gumbel = RNG.gumbel(dtype, n);
            assertTrue(distance(gumbel, x -> StrictMath.exp(-StrictMath.exp(-x))) < KS);
            assertMoments(0.5772156649, Math.PI * Math.PI / 6, gumbel);
        }
    }

    @Test
    void truncatedNormalsStayInside() {
        double[][] bounds = {{-2, 2}, {0.5, Double.POSITIVE_INFINITY}, {-9, -8}, {8, 9}, {-0.1, 0.1}};
        for (double[] b : bounds) {
            Tensor x = RNG.truncatedNormal(DType.F64, Shape.of(N), 1, 2, 1 + 2 * b[0], 1 + 2 * b[1]);
            double[] sorted = x.toDoubleArray();
            Arrays.sort(sorted);
            assertTrue(sorted[0] >= 1 + 2 * b[0] && sorted[N - 1] <= 1 + 2 * b[1]);
            // Mirrored where the interval lies in the upper tail, whose probabilities are close to 1.
            double sign = b[0] > 0 ? -1 : 1;
            double low = NormalNumbers.cdf(sign > 0 ? b[0] : -b[1]);
            double high = NormalNumbers.cdf(sign > 0 ? b[1] : -b[0]);
            Tensor lowerTail = x.add(Tensor.scalar(-1.0)).mul(sign / 2);
            assertTrue(distance(lowerTail, z -> (NormalNumbers.cdf(z) - low) / (high - low)) < KS);
        }
    }

    @Test
    void everyElementHasAnAddress() {
        Tensor normal = RNG.normal(DType.F64, Shape.of(50_000), 1, 2);
        Tensor uniform = RNG.uniform(DType.F64, Shape.of(3, 50_000), 0, 1);
        for (int i : new int[] {0, 1, 511, 512, 16_383, 16_384, 49_999}) {
            assertEquals(1 + 2 * RNG.normal(i), normal.get(i));
            assertEquals(RNG.uniform(100_000 + i), uniform.get(2, i));
        }
        Tensor prefix = RNG.normal(DType.F64, Shape.of(1000), 1, 2);
        assertTrue(prefix.bitEquals(normal.slice(0, 0, 1000)));
    }

    @Test
    void threadsChangeNoBit() {
        Threads.set(1);
        List<Tensor> one = all();
        Threads.set(3);
        List<Tensor> three = all();
        for (int i = 0; i < one.size(); i++) {
            assertTrue(one.get(i).bitEquals(three.get(i)), "sample " + i);
        }
    }

    private static List<Tensor> all() {
        Shape n = Shape.of(70_001);
        return List.of(
                RNG.uniform(DType.F32, n, 0, 1),
                RNG.normal(DType.F32, n, 0, 1),
                RNG.truncatedNormal(DType.F32, n, 0, 1, -2, 2),
                RNG.bernoulli(n, 0.3),
                RNG.bernoulli(RNG.uniform(DType.F32, n, 0, 1)),
                RNG.integers(n, -5, 5),
                RNG.multinomial(Tensor.ones(DType.F32, 50, 20), 10, false),
                RNG.multinomial(Tensor.ones(DType.F32, 50, 20), 10, true));
    }

    @Test
    void uniformNumbersStayBelowTheUpperBound() {
        // With u = 1 - 2^-53 both formulas round up to the bound; F32 does so for one u in 2^25.
        double largest = 0;
        float[] x = RNG.uniform(DType.F32, Shape.of(1 << 22), 0, Math.nextUp(1f) - 1f)
                .toFloatArray();
        for (float value : x) {
            largest = Math.max(largest, value);
        }
        assertTrue(largest < Math.nextUp(1f) - 1f);
        Tensor two = RNG.uniform(DType.F32, Shape.of(10_000), 1, Math.nextUp(1f));
        for (float value : two.toFloatArray()) {
            assertEquals(1f, value);
        }
    }

    @Test
    void bernoulliAndIntegersHaveTheirFrequencies() {
        assertMoments(0.3, 0.21, RNG.bernoulli(Shape.of(N), 0.3).to(DType.F64));
        Tensor p = Tensor.of(new double[] {0, 0.25, 1}, 3).expand(Shape.of(N, 3));
        Tensor drawn = RNG.bernoulli(p).to(DType.F64);
        assertEquals(0, drawn.select(1, 0).sum().item());
        assertMoments(0.25, 0.1875, drawn.select(1, 1));
        assertEquals(N, drawn.select(1, 2).sum().item());
        Tensor dice = RNG.integers(Shape.of(N), 1, 7).to(DType.F64);
        assertMoments(3.5, 35 / 12.0, dice);
        Tensor wide = RNG.integers(Shape.of(100), Long.MIN_VALUE, Long.MAX_VALUE);
        assertNotEquals(wide.select(0, 0).longItem(), wide.select(0, 1).longItem());
    }

    @Test
    void multinomialFollowsTheWeights() {
        double[] weights = {1, 0, 3, 4};
        Tensor rows = Tensor.of(weights, 4).mul(1e300).expand(Shape.of(2, 4));
        long[] with = RNG.multinomial(rows, N / 2, true).toLongArray();
        Tensor many = Tensor.of(weights, 4).mul(1e-300).expand(Shape.of(N, 4));
        Tensor without = RNG.multinomial(many, 3, false);
        long[] first = without.select(1, 0).toLongArray();
        for (int i = 0; i < 4; i++) {
            int wanted = i;
            double share = weights[i] / 8;
            double deviation = 4 * Math.sqrt(share * (1 - share) / N);
            assertEquals(share, Arrays.stream(with).filter(k -> k == wanted).count() / (double) N, deviation);
            assertEquals(share, Arrays.stream(first).filter(k -> k == wanted).count() / (double) N, deviation);
        }
        // After 3 of 4 are drawn without replacement, each positive weight came once.
        for (long[] row : List.of(
                without.select(0, 0).toLongArray(), without.select(0, N - 1).toLongArray())) {
            Arrays.sort(row);
            assertEquals("[0, 2, 3]", Arrays.toString(row));
        }
        // Second after 3 (weight 4): 0 or 2 in proportion 1 to 3.
        long after = 0;
        long twos = 0;
        for (int i = 0; i < N; i++) {
            if (first[i] == 3) {
                after++;
                twos += without.get(i, 1) == 2 ? 1 : 0;
            }
        }
        assertEquals(0.75, twos / (double) after, 0.01);
    }

    @Test
    void permutationsHoldEverythingOnce() {
        int[] order = RNG.permutation(1000);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            assertEquals(i, sorted[i]);
        }
        assertEquals(0, RNG.permutation(0).length);
        int[] firsts = new int[4];
        for (int i = 0; i < 40_000; i++) {
            firsts[RNG.split(i).permutation(4)[0]]++;
        }
        for (int count : firsts) {
            assertEquals(10_000, count, 400);
        }
    }

    @Test
    void streamsAreIndependentOfOneAnother() {
        double[] a = RNG.split("a").normal(DType.F64, Shape.of(N), 0, 1).toDoubleArray();
        for (Rng other : List.of(
                RNG, RNG.split("b"), RNG.split(0), RNG.split(1), RNG.split("a").split("a"))) {
            double[] b = other.normal(DType.F64, Shape.of(N), 0, 1).toDoubleArray();
            double sum = 0;
            for (int i = 0; i < N; i++) {
                sum += a[i] * b[i];
            }
            assertEquals(0, sum / N, 4 / Math.sqrt(N));
        }
        assertEquals(RNG.split("a").bits(3), Rng.of(2026).split("a").bits(3));
        assertNotEquals(RNG.split("").bits(0), RNG.bits(0));
        assertNotEquals(RNG.split("a\0").bits(0), RNG.split("a").bits(0));
    }

    @Test
    void emptyAndSingle() {
        assertEquals("F32[2, 0][]", RNG.normal(DType.F32, Shape.of(2, 0), 0, 1).toString());
        assertEquals("[]", RNG.uniform(DType.F64, Shape.of(), 0, 1).shape().toString());
        assertEquals(
                "[0, 3]",
                RNG.multinomial(Tensor.zeros(DType.F32, 0, 2), 3, true).shape().toString());
        assertEquals(
                "[2, 0]",
                RNG.multinomial(Tensor.zeros(DType.F32, 2, 2), 0, false).shape().toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        Shape one = Shape.of(1);
        assertEquals(
                "normal: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> RNG.normal(DType.I64, one, 0, 1))
                        .getMessage());
        assertEquals(
                "uniform: bounds must be finite, low not above high; got [1.0, 0.0]",
                assertThrows(IllegalArgumentException.class, () -> RNG.uniform(DType.F32, one, 1, 0))
                        .getMessage());
        assertEquals(
                "normal: std must not be negative; got [0.0, -1.0]",
                assertThrows(IllegalArgumentException.class, () -> RNG.normal(DType.F32, one, 0, -1))
                        .getMessage());
        assertEquals(
                "truncatedNormal: the normal must have weight between the bounds; got [0.0, 1.0, 50.0, 60.0]",
                assertThrows(IllegalArgumentException.class, () -> RNG.truncatedNormal(DType.F32, one, 0, 1, 50, 60))
                        .getMessage());
        assertEquals(
                "bernoulli: the probability must be in [0, 1]; got [NaN]",
                assertThrows(IllegalArgumentException.class, () -> RNG.bernoulli(one, Double.NaN))
                        .getMessage());
        assertEquals(
                "integers: low must be below high; got 3 and 3",
                assertThrows(IllegalArgumentException.class, () -> RNG.integers(one, 3, 3))
                        .getMessage());
        Tensor weights = Tensor.of(new float[] {1, 0}, 2);
        assertEquals(
                "multinomial: needs at least 2 positive weights in a row; got 1 in row 0; draw fewer or with replacement",
                assertThrows(IllegalArgumentException.class, () -> RNG.multinomial(weights, 2, false))
                        .getMessage());
        assertEquals(
                "multinomial: weights must be finite and not negative; got -1.0 in row 0",
                assertThrows(IllegalArgumentException.class, () -> RNG.multinomial(weights.mul(-1), 1, true))
                        .getMessage());
    }

    @Test
    void permutationsAreOfSomething() {
        assertEquals(
                "permutation: the count must not be negative; got -1",
                assertThrows(IllegalArgumentException.class, () -> Rng.of(1).permutation(-1))
                        .getMessage());
    }
}
