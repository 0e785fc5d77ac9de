package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Rows;
import org.jspecify.annotations.Nullable;

/**
 * Convolution (cross-correlation, as in all of deep learning), its transpose and their gradients, in F32 and F64. Numbers lie
 * channels first: {@code x [n, in, height, width]}, {@code weight [out, in / groups, rows, columns]}; one-dimensional ones leave the
 * height out and read the width's options alone.
 *
 * <p>Padding counts as zeros; where an infinite weight meets it, F32 gives NaN and F64 leaves it out. Every sum is taken in one fixed order, whatever the threads. A batch of 0 gives a batch of 0. The transposed convolution is the
 * input gradient of the convolution and the other way round, so gradients of any order stay inside this family; Dumoulin and Visin
 * 2016, arXiv:1603.07285.
 *
 * <p>All throw {@link ShapeException} for shapes that do not fit one another or the options, an empty height or width and a window larger
 * than the padded input, and {@link DTypeException} if types differ or are not floating.
 */
public final class Convolution {
    private Convolution() {}

    /**
     * How a convolution moves.
     *
     * @param height stride, padding and dilation along the height
     * @param width stride, padding and dilation along the width
     * @param groups parts into which channels are divided, each convolved on its own; as many as channels: depthwise
     * @param extraHeight output padding of a transposed convolution: rows added to y at the bottom, which choose one of the
     *     heights that a convolution maps to x's; ignored by others
     * @param extraWidth the same for columns at the right
     */
    public record Options(Sliding height, Sliding width, int groups, int extraHeight, int extraWidth) {
        /** Stride 1, no padding, one group. */
        public static final Options DEFAULT = new Options(Sliding.UNIT, Sliding.UNIT, 1, 0, 0);

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if there is no group or the output padding is negative
         */
        public Options {
            if (groups < 1) {
                throw new IllegalArgumentException("convolution: groups must be at least 1; got " + groups);
            }
            if (extraHeight < 0 || extraWidth < 0) {
                throw new IllegalArgumentException(
                        "convolution: output padding must not be negative; got " + extraHeight + " and " + extraWidth);
            }
        }

        /** Returns these options with one stride for both axes. */
        public Options stride(int stride) {
            return stride(stride, stride);
        }

        /** Returns these options with a stride an axis. */
        public Options stride(int vertical, int horizontal) {
            return new Options(
                    height.withStride(vertical), width.withStride(horizontal), groups, extraHeight, extraWidth);
        }

        /** Returns these options with the same padding on all four sides. */
        public Options padding(int padding) {
            return padding(padding, padding, padding, padding);
        }

        /** Returns these options with a padding a side. */
        public Options padding(int top, int bottom, int left, int right) {
            return new Options(
                    height.withPadding(top, bottom), width.withPadding(left, right), groups, extraHeight, extraWidth);
        }

        /** Returns these options with one distance between taps for both axes. */
        public Options dilation(int dilation) {
            return dilation(dilation, dilation);
        }

        /** Returns these options with a distance between taps an axis. */
        public Options dilation(int vertical, int horizontal) {
            return new Options(
                    height.withDilation(vertical), width.withDilation(horizontal), groups, extraHeight, extraWidth);
        }

        /** Returns these options with this many groups. */
        public Options groups(int count) {
            return new Options(height, width, count, extraHeight, extraWidth);
        }

        /** Returns these options with an output padding an axis. */
        public Options outputPadding(int vertical, int horizontal) {
            return new Options(height, width, groups, vertical, horizontal);
        }

        /** The same along the width alone. */
        private Options flat() {
            return new Options(Sliding.UNIT, width, groups, 0, extraWidth);
        }
    }

    // ---- convolution

    /**
     * Returns y[n, o, i] = sum over c, t of weight[o, c, t] x[n, c, i stride - before + t dilation]: {@code x [n, in, length],
     * weight [out, in / groups, taps] -> [n, out, positions]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
     * Tensor weight = Tensor.of(new float[] {1, 1}, 1, 1, 2);
     * Convolution.conv1d(x, weight, Convolution.Options.DEFAULT); // F32[1, 1, 3][3.0, 5.0, 7.0]
     * }
     */
    public static Tensor conv1d(Tensor x, Tensor weight, Options options) {
        return forward1d(x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor conv1d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return forward1d(x, weight, bias, options);
    }

    /**
     * Returns y[n, o, i, j] = sum over c, r, s of weight[o, c, r, s] x[n, c, i stride - top + r dilation, j stride - left + s
     * dilation]: {@code x [n, in, height, width], weight [out, in / groups, rows, columns] -> [n, out, .., ..]}, with
     * floor((size + before + after - dilation (taps - 1) - 1) / stride) + 1 positions an axis.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Tensor sum = Tensor.ones(DType.F32, 1, 1, 3, 3);
     * Convolution.conv2d(x, sum, Convolution.Options.DEFAULT.padding(1)); // F32[1, 1, 2, 2][10.0, 10.0, 10.0, 10.0]
     * }
     */
    public static Tensor conv2d(Tensor x, Tensor weight, Options options) {
        return forward("conv2d", x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return forward("conv2d", x, weight, bias, options);
    }

    private static Tensor forward(String name, Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        try {
            return convolve(name, ConvolutionShape.of(name, x.shape(), weight.shape(), options), x, weight, bias);
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.convolution(2, options.groups()), "x, weight, bias", x, weight, bias);
        }
    }

    private static Tensor forward1d(Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        String name = "conv1d";
        try {
            return unlift(forward(name, lift(name, x), lift(name, weight), bias, options.flat()));
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.convolution(1, options.groups()), "x, weight, bias", x, weight, bias);
        }
    }

    static Tensor convolve(String name, ConvolutionShape s, Tensor x, Tensor weight, @Nullable Tensor bias) {
        Require.sameType(name, x, weight);
        Require.floating(name, x);
        Tensor start = start(name, x, bias, s.outChannels());
        Tensor from = x.contiguous();
        Tensor w = weight.contiguous();
        Tensor y = Tensor.zeros(x.dtype(), s.y());
        if (x.dtype() == DType.F64) {
            fill(y.doubles(), start.toDoubleArray(), s.outHeight() * s.outWidth());
            ConvolutionDouble.forward(s, from.doubles(), from.offset(), w.doubles(), w.offset(), y.doubles());
        } else {
            ConvolutionFloat.forward(
                    s, from.floats(), from.offset(), w.floats(), w.offset(), start.toFloatArray(), y.floats());
        }
        return y;
    }

    static Tensor start(String name, Tensor x, @Nullable Tensor bias, int channels) {
        if (bias == null) {
            return Tensor.zeros(x.dtype(), channels);
        }
        Require.sameType(name, x, bias);
        if (!bias.shape().equals(Shape.of(channels))) {
            throw new ShapeException(name + ": the bias must be [out] = [" + channels + "]; got " + bias.shape());
        }
        return bias;
    }

    private static void fill(double[] y, double[] start, int plane) {
        for (int at = 0, channel = 0; at < y.length; at += plane, channel++) {
            Arrays.fill(y, at, at + plane, start[channel % start.length]);
        }
    }

    /**
     * Returns dX[n, c, h] = sum of weight[o, c, t] dY[n, o, i] over all o, t, i with i stride - before + t dilation = h:
     * {@code dY [n, out, positions] -> [n, in, length]}, the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2}, 1, 1, 2);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2);
     * Convolution.conv1dInputGradient(dY, weight, Shape.of(1, 1, 3), Convolution.Options.DEFAULT); // F32[1, 1, 3][1.0, 12.0, 20.0]
     * }
     */
    public static Tensor conv1dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        String name = "conv1dInputGradient";
        return unlift(inputGradient(name, lift(name, dY), lift(name, weight), lift(name, x), options.flat()));
    }

    /**
     * Returns dX[n, c, h, w] = sum of weight[o, c, r, s] dY[n, o, i, j] over all o and all taps and positions that meet (h, w):
     * {@code dY [n, out, .., ..] -> [n, in, height, width]}, the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.ones(DType.F32, 1, 1, 2, 2);
     * Tensor weight = Tensor.ones(DType.F32, 1, 1, 1, 2);
     * Convolution.conv2dInputGradient(dY, weight, Shape.of(1, 1, 2, 3), Convolution.Options.DEFAULT); // F32[1, 1, 2, 3][1.0, 2.0, 1.0, 1.0, 2.0, 1.0]
     * }
     *
     * @param x the shape of the convolution's input
     */
    public static Tensor conv2dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        return inputGradient("conv2dInputGradient", dY, weight, x, options);
    }

    private static Tensor inputGradient(String name, Tensor dY, Tensor weight, Shape x, Options options) {
        ConvolutionShape s = ConvolutionShape.of(name, x, weight.shape(), options);
        Require.gradient(name, dY, s.y());
        return adjoint(name, s, dY, weight, null);
    }

    static Tensor adjoint(String name, ConvolutionShape s, Tensor dY, Tensor weight, @Nullable Tensor bias) {
        Require.sameType(name, dY, weight);
        Require.floating(name, dY);
        Tensor start = start(name, dY, bias, s.channels());
        Tensor d = dY.contiguous();
        Tensor w = weight.contiguous();
        Tensor dX = Tensor.zeros(dY.dtype(), s.x());
        if (dY.dtype() == DType.F64) {
            fill(dX.doubles(), start.toDoubleArray(), s.height() * s.width());
            ConvolutionDouble.inputGradient(s, d.doubles(), d.offset(), w.doubles(), w.offset(), dX.doubles());
        } else {
            ConvolutionFloat.inputGradient(
                    s, d.floats(), d.offset(), w.floats(), w.offset(), start.toFloatArray(), dX.floats());
        }
        return dX;
    }

    /**
     * Returns dWeight[o, c, t] = sum over n, i of dY[n, o, i] x[n, c, i stride - before + t dilation]: {@code x [n, in, length],
     * dY [n, out, positions] -> [out, in / groups, taps]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Tensor dY = Tensor.of(new float[] {1, 10}, 1, 1, 2);
     * Convolution.conv1dWeightGradient(x, dY, Shape.of(1, 1, 2), Convolution.Options.DEFAULT); // F32[1, 1, 2][21.0, 32.0]
     * }
     */
    public static Tensor conv1dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        String name = "conv1dWeightGradient";
        return unlift(weightGradient(name, lift(name, x), lift(name, dY), lift(name, weight), options.flat()));
    }

    /**
     * Returns dWeight[o, c, r, s] = sum over n, i, j of dY[n, o, i, j] times the number of x that the tap meets there: {@code x [n,
     * in, height, width], dY [n, out, .., ..] -> [out, in / groups, rows, columns]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Tensor dY = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1);
     * Convolution.conv2dWeightGradient(x, dY, Shape.of(1, 1, 1, 2), Convolution.Options.DEFAULT); // F32[1, 1, 1, 2][31.0, 42.0]
     * }
     *
     * @param weight the shape of the weight
     */
    public static Tensor conv2dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        return weightGradient("conv2dWeightGradient", x, dY, weight, options);
    }

    private static Tensor weightGradient(String name, Tensor x, Tensor dY, Shape weight, Options options) {
        ConvolutionShape s = ConvolutionShape.of(name, x.shape(), weight, options);
        Require.gradient(name, dY, s.y());
        return correlation(name, s, x, dY);
    }

    static Tensor correlation(String name, ConvolutionShape s, Tensor x, Tensor dY) {
        Require.sameType(name, x, dY);
        Require.floating(name, x);
        Tensor from = x.contiguous();
        Tensor d = dY.contiguous();
        Tensor dW = Tensor.zeros(x.dtype(), s.weight());
        if (x.dtype() == DType.F64) {
            ConvolutionDouble.weightGradient(s, from.doubles(), from.offset(), d.doubles(), d.offset(), dW.doubles());
        } else {
            ConvolutionFloat.weightGradient(s, from.floats(), from.offset(), d.floats(), d.offset(), dW.floats());
        }
        return dW;
    }

    /**
     * Returns dBias[o] = sum of dY over all but axis 1: {@code dY [n, out, ..] -> [out]}, for convolutions and transposed ones alike; planes
     * are summed first, then images in order.
     *
     * {@snippet :
     * Convolution.biasGradient(Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2)); // F32[2][3.0, 7.0]
     * }
     */
    public static Tensor biasGradient(Tensor dY) {
        Require.floating("biasGradient", dY);
        ShapeRule.planes(2).require(() -> "biasGradient: dY must be [n, out, ..]; got " + dY.shape(), "dY", dY);
        int images = (int) dY.size(0);
        int channels = (int) dY.size(1);
        Tensor d = dY.contiguous();
        int plane = images == 0 || channels == 0 ? 0 : (int) (dY.elementCount() / images / channels);
        Tensor result = Tensor.zeros(dY.dtype(), channels);
        Reduction.forRows(channels, images * plane, channel -> {
            for (int image = 0; image < images; image++) {
                int at = d.offset() + (image * channels + channel) * plane;
                if (dY.dtype() == DType.F32) {
                    result.floats()[channel] += Rows.sum(d.floats(), at, plane);
                } else {
                    for (int i = at; i < at + plane; i++) {
                        result.doubles()[channel] += d.doubles()[i];
                    }
                }
            }
        });
        return result;
    }

    // ---- transposed

    /**
     * Returns y[n, o, i stride - before + t dilation] += weight[c, o, t] x[n, c, i] over all c, t, i: {@code x [n, in, length], weight
     * [in, out / groups, taps] -> [n, out, (length - 1) stride - before - after + dilation (taps - 1) + 1 + extraWidth]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 2);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2);
     * Convolution.convTranspose1d(x, weight, Convolution.Options.DEFAULT.stride(2)); // F32[1, 1, 4][1.0, 10.0, 2.0, 20.0]
     * }
     */
    public static Tensor convTranspose1d(Tensor x, Tensor weight, Options options) {
        return transposed1d(x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor convTranspose1d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return transposed1d(x, weight, bias, options);
    }

    /**
     * Returns the transposed convolution, the input gradient of {@link #conv2d} with the same weight: {@code x [n, in, height,
     * width], weight [in, out / groups, rows, columns] -> [n, out, .., ..]}, with (size - 1) stride - before - after + dilation
     * (taps - 1) + 1 + extra places an axis.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 1, 2);
     * Tensor weight = Tensor.ones(DType.F32, 1, 1, 2, 2);
     * Convolution.convTranspose2d(x, weight, Convolution.Options.DEFAULT); // F32[1, 1, 2, 3][1.0, 3.0, 2.0, 1.0, 3.0, 2.0]
     * }
     */
    public static Tensor convTranspose2d(Tensor x, Tensor weight, Options options) {
        return transposed("convTranspose2d", x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor convTranspose2d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return transposed("convTranspose2d", x, weight, bias, options);
    }

    private static Tensor transposed(String name, Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        try {
            ConvolutionShape s = ConvolutionShape.ofTransposed(name, x.shape(), weight.shape(), options);
            return adjoint(name, s, x, weight, bias);
        } catch (ShapeException e) {
            ShapeRule rule = ShapeRule.transposedConvolution(2, options.groups());
            throw e.of(name, rule, "x, weight, bias", x, weight, bias);
        }
    }

    private static Tensor transposed1d(Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        String name = "convTranspose1d";
        try {
            return unlift(transposed(name, lift(name, x), lift(name, weight), bias, options.flat()));
        } catch (ShapeException e) {
            ShapeRule rule = ShapeRule.transposedConvolution(1, options.groups());
            throw e.of(name, rule, "x, weight, bias", x, weight, bias);
        }
    }

    /**
     * Returns dX of a transposed convolution, which is the convolution of dY: {@code dY [n, out, length'], weight [in, out / groups,
     * taps] -> [n, in, length]}, the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2);
     * Convolution.convTranspose1dInputGradient(dY, weight, Shape.of(1, 1, 2), Convolution.Options.DEFAULT); // F32[1, 1, 2][21.0, 32.0]
     * }
     */
    public static Tensor convTranspose1dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        String name = "convTranspose1dInputGradient";
        return unlift(transposedInputGradient(name, lift(name, dY), lift(name, weight), lift(name, x), options.flat()));
    }

    /**
     * Returns dX of a transposed convolution, which is the convolution of dY: {@code dY [n, out, .., ..], weight [in, out / groups,
     * rows, columns] -> [n, in, height, width]}, the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.ones(DType.F32, 1, 1, 2, 2);
     * Tensor weight = Tensor.ones(DType.F32, 1, 1, 2, 2);
     * Convolution.convTranspose2dInputGradient(dY, weight, Shape.of(1, 1, 1, 1), Convolution.Options.DEFAULT); // F32[1, 1, 1, 1][4.0]
     * }
     *
     * @param x the shape of the transposed convolution's input
     */
    public static Tensor convTranspose2dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        return transposedInputGradient("convTranspose2dInputGradient", dY, weight, x, options);
    }

    private static Tensor transposedInputGradient(String name, Tensor dY, Tensor weight, Shape x, Options options) {
        ConvolutionShape s = ConvolutionShape.ofTransposed(name, x, weight.shape(), options);
        Require.gradient(name, dY, s.x());
        // With an output padding there are fewer positions than would fit.
        return convolve(name, s, dY, weight, null);
    }

    /**
     * Returns dWeight of a transposed convolution: {@code x [n, in, length], dY [n, out, length'] -> [in, out / groups, taps]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 10}, 1, 1, 2);
     * Tensor dY = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Convolution.convTranspose1dWeightGradient(x, dY, Shape.of(1, 1, 2), Convolution.Options.DEFAULT); // F32[1, 1, 2][21.0, 32.0]
     * }
     */
    public static Tensor convTranspose1dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        String name = "convTranspose1dWeightGradient";
        return unlift(
                transposedWeightGradient(name, lift(name, x), lift(name, dY), lift(name, weight), options.flat()));
    }

    /**
     * Returns dWeight of a transposed convolution, the weight gradient of a convolution with x and dY exchanged: {@code x [n, in,
     * height, width], dY [n, out, .., ..] -> [in, out / groups, rows, columns]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {2}, 1, 1, 1, 1);
     * Tensor dY = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Convolution.convTranspose2dWeightGradient(x, dY, Shape.of(1, 1, 2, 2), Convolution.Options.DEFAULT); // F32[1, 1, 2, 2][2.0, 4.0, 6.0, 8.0]
     * }
     *
     * @param weight the shape of the weight
     */
    public static Tensor convTranspose2dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        return transposedWeightGradient("convTranspose2dWeightGradient", x, dY, weight, options);
    }

    private static Tensor transposedWeightGradient(String name, Tensor x, Tensor dY, Shape weight, Options options) {
        ConvolutionShape s = ConvolutionShape.ofTransposed(name, x.shape(), weight, options);
        Require.gradient(name, dY, s.x());
        return correlation(name, s, dY, x);
    }

    // ---- one dimension as a height of 1

    private static Tensor lift(String name, Tensor t) {
        lift(name, t.shape());
        return t.unsqueeze(2);
    }

    private static Shape lift(String name, Shape shape) {
        if (shape.rank() != 3) {
            throw new ShapeException(
                    name + ": x, weight and gradients must have three axes, [n, channels, length]; got " + shape);
        }
        return Shape.of(shape.size(0), shape.size(1), 1, shape.size(2));
    }

    private static Tensor unlift(Tensor t) {
        return t.reshape(t.size(0), t.size(1), t.size(3));
    }
}
