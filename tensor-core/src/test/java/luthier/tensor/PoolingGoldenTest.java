package luthier.tensor;

import static luthier.golden.Args.divisor;
import static luthier.golden.Args.divisorOverride;
import static luthier.golden.Args.pair;
import static luthier.golden.Args.window;

import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import luthier.golden.GoldenGradients;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Pools and their gradients against PyTorch's numbers. */
class PoolingGoldenTest {
    private static Tensor average(Tensor x, JsonObject args) {
        return divisorOverride(args)
                .map(number -> Pooling.avgPool2d(x, window(args), number))
                .orElseGet(() -> Pooling.avgPool2d(x, window(args), divisor(args)));
    }

    private static Tensor averageBackward(Tensor dY, Tensor x, JsonObject args) {
        long height = x.size(-2);
        long width = x.size(-1);
        return divisorOverride(args)
                .map(number -> Pooling.avgPool2dBackward(dY, height, width, window(args), number))
                .orElseGet(() -> Pooling.avgPool2dBackward(dY, height, width, window(args), divisor(args)));
    }

    @TestFactory
    Stream<DynamicTest> forward() {
        return Stream.of(
                        GoldenForward.one(
                                "max_pool2d",
                                (in, args) -> Pooling.maxPool2d(in.get("x"), window(args))
                                        .values()),
                        GoldenForward.one("avg_pool2d", (in, args) -> average(in.get("x"), args)),
                        GoldenForward.one("adaptive_avg_pool2d", (in, args) -> {
                            int[] out = pair(args, "output");
                            return Pooling.adaptiveAvgPool2d(in.get("x"), out[0], out[1]);
                        }),
                        GoldenForward.one("adaptive_max_pool2d", (in, args) -> {
                            int[] out = pair(args, "output");
                            return Pooling.adaptiveMaxPool2d(in.get("x"), out[0], out[1])
                                    .values();
                        }))
                .flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return Stream.of(
                        GoldenGradients.of("max_pool2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor at = Pooling.maxPool2d(x, window(args)).indices();
                            return Map.of("x", Pooling.maxPool2dBackward(dY, at, x.size(-2), x.size(-1)));
                        }),
                        GoldenGradients.of(
                                "avg_pool2d", (in, dY, args) -> Map.of("x", averageBackward(dY, in.get("x"), args))),
                        GoldenGradients.of("adaptive_avg_pool2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            return Map.of("x", Pooling.adaptiveAvgPool2dBackward(dY, x.size(-2), x.size(-1)));
                        }),
                        GoldenGradients.of("adaptive_max_pool2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            int[] out = pair(args, "output");
                            Tensor at =
                                    Pooling.adaptiveMaxPool2d(x, out[0], out[1]).indices();
                            return Map.of("x", Pooling.maxPool2dBackward(dY, at, x.size(-2), x.size(-1)));
                        }))
                .flatMap(tests -> tests);
    }
}
