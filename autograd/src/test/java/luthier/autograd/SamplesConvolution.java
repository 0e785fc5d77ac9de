package luthier.autograd;

import static luthier.autograd.GradSamples.normal;

import luthier.autograd.ops.Convolution3dOps;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.PoolingOps;
import luthier.autograd.ops.ResizeOps;
import luthier.autograd.ops.UnfoldOps;
import luthier.tensor.Convolution.Options;
import luthier.tensor.Convolution3d;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Tensor;
import luthier.tensor.Window;

/** Samples of convolutions, pools, windows and resizing. */
final class SamplesConvolution {
    private SamplesConvolution() {}

    static void register() {
        convolutions();
        transposed();
        volumes();
        pools();
        windows();
    }

    private static void convolutions() {
        Options plain = Options.DEFAULT;
        GradSamples.add(
                "conv1d",
                in -> ConvolutionOps.conv1d(in.get(0), in.get(1), in.get(2), plain.padding(0, 0, 2, 1)),
                normal(201, 2, 2, 4),
                normal(202, 3, 2, 3),
                normal(203, 3));
        GradSamples.add(
                "conv1d, strided dilated groups without bias",
                in -> ConvolutionOps.conv1d(
                        in.get(0), in.get(1), plain.stride(2).dilation(2).groups(2)),
                normal(204, 1, 4, 6),
                normal(205, 2, 2, 2));
        GradSamples.add(
                "conv2d",
                in -> ConvolutionOps.conv2d(in.get(0), in.get(1), in.get(2), plain.padding(1)),
                normal(206, 2, 2, 3, 2),
                normal(207, 2, 2, 2, 3),
                normal(208, 2));
        GradSamples.add(
                "conv2d, strided dilated uneven padding",
                in -> ConvolutionOps.conv2d(
                        in.get(0),
                        in.get(1),
                        plain.stride(2, 1).padding(1, 0, 0, 2).dilation(1, 2)),
                normal(209, 1, 1, 4, 4),
                normal(210, 2, 1, 2, 2));
        GradSamples.add(
                "conv2d, depthwise",
                in -> ConvolutionOps.conv2d(
                        in.get(0), in.get(1), plain.groups(2).stride(2)),
                normal(211, 1, 2, 4, 3),
                normal(212, 4, 1, 2, 2));
    }

    private static void transposed() {
        Options plain = Options.DEFAULT;
        GradSamples.add(
                "convTranspose1d",
                in -> ConvolutionOps.convTranspose1d(
                        in.get(0), in.get(1), in.get(2), plain.stride(2).outputPadding(0, 1)),
                normal(213, 2, 2, 3),
                normal(214, 2, 2, 2),
                normal(215, 2));
        GradSamples.add(
                "convTranspose1d, dilated without bias",
                in -> ConvolutionOps.convTranspose1d(
                        in.get(0), in.get(1), plain.dilation(2).padding(0, 0, 1, 0)),
                normal(216, 1, 2, 3),
                normal(217, 2, 1, 2));
        GradSamples.add(
                "convTranspose2d",
                in -> ConvolutionOps.convTranspose2d(
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        plain.stride(2).padding(1).outputPadding(1, 0)),
                normal(218, 1, 2, 2, 3),
                normal(219, 2, 2, 3, 2),
                normal(220, 2));
        GradSamples.add(
                "convTranspose2d, groups",
                in -> ConvolutionOps.convTranspose2d(
                        in.get(0), in.get(1), plain.groups(2).stride(1, 2).padding(0, 1, 0, 0)),
                normal(221, 1, 4, 2, 2),
                normal(222, 4, 1, 2, 2));
    }

    private static void volumes() {
        Convolution3d.Options plain = Convolution3d.Options.DEFAULT;
        GradSamples.add(
                "conv3d",
                in -> Convolution3dOps.conv3d(in.get(0), in.get(1), in.get(2), plain.padding(1, 0, 1)),
                normal(231, 2, 2, 3, 2, 2),
                normal(232, 2, 2, 2, 2, 3),
                normal(233, 2));
        GradSamples.add(
                "conv3d, strided dilated groups without bias",
                in -> Convolution3dOps.conv3d(
                        in.get(0),
                        in.get(1),
                        plain.stride(2, 1, 2).dilation(2, 1, 1).padding(1, 1, 0).groups(2)),
                normal(234, 1, 2, 4, 2, 3),
                normal(235, 2, 1, 2, 2, 2));
        GradSamples.add(
                "convTranspose3d",
                in -> Convolution3dOps.convTranspose3d(
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        plain.stride(2, 1, 2).padding(1, 0, 0).outputPadding(1, 0, 1)),
                normal(236, 1, 2, 2, 2, 1),
                normal(237, 2, 2, 2, 1, 2),
                normal(238, 2));
        GradSamples.add(
                "convTranspose3d, dilated groups without bias",
                in -> Convolution3dOps.convTranspose3d(
                        in.get(0), in.get(1), plain.dilation(2, 1, 1).groups(2)),
                normal(239, 1, 2, 2, 1, 2),
                normal(240, 2, 1, 2, 2, 1));
    }

    private static void pools() {
        Tensor line = normal(223, 2, 1, 6);
        Tensor plane = normal(224, 2, 4, 5);
        GradSamples.add(
                "maxPool1d",
                in -> squared(PoolingOps.maxPool1d(in.get(0), Window.of(2).stride(1))),
                line);
        GradSamples.add(
                "maxPool2d",
                in -> squared(PoolingOps.maxPool2d(
                        in.get(0), Window.of(2, 3).stride(2).padding(1).ceil(true))),
                plane);
        GradSamples.add(
                "maxPool2d, dilated",
                in -> PoolingOps.maxPool2d(in.get(0), Window.of(2).stride(1).dilation(2)),
                plane);
        GradSamples.add("adaptiveMaxPool1d", in -> squared(PoolingOps.adaptiveMaxPool1d(in.get(0), 4)), line);
        GradSamples.add("adaptiveMaxPool2d", in -> squared(PoolingOps.adaptiveMaxPool2d(in.get(0), 3, 2)), plane);
        GradSamples.add(
                "avgPool1d",
                in -> squared(PoolingOps.avgPool1d(
                        in.get(0), Window.of(3).padding(0, 0, 1, 0).ceil(true), Divisor.INSIDE)),
                line);
        GradSamples.add(
                "avgPool2d",
                in -> squared(PoolingOps.avgPool2d(
                        in.get(0), Window.of(3, 2).stride(2).padding(1).ceil(true), Divisor.PADDED)),
                plane);
        GradSamples.add(
                "avgPool2d, one divisor",
                in -> squared(PoolingOps.avgPool2d(in.get(0), Window.of(2).stride(1), 3)),
                plane);
        GradSamples.add("adaptiveAvgPool1d", in -> squared(PoolingOps.adaptiveAvgPool1d(in.get(0), 4)), line);
        GradSamples.add("adaptiveAvgPool2d", in -> squared(PoolingOps.adaptiveAvgPool2d(in.get(0), 3, 2)), plane);
    }

    private static void windows() {
        Tensor line = normal(225, 2, 2, 4);
        Tensor plane = normal(226, 2, 3, 4);
        GradSamples.add(
                "unfold1d",
                in -> squared(
                        UnfoldOps.unfold1d(in.get(0), Window.of(2).stride(2).padding(0, 0, 1, 1))),
                line);
        GradSamples.add(
                "unfold2d",
                in -> squared(
                        UnfoldOps.unfold2d(in.get(0), Window.of(2).stride(1).padding(1, 0, 0, 1))),
                plane);
        GradSamples.add(
                "fold1d",
                in -> squared(UnfoldOps.fold1d(in.get(0), 5, Window.of(2).stride(1))),
                normal(227, 1, 4, 4));
        GradSamples.add(
                "fold2d",
                in -> squared(UnfoldOps.fold2d(in.get(0), 3, 3, Window.of(2).stride(1))),
                normal(228, 4, 4));
        GradSamples.add("windows", in -> squared(UnfoldOps.windows(in.get(0), 1, 2, 1)), plane);
        GradSamples.add("nearest", in -> squared(ResizeOps.nearest(in.get(0), 4, 3)), plane);
        GradSamples.add("nearestScaled", in -> squared(ResizeOps.nearestScaled(in.get(0), 1.5, 0.6)), plane);
        GradSamples.add("bilinear", in -> squared(ResizeOps.bilinear(in.get(0), 4, 3, true)), plane);
        GradSamples.add("bilinearScaled", in -> squared(ResizeOps.bilinearScaled(in.get(0), 1.5, 0.8, false)), plane);
    }

    /** Keeps the second derivative of a linear operation from being zero. */
    private static Variable squared(Variable y) {
        return y.mul(y);
    }
}
