package luthier.tensor;

import static luthier.golden.Args.axes;
import static luthier.golden.Args.axis;
import static luthier.golden.Args.keep;
import static luthier.golden.Args.number;

import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Reductions, scans and orders against PyTorch's numbers. */
class ReductionGoldenTest {
    private interface Reducer {
        Tensor apply(Tensor x, boolean keepDims, int... axes);
    }

    private static Stream<DynamicTest> over(String name, Reducer reducer) {
        return GoldenForward.one(name, (in, args) -> reducer.apply(in.get("x"), keep(args), axes(args)));
    }

    @TestFactory
    Stream<DynamicTest> reductions() {
        return Stream.of(
                        over("sum", Reduction::sum),
                        over("mean", Reduction::mean),
                        over("var_biased", (x, keep, axes) -> Reduction.variance(x, 0, keep, axes)),
                        over("var_unbiased", (x, keep, axes) -> Reduction.variance(x, 1, keep, axes)),
                        over("std_unbiased", (x, keep, axes) -> Reduction.std(x, 1, keep, axes)),
                        over("prod", Reduction::prod),
                        over("max", Reduction::max),
                        over("min", Reduction::min),
                        over("logsumexp", Softmax::logSumExp),
                        over("norm_l1", (x, keep, axes) -> Norms.norm(x, 1, keep, axes)),
                        over("norm_l2", Norms::norm))
                .flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> indices() {
        return Stream.concat(
                GoldenForward.all("argmax", (in, args) -> arguments(in.get("x"), args)),
                GoldenForward.all("max_with_index", (in, args) -> {
                    boolean keepDims = args.find("keepdim").isPresent() && keep(args);
                    Reduction.WithIndex found = Reduction.maxWithIndex(in.get("x"), axis(args), keepDims);
                    return Map.of("values", found.values(), "indices", found.indices());
                }));
    }

    private static Map<String, Tensor> arguments(Tensor x, JsonObject args) {
        if (args.get("axes") instanceof JsonNull) {
            long[] sizes = new long[keep(args) ? x.rank() : 0];
            java.util.Arrays.fill(sizes, 1);
            return Map.of(
                    "argmax",
                    Reduction.argmax(x).reshape(sizes),
                    "argmin",
                    Reduction.argmin(x).reshape(sizes));
        }
        int axis = axes(args)[0];
        return Map.of("argmax", Reduction.argmax(x, axis, keep(args)), "argmin", Reduction.argmin(x, axis, keep(args)));
    }

    @TestFactory
    Stream<DynamicTest> orders() {
        return Stream.of(
                        GoldenForward.one("cumsum", (in, args) -> Scan.cumsum(in.get("x"), axis(args))),
                        GoldenForward.all("sort", (in, args) -> {
                            boolean descending = args.get("descending").asBoolean();
                            return sorted(Sorting.sort(in.get("x"), axis(args), descending));
                        }),
                        GoldenForward.all("topk", (in, args) -> {
                            boolean largest = args.get("largest").asBoolean();
                            int k = args.get("k").asInt();
                            return sorted(Sorting.topk(in.get("x"), k, (int) number(args, "axis", -1), largest));
                        }))
                .flatMap(tests -> tests);
    }

    private static Map<String, Tensor> sorted(Sorting.Sorted found) {
        return Map.of("values", found.values(), "indices", found.indices());
    }

    @TestFactory
    Stream<DynamicTest> softmax() {
        return Stream.concat(
                GoldenForward.one("softmax", (in, args) -> Softmax.softmax(in.get("x"), axis(args))),
                GoldenForward.one("log_softmax", (in, args) -> Softmax.logSoftmax(in.get("x"), axis(args))));
    }
}
