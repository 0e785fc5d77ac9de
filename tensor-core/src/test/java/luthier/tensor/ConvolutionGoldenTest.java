package luthier.tensor;

import static luthier.golden.Args.convolution;

import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import luthier.golden.GoldenGradients;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Convolutions and their gradients against PyTorch's numbers. */
class ConvolutionGoldenTest {
    @TestFactory
    Stream<DynamicTest> forward() {
        return Stream.of(
                        GoldenForward.one("conv1d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.conv1d(x, w, in.get("bias"), convolution(args))
                                    : Convolution.conv1d(x, w, convolution(args));
                        }),
                        GoldenForward.one("conv2d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.conv2d(x, w, in.get("bias"), convolution(args))
                                    : Convolution.conv2d(x, w, convolution(args));
                        }),
                        GoldenForward.one("conv_transpose2d", (in, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return in.containsKey("bias")
                                    ? Convolution.convTranspose2d(x, w, in.get("bias"), convolution(args))
                                    : Convolution.convTranspose2d(x, w, convolution(args));
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
                                    "x", Convolution.conv1dInputGradient(dY, w, x.shape(), convolution(args)),
                                    "weight", Convolution.conv1dWeightGradient(x, dY, w.shape(), convolution(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }),
                        GoldenGradients.of("conv2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return Map.of(
                                    "x", Convolution.conv2dInputGradient(dY, w, x.shape(), convolution(args)),
                                    "weight", Convolution.conv2dWeightGradient(x, dY, w.shape(), convolution(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }),
                        GoldenGradients.of("conv_transpose2d", (in, dY, args) -> {
                            Tensor x = in.get("x");
                            Tensor w = in.get("weight");
                            return Map.of(
                                    "x", Convolution.convTranspose2dInputGradient(dY, w, x.shape(), convolution(args)),
                                    "weight",
                                            Convolution.convTranspose2dWeightGradient(
                                                    x, dY, w.shape(), convolution(args)),
                                    "bias", Convolution.biasGradient(dY));
                        }))
                .flatMap(tests -> tests);
    }
}
