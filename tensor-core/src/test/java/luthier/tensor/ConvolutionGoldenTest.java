package luthier.tensor;

import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.Args;
import luthier.golden.GoldenForward;
import luthier.golden.GoldenGradients;
import luthier.tensor.Convolution.Options;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Convolutions and their gradients against PyTorch's numbers. */
class ConvolutionGoldenTest {
    /** An argument for both axes: a number, a list of one or a list of two, or what stands where it is missing. */
    private static int[] pair(JsonObject args, String name, int otherwise) {
        int[] given = args.find(name)
                .map(value -> value instanceof JsonNumber number ? new int[] {number.asInt()} : Args.integers(value))
                .orElse(new int[] {otherwise});
        return given.length == 1 ? new int[] {given[0], given[0]} : given;
    }

    private static Options options(JsonObject args) {
        int[] stride = pair(args, "stride", 1);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        int[] extra = pair(args, "output_padding", 0);
        return Options.DEFAULT
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .outputPadding(extra[0], extra[1])
                .groups(args.find("groups").map(JsonValue::asInt).orElse(1));
    }

    @TestFactory
    Stream<DynamicTest> forward() {
        return Stream.of(
                        GoldenForward.one("conv1d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.conv1d(x, w, in.get("bias"), options(args))
                                    : Convolution.conv1d(x, w, options(args));
                        }),
                        GoldenForward.one("conv2d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.conv2d(x, w, in.get("bias"), options(args))
                                    : Convolution.conv2d(x, w, options(args));
                        }),
                        GoldenForward.one("conv_transpose2d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.convTranspose2d(x, w, in.get("bias"), options(args))
                                    : Convolution.convTranspose2d(x, w, options(args));
                        }))
                .flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return Stream.of(
                        GoldenGradients.of("conv1d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return Map.of(
                                    "x", Convolution.conv1dInputGradient(dY, w, x.shape(), options(args)),
                                    "weight", Convolution.conv1dWeightGradient(x, dY, w.shape(), options(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }),
                        GoldenGradients.of("conv2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return Map.of(
                                    "x", Convolution.conv2dInputGradient(dY, w, x.shape(), options(args)),
                                    "weight", Convolution.conv2dWeightGradient(x, dY, w.shape(), options(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }),
                        GoldenGradients.of("conv_transpose2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return Map.of(
                                    "x", Convolution.convTranspose2dInputGradient(dY, w, x.shape(), options(args)),
                                    "weight",
                                            Convolution.convTranspose2dWeightGradient(x, dY, w.shape(), options(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }))
                .flatMap(tests -> tests);
    }
}
