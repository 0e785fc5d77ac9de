package luthier.tensor;

import luthier.tensor.Convolution.Options;

/**
 * The sizes of a convolution from x {@code [batch, channels, height, width]} with a weight {@code [outChannels, channels /
 * groups, rows, columns]} to y {@code [batch, outChannels, outHeight, outWidth]}. A transposed convolution is described by the convolution
 * whose input gradient it is.
 */
record ConvolutionShape(
        int batch,
        int channels,
        int height,
        int width,
        int outChannels,
        int rows,
        int columns,
        int outHeight,
        int outWidth,
        Options options) {

    /** Checks everything at the door of a convolution. */
    static ConvolutionShape of(String name, Shape x, Shape weight, Options options) {
        requireRanks(name, "x must be [n, in, height, width] and weight [out, in / groups, rows, columns]", x, weight);
        requireChannels(name, x, weight, options.groups());
        int rows = (int) weight.size(2);
        int columns = (int) weight.size(3);
        int outHeight = options.height().positions(name, "height", x.size(2), rows, false);
        int outWidth = options.width().positions(name, "width", x.size(3), columns, false);
        Shape.of(x.size(0), weight.size(0), outHeight, outWidth).arrayLength(name);
        return new ConvolutionShape(
                (int) x.size(0),
                (int) x.size(1),
                (int) x.size(2),
                (int) x.size(3),
                (int) weight.size(0),
                rows,
                columns,
                outHeight,
                outWidth,
                options);
    }

    /** Checks everything at the door of a transposed convolution, whose input takes the part of y. */
    static ConvolutionShape ofTransposed(String name, Shape y, Shape weight, Options options) {
        requireRanks(name, "x must be [n, in, height, width] and weight [in, out / groups, rows, columns]", y, weight);
        requireTransposedChannels(name, y, weight, options.groups());
        if (y.size(2) == 0 || y.size(3) == 0) {
            throw new ShapeException(name + ": height and width must not be empty; got x " + y);
        }
        int rows = (int) weight.size(2);
        int columns = (int) weight.size(3);
        long channels = weight.size(1) * options.groups();
        long height = grown(name, "height", options.height(), y.size(2), rows, options.extraHeight());
        long width = grown(name, "width", options.width(), y.size(3), columns, options.extraWidth());
        Shape.of(y.size(0), channels, height, width).arrayLength(name);
        return new ConvolutionShape(
                (int) y.size(0),
                (int) channels,
                (int) height,
                (int) width,
                (int) y.size(1),
                rows,
                columns,
                (int) y.size(2),
                (int) y.size(3),
                options);
    }

    /** Requires that a weight {@code [out, in / groups, ..]} takes the channels of x {@code [n, in, ..]}. */
    static void requireChannels(String name, Shape x, Shape weight, int groups) {
        long channels = x.size(1);
        if (channels % groups != 0 || weight.size(0) % groups != 0) {
            throw new ShapeException(name + ": groups must divide the channels; got " + channels + " in, "
                    + weight.size(0) + " out and " + groups + " groups");
        }
        if (weight.size(1) != channels / groups) {
            throw new ShapeException(name + ": the weight must take in / groups = " + channels / groups
                    + " channels; got x " + x + ", weight " + weight + " and " + groups + " groups");
        }
    }

    /** Requires that a transposed convolution's weight {@code [in, out / groups, ..]} takes the channels of x {@code [n, in, ..]}. */
    static void requireTransposedChannels(String name, Shape x, Shape weight, int groups) {
        if (x.size(1) != weight.size(0) || x.size(1) % groups != 0) {
            throw new ShapeException(name + ": x and weight must agree in their input channels, which the groups"
                    + " divide; got x " + x + ", weight " + weight + " and " + groups + " groups");
        }
    }

    static long grown(String name, String axis, Sliding sliding, long size, int taps, int extra) {
        if (extra >= sliding.stride() && extra >= sliding.dilation()) {
            throw new ShapeException(name + ": output padding must be below the stride or the dilation; got " + extra
                    + " for the " + axis + " with stride " + sliding.stride() + " and dilation " + sliding.dilation());
        }
        long grown = (size - 1) * sliding.stride() + sliding.extent(taps) - sliding.before() - sliding.after() + extra;
        if (grown < 1) {
            throw new ShapeException(name + ": the padding must leave some " + axis + "; got " + grown + " from size "
                    + size + ", " + taps + " taps and padding " + sliding.before() + " + " + sliding.after());
        }
        if (grown + sliding.before() + sliding.after() > Layout.MAX_ARRAY) {
            throw new ShapeException(
                    name + ": the padded " + axis + " must be at most " + Layout.MAX_ARRAY + "; got " + grown + " + "
                            + sliding.before() + " + " + sliding.after() + "; use a smaller stride or dilation");
        }
        return grown;
    }

    private static void requireRanks(String name, String rule, Shape x, Shape weight) {
        boolean ranks = x.rank() == 4 && weight.rank() == 4;
        if (!ranks || weight.size(2) == 0 || weight.size(3) == 0 || weight.size(0) == 0) {
            throw new ShapeException(
                    name + ": " + rule + ", no axis of the weight empty; got x " + x + " and weight " + weight);
        }
    }

    int groups() {
        return options.groups();
    }

    int groupChannels() {
        return channels / options.groups();
    }

    int groupOut() {
        return outChannels / options.groups();
    }

    int taps() {
        return rows * columns;
    }

    Shape x() {
        return Shape.of(batch, channels, height, width);
    }

    Shape y() {
        return Shape.of(batch, outChannels, outHeight, outWidth);
    }

    Shape weight() {
        return Shape.of(outChannels, groupChannels(), rows, columns);
    }
}
