package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions do not care where an axis lies, nor sums in how many parts they are taken. */
class ReductionLawsTest {
    private interface Over {
        Tensor apply(Tensor x, int... axes);
    }

    private static final Map<String, Over> REDUCTIONS = new LinkedHashMap<>();
    private static final Set<String> EXACT = Set.of("max", "min", "countNonZero", "norm inf");

    static {
        REDUCTIONS.put("sum", (x, axes) -> Reduction.sum(x, false, axes));
        REDUCTIONS.put("mean", (x, axes) -> Reduction.mean(x, false, axes));
        REDUCTIONS.put("variance", (x, axes) -> Reduction.variance(x, 1, false, axes));
        REDUCTIONS.put("std", (x, axes) -> Reduction.std(x, 0, false, axes));
        REDUCTIONS.put("prod", (x, axes) -> Reduction.prod(x, false, axes));
        REDUCTIONS.put("max", (x, axes) -> Reduction.max(x, false, axes));
        REDUCTIONS.put("min", (x, axes) -> Reduction.min(x, false, axes));
        REDUCTIONS.put("logSumExp", (x, axes) -> Softmax.logSumExp(x, false, axes));
        REDUCTIONS.put("norm", (x, axes) -> Norms.norm(x, false, axes));
        REDUCTIONS.put("norm 1", (x, axes) -> Norms.norm(x, 1, false, axes));
        REDUCTIONS.put("norm inf", (x, axes) -> Norms.norm(x, Double.POSITIVE_INFINITY, false, axes));
        REDUCTIONS.put("countNonZero", (x, axes) -> Counting.countNonZero(x, false, axes));
    }

    static Stream<String> reductions() {
        return REDUCTIONS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("reductions")
    void axesMayBePermuted(String name) {
        Tensor x = Rng.of(8).normal(DType.F32, Shape.of(4, 70, 19), 0, 1);
        int[] order = {2, 0, 1};
        Tensor permuted = x.permute(order).copy();
        for (int[] places : new int[][] {{0}, {1}, {2}, {0, 2}, {1, 2}, {0, 1}}) {
            int[] axes = new int[places.length];
            for (int i = 0; i < axes.length; i++) {
                axes[i] = order[places[i]];
            }
            Tensor expected = REDUCTIONS.get(name).apply(x, axes);
            Tensor got = REDUCTIONS.get(name).apply(permuted, places);
            // What is left of three axes keeps its order, except that 2 comes before 0 and 1.
            if (places.length == 1 && places[0] != 0) {
                got = got.transpose(0, 1);
            }
            assertEquals(expected.shape(), got.shape());
            close(expected, got, EXACT.contains(name) ? 0 : 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void sumsMayBeSplit(int axis) {
        Tensor x = Rng.of(9).normal(DType.F32, Shape.of(301, 613), 3, 1);
        List<Tensor> parts = Joining.split(x, axis, 100, 1, x.size(axis) - 101);
        Tensor sum = Tensor.scalar(0f);
        Tensor largest = Tensor.scalar(Float.NEGATIVE_INFINITY);
        for (Tensor part : parts) {
            sum = Elementwise.add(sum, Reduction.sum(part, false, axis));
            largest = Selection.maximum(largest, Reduction.max(part, false, axis));
        }
        close(Reduction.sum(x, false, axis), sum, 1e-6);
        close(Reduction.max(x, false, axis), largest, 0);
        close(Reduction.sum(x), Reduction.sum(Reduction.sum(x, false, axis)), 1e-6);
        Tensor running = Scan.cumsum(x, axis).select(axis, -1);
        close(Reduction.sum(x, false, axis), running, 1e-5);
    }

    private static void close(Tensor expected, Tensor got, double tolerance) {
        double[] e = expected.toDoubleArray();
        double[] g = got.toDoubleArray();
        assertEquals(e.length, g.length);
        for (int i = 0; i < e.length; i++) {
            double bound = tolerance * Math.max(1, Math.abs(e[i]));
            assertTrue(Math.abs(e[i] - g[i]) <= bound, i + ": must be " + e[i] + "; got " + g[i]);
        }
    }
}
