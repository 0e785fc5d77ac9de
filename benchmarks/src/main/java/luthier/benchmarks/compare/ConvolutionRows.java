package luthier.benchmarks.compare;

import java.util.List;
import luthier.tensor.Convolution;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Two-dimensional convolutions of ResNet, four pictures at once, without bias. */
final class ConvolutionRows {
    private static final int PICTURES = 4;
    private static final List<Goal> GOALS = List.of(new Goal.TimesLibtorch(0.8));

    private ConvolutionRows() {}

    /** All rows. */
    static List<Workload> rows() {
        return List.of(
                conv(3, 64, 224, 7, 2),
                conv(64, 64, 56, 3, 1).inQuick(),
                conv(64, 256, 56, 1, 1),
                conv(128, 128, 28, 3, 1),
                conv(256, 256, 14, 3, 1),
                conv(256, 512, 28, 1, 2),
                conv(512, 512, 7, 3, 1));
    }

    /** {@code in} channels of {@code size x size} to {@code out} channels, padded to keep the size. */
    private static Workload conv(int in, int out, int size, int kernel, int stride) {
        int padding = kernel / 2;
        int outputs = (size + 2 * padding - kernel) / stride + 1;
        double flops = 2.0 * PICTURES * outputs * outputs * out * in * kernel * kernel;
        String name =
                "conv2d " + in + "->" + out + " " + kernel + "x" + kernel + "/" + stride + " on " + size + "x" + size;
        return new Workload("convolution", name, flops, 0, GOALS, false, () -> {
            Tensor x = Rng.of(1).normal(DType.F32, Shape.of(PICTURES, in, size, size), 0, 1);
            Tensor weight = Rng.of(2).normal(DType.F32, Shape.of(out, in, kernel, kernel), 0, 0.05);
            Convolution.Options options =
                    Convolution.Options.DEFAULT.stride(stride).padding(padding);
            return Workload.Prepared.of(
                    Task.of(() -> Convolution.conv2d(x, weight, options)),
                    TorchScript.of(
                            "out = torch.conv2d(x, w, None, [%1$d, %1$d], [%2$d, %2$d])".formatted(stride, padding),
                            Operand.of("x", x),
                            Operand.of("w", weight)));
        });
    }
}
