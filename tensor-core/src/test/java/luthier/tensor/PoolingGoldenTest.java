package luthier.tensor;

import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.Args;
import luthier.golden.GoldenForward;
import luthier.golden.GoldenGradients;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Pools and their gradients against PyTorch's numbers. */
class PoolingGoldenTest {
    private static int[] pair(JsonObject args, String name, int... otherwise) {
        int[] given = args.find(name)
                .filter(value -> value instanceof JsonNumber || value instanceof JsonValue.JsonArray)
                .map(value -> value instanceof JsonNumber number ? new int[] {number.asInt()} : Args.integers(value))
                .orElse(otherwise);
        return given.length == 1 ? new int[] {given[0], given[0]} : given;
    }

    private static Window window(JsonObject args) {
        int[] taps = pair(args, "k", 1);
        int[] stride = pair(args, "stride", taps);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        return Window.of(taps[0], taps[1])
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .ceil(args.find("ceil_mode").map(JsonValue::asBoolean).orElse(false));
    }

    private static Divisor divisor(JsonObject args) {
        return args.find("count_include_pad").map(JsonValue::asBoolean).orElse(true) ? Divisor.PADDED : Divisor.INSIDE;
    }

    private static int override(JsonObject args) {
        return pair(args, "divisor_override", 0)[0];
    }

    private static Tensor average(Tensor x, JsonObject args) {
        return override(args) == 0
                ? Pooling.avgPool2d(x, window(args), divisor(args))
                : Pooling.avgPool2d(x, window(args), override(args));
    }

    private static Tensor averageBackward(Tensor dY, Tensor x, JsonObject args) {
        return override(args) == 0
                ? Pooling.avgPool2dBackward(dY, x.size(-2), x.size(-1), window(args), divisor(args))
                : Pooling.avgPool2dBackward(dY, x.size(-2), x.size(-1), window(args), override(args));
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
