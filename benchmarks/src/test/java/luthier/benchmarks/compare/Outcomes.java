package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import luthier.benchmarks.compare.ContenderProcess.Turn;
import luthier.benchmarks.compare.Statistics.Spread;

/** An outcome with known numbers: a product at 50 % of the peak and 0.8 times libtorch, and a row that meets its goal. */
final class Outcomes {
    private Outcomes() {}

    static Comparison.Outcome known() {
        Workload product = new Workload(
                "matmul",
                "matmul NN 100x100x100",
                2e6,
                0,
                List.of(new Goal.TimesLibtorch(1.05), new Goal.PercentOfPeak(85)),
                true,
                () -> {
                    throw new AssertionError("must not be prepared");
                });
        Workload tiny = new Workload("tiny", "add 8", 0, 8, List.of(new Goal.Nanoseconds(60)), true, product.prepare());
        Plan plan = new Plan(
                List.of("luthier", "libtorch"), List.of(product, tiny), List.of(1), 1, 2, 40, 300, Plan.Clock.WALL);
        List<RowResult> rows = new ArrayList<>();
        rows.add(new RowResult(
                product,
                1,
                Plan.Clock.WALL,
                List.of(
                        Map.of("luthier", new Turn(20_000, 19_000), "libtorch", new Turn(16_000, 15_000)),
                        Map.of("luthier", new Turn(20_000, 19_000), "libtorch", new Turn(16_000, 15_000)))));
        rows.add(new RowResult(tiny, 1, Plan.Clock.WALL, List.of(Map.of("luthier", new Turn(40, 40)))));
        return new Comparison.Outcome(
                plan,
                rows,
                new TreeMap<>(Map.of(1, new Spread(200, 190, 210))),
                Map.of("luthier", "SIMD kernels"),
                List.of("openblas: not on the class path"));
    }
}
