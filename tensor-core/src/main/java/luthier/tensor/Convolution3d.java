package luthier.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Convolution of volumes and its transpose, in F32 and F64: {@code x [n, in, depth, height, width]}, {@code weight [out, in / groups, slices,
 * rows, columns]}. Made of {@link Convolution}: the slices that a window covers along the depth become channels of planes, which one
 * two-dimensional convolution takes, in one chain of sums an element.
 *
 * <p>All throw {@link ShapeException} for shapes that do not fit one another or the options, an empty axis and a window larger than the padded
 * input, and {@link DTypeException} if types differ or are not floating.
 */
public final class Convolution3d {
    private Convolution3d() {}

    /**
     * How a convolution moves.
     *
     * @param depth stride, padding and dilation along the depth
     * @param plane those along the height and the width, and the groups
     * @param extraDepth output padding of a transposed convolution, slices added to y at the end; ignored by others
     */
    public record Options(Sliding depth, Convolution.Options plane, int extraDepth) {
        /** Stride 1, no padding, one group. */
        public static final Options DEFAULT = new Options(Sliding.UNIT, Convolution.Options.DEFAULT, 0);

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if the output padding is negative
         */
        public Options {
            if (extraDepth < 0) {
                throw new IllegalArgumentException(
                        "convolution: output padding must not be negative; got " + extraDepth + " for the depth");
            }
        }

        /** Returns these options with one stride for all axes. */
        public Options stride(int stride) {
            return stride(stride, stride, stride);
        }

        /** Returns these options with a stride an axis. */
        public Options stride(int alongDepth, int vertical, int horizontal) {
            return new Options(depth.withStride(alongDepth), plane.stride(vertical, horizontal), extraDepth);
        }

        /** Returns these options with the same padding on all six sides. */
        public Options padding(int padding) {
            return padding(padding, padding, padding);
        }

        /** Returns these options with a padding an axis, on both of its sides. */
        public Options padding(int alongDepth, int vertical, int horizontal) {
            return new Options(
                    depth.withPadding(alongDepth, alongDepth),
                    plane.padding(vertical, vertical, horizontal, horizontal),
                    extraDepth);
        }

        /** Returns these options with one distance between taps for all axes. */
        public Options dilation(int dilation) {
            return dilation(dilation, dilation, dilation);
        }

        /** Returns these options with a distance between taps an axis. */
        public Options dilation(int alongDepth, int vertical, int horizontal) {
            return new Options(depth.withDilation(alongDepth), plane.dilation(vertical, horizontal), extraDepth);
        }

        /** Returns these options with this many groups. */
        public Options groups(int count) {
            return new Options(depth, plane.groups(count), extraDepth);
        }

        /** Returns these options with an output padding an axis. */
        public Options outputPadding(int alongDepth, int vertical, int horizontal) {
            return new Options(depth, plane.outputPadding(vertical, horizontal), alongDepth);
        }
    }

    // ---- convolution

    /**
     * Returns y[n, o, l, i, j] = sum over c, q, r, s of weight[o, c, q, r, s] times the number of x that the tap meets, as {@link
     * Convolution#conv2d}: {@code x [n, in, depth, height, width], weight [out, in / groups, slices, rows, columns] -> [n, out, .., .., ..]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3, 1, 1);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Convolution3d.conv3d(x, weight, Convolution3d.Options.DEFAULT); // F32[1, 1, 2, 1, 1][21.0, 32.0]
     * }
     */
    public static Tensor conv3d(Tensor x, Tensor weight, Options options) {
        return forward(x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor conv3d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return forward(x, weight, bias, options);
    }

    private static Tensor forward(Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        String name = "conv3d";
        try {
            return convolve(name, Volume.of(name, x.shape(), weight.shape(), options), x, weight, bias);
        } catch (ShapeException e) {
            ShapeRule rule = ShapeRule.convolution(3, options.plane().groups());
            throw e.of(name, rule, "x, weight, bias", x, weight, bias);
        }
    }

    /**
     * Returns dX of {@link #conv3d}: {@code dY [n, out, .., .., ..] -> [n, in, depth, height, width]}, the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2}, 1, 1, 2, 1, 1);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Shape x = Shape.of(1, 1, 3, 1, 1);
     * Convolution3d.conv3dInputGradient(dY, weight, x, Convolution3d.Options.DEFAULT); // F32[1, 1, 3, 1, 1][1.0, 12.0, 20.0]
     * }
     *
     * @param x the shape of the convolution's input
     */
    public static Tensor conv3dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        String name = "conv3dInputGradient";
        Volume v = Volume.of(name, x, weight.shape(), options);
        Require.gradient(name, dY, v.y());
        return adjoint(name, v, dY, weight, null);
    }

    /**
     * Returns dWeight of {@link #conv3d}: {@code x [n, in, depth, height, width], dY [n, out, .., .., ..] -> [out, in / groups, slices, rows,
     * columns]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3, 1, 1);
     * Tensor dY = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Shape weight = Shape.of(1, 1, 2, 1, 1);
     * Convolution3d.conv3dWeightGradient(x, dY, weight, Convolution3d.Options.DEFAULT); // F32[1, 1, 2, 1, 1][21.0, 32.0]
     * }
     *
     * @param weight the shape of the weight
     */
    public static Tensor conv3dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        String name = "conv3dWeightGradient";
        Volume v = Volume.of(name, x.shape(), weight, options);
        Require.gradient(name, dY, v.y());
        return correlation(name, v, x, dY);
    }

    // ---- transposed

    /**
     * Returns the transposed convolution, the input gradient of {@link #conv3d} with the same weight, as {@link Convolution#convTranspose2d}:
     * {@code x [n, in, depth, height, width], weight [in, out / groups, slices, rows, columns] -> [n, out, .., .., ..]}, with (size - 1) stride -
     * before - after + dilation (taps - 1) + 1 + extra places an axis.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 2, 1, 1);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Convolution3d.convTranspose3d(x, weight, Convolution3d.Options.DEFAULT.stride(2)); // F32[1, 1, 4, 1, 1][1.0, 10.0, 2.0, 20.0]
     * }
     */
    public static Tensor convTranspose3d(Tensor x, Tensor weight, Options options) {
        return transposed(x, weight, null, options);
    }

    /** Returns the same plus {@code bias [out]}, from which every sum starts. */
    public static Tensor convTranspose3d(Tensor x, Tensor weight, Tensor bias, Options options) {
        return transposed(x, weight, bias, options);
    }

    private static Tensor transposed(Tensor x, Tensor weight, @Nullable Tensor bias, Options options) {
        String name = "convTranspose3d";
        try {
            return adjoint(name, Volume.ofTransposed(name, x.shape(), weight.shape(), options), x, weight, bias);
        } catch (ShapeException e) {
            ShapeRule rule = ShapeRule.transposedConvolution(3, options.plane().groups());
            throw e.of(name, rule, "x, weight, bias", x, weight, bias);
        }
    }

    /**
     * Returns dX of a transposed convolution, which is the convolution of dY: {@code dY [n, out, .., .., ..] -> [n, in, depth, height, width]},
     * the shape of x.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3, 1, 1);
     * Tensor weight = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Shape x = Shape.of(1, 1, 2, 1, 1);
     * Convolution3d.convTranspose3dInputGradient(dY, weight, x, Convolution3d.Options.DEFAULT); // F32[1, 1, 2, 1, 1][21.0, 32.0]
     * }
     *
     * @param x the shape of the transposed convolution's input
     */
    public static Tensor convTranspose3dInputGradient(Tensor dY, Tensor weight, Shape x, Options options) {
        String name = "convTranspose3dInputGradient";
        Volume v = Volume.ofTransposed(name, x, weight.shape(), options);
        Require.gradient(name, dY, v.x());
        return convolve(name, v, dY, weight, null);
    }

    /**
     * Returns dWeight of a transposed convolution, the weight gradient of a convolution with x and dY exchanged: {@code x [n, in, depth, height,
     * width], dY [n, out, .., .., ..] -> [in, out / groups, slices, rows, columns]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1);
     * Tensor dY = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3, 1, 1);
     * Shape weight = Shape.of(1, 1, 2, 1, 1);
     * Convolution3d.convTranspose3dWeightGradient(x, dY, weight, Convolution3d.Options.DEFAULT); // F32[1, 1, 2, 1, 1][21.0, 32.0]
     * }
     *
     * @param weight the shape of the weight
     */
    public static Tensor convTranspose3dWeightGradient(Tensor x, Tensor dY, Shape weight, Options options) {
        String name = "convTranspose3dWeightGradient";
        Volume v = Volume.ofTransposed(name, x.shape(), weight, options);
        Require.gradient(name, dY, v.x());
        return correlation(name, v, dY, x);
    }

    // ---- volumes as planes

    /**
     * The shapes of a convolution from x to y, and the convolution of planes that it is made as: {@code slabs [n positions, in taps, height,
     * width], weight [out, in / groups taps, rows, columns] -> [n positions, out, .., ..]}.
     */
    private record Volume(Shape x, Shape weight, Shape y, ConvolutionShape planes, Sliding depth) {
        static Volume of(String name, Shape x, Shape weight, Options options) {
            requireRanks(name, "[out, in / groups, slices, rows, columns]", x, weight);
            ConvolutionShape.requireChannels(name, x, weight, options.plane().groups());
            int positions = options.depth().positions(name, "depth", x.size(2), (int) weight.size(2), false);
            Shape slabs = Shape.of(x.size(0) * positions, x.size(1) * weight.size(2), x.size(3), x.size(4));
            ConvolutionShape planes = ConvolutionShape.of(name, slabs, flat(weight), options.plane());
            slabs.arrayLength(name);
            Shape y = Shape.of(x.size(0), weight.size(0), positions, planes.outHeight(), planes.outWidth());
            return new Volume(x, weight, y, planes, options.depth());
        }

        /** The convolution whose input gradient a transposed one is; its input takes the part of y. */
        static Volume ofTransposed(String name, Shape y, Shape weight, Options options) {
            requireRanks(name, "[in, out / groups, slices, rows, columns]", y, weight);
            ConvolutionShape.requireTransposedChannels(
                    name, y, weight, options.plane().groups());
            if (y.size(2) == 0) {
                throw new ShapeException(name + ": the depth must not be empty; got x " + y);
            }
            long taps = weight.size(2);
            long depth =
                    ConvolutionShape.grown(name, "depth", options.depth(), y.size(2), (int) taps, options.extraDepth());
            Shape flatY = Shape.of(y.size(0) * y.size(2), y.size(1), y.size(3), y.size(4));
            ConvolutionShape planes = ConvolutionShape.ofTransposed(name, flatY, flat(weight), options.plane());
            Shape x = Shape.of(y.size(0), planes.channels() / taps, depth, planes.height(), planes.width());
            x.arrayLength(name);
            return new Volume(x, weight, y, planes, options.depth());
        }

        private static void requireRanks(String name, String form, Shape x, Shape weight) {
            boolean ranks = x.rank() == 5 && weight.rank() == 5;
            if (!ranks || weight.size(0) * weight.size(2) * weight.size(3) * weight.size(4) == 0) {
                throw new ShapeException(name + ": x must be [n, in, depth, height, width] and weight " + form
                        + ", no axis of the weight empty; got x " + x + " and weight " + weight);
            }
        }

        /** The weight's slices as channels. */
        static Shape flat(Shape weight) {
            return Shape.of(weight.size(0), weight.size(1) * weight.size(2), weight.size(3), weight.size(4));
        }

        int taps() {
            return (int) weight.size(2);
        }

        /** What every position covers along the depth of x, as channels of planes of its own. */
        Tensor slabs(Tensor t) {
            int extent = (int) depth.extent(taps());
            Tensor padded = Padding.constant(t, 0, 0, 0, 0, 0, depth.before(), depth.after());
            // With an output padding there are fewer positions than would fit.
            return Unfold.windows(padded, 2, extent, depth.stride())
                    .slice(2, 0, y.size(2))
                    .slice(-1, 0, extent, depth.dilation())
                    .permute(0, 2, 1, 5, 3, 4)
                    .reshape(planes.x().toArray());
        }

        /** Adds up what came from the slabs, the opposite of {@link #slabs}. */
        Tensor fromSlabs(Tensor slabs, Tensor start) {
            Tensor slices = slabs.reshape(x.size(0), y.size(2), x.size(1), taps(), x.size(3), x.size(4))
                    .permute(0, 2, 1, 3, 4, 5)
                    .reshape(x.size(0), x.size(1), y.size(2) * taps(), x.size(3), x.size(4));
            Tensor positions = Creation.arange(0, y.size(2), 1).mul(depth.stride());
            Tensor offsets = Creation.arange(0, taps(), 1).mul(depth.dilation());
            Tensor places = positions.unsqueeze(1).add(offsets).reshape(y.size(2) * taps());
            long padded = x.size(2) + depth.before() + depth.after();
            Tensor sums = start.reshape(1, x.size(1), 1, 1, 1)
                    .expand(Shape.of(x.size(0), x.size(1), padded, x.size(3), x.size(4)));
            return Indexing.indexAdd(sums, 2, places, slices)
                    .slice(2, depth.before(), depth.before() + x.size(2))
                    .contiguous();
        }

        /** The positions of y as planes. */
        Tensor toPlanes(Tensor t) {
            return t.permute(0, 2, 1, 3, 4).reshape(planes.y().toArray());
        }

        Tensor fromPlanes(Tensor t) {
            return t.reshape(y.size(0), y.size(2), y.size(1), y.size(3), y.size(4))
                    .permute(0, 2, 1, 3, 4)
                    .contiguous();
        }
    }

    private static void requireTypes(String name, Tensor a, Tensor b) {
        Require.sameType(name, a, b);
        Require.floating(name, a);
    }

    private static Tensor convolve(String name, Volume v, Tensor x, Tensor weight, @Nullable Tensor bias) {
        requireTypes(name, x, weight);
        Tensor flat = weight.reshape(v.planes().weight().toArray());
        return v.fromPlanes(Convolution.convolve(name, v.planes(), v.slabs(x), flat, bias));
    }

    private static Tensor adjoint(String name, Volume v, Tensor dY, Tensor weight, @Nullable Tensor bias) {
        requireTypes(name, dY, weight);
        Tensor start = Convolution.start(name, dY, bias, (int) v.x().size(1));
        Tensor flat = weight.reshape(v.planes().weight().toArray());
        return v.fromSlabs(Convolution.adjoint(name, v.planes(), v.toPlanes(dY), flat, null), start);
    }

    private static Tensor correlation(String name, Volume v, Tensor x, Tensor dY) {
        requireTypes(name, x, dY);
        return Convolution.correlation(name, v.planes(), v.slabs(x), v.toPlanes(dY))
                .reshape(v.weight().toArray());
    }
}
