package luthier.tensor;

import java.util.List;

/**
 * Windows laid out side by side (im2col) and added back (col2im), in F32 and F64. The second is the gradient of the first and the other way
 * round. Leading axes may be empty, the sliding ones not.
 *
 * <p>A {@link Window} moves by its own size unless told otherwise; ceil mode has no meaning here. All throw {@link ShapeException} if
 * shapes do not fit or a window is larger than the padded input.
 */
public final class Unfold {
    private Unfold() {}

    /**
     * Returns y[n, c taps + t, i] = x[n, c, i stride - before + t dilation], 0 in the padding: {@code [.., channels, length] -> [..,
     * channels taps, positions]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Unfold.unfold1d(x, Window.of(2).stride(1)); // F32[1, 2, 2][1.0, 2.0, 2.0, 3.0]
     * }
     *
     * @throws IllegalArgumentException if the window is in ceil mode
     */
    public static Tensor unfold1d(Tensor x, Window window) {
        try {
            requireRank("unfold1d", "x", x, 2, "[.., channels, length]");
            return unfold("unfold1d", x.unsqueeze(-2), window.flat());
        } catch (ShapeException e) {
            throw e.of("unfold1d", ShapeRule.window(2, true, window), "x", x);
        }
    }

    /**
     * Returns, for every position of the window, the numbers it covers as a column, channel by channel and tap by tap, 0 in the
     * padding: {@code [.., channels, height, width] -> [.., channels rows columns, positions]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Unfold.unfold2d(x, Window.of(1, 2)); // F32[1, 2, 2][1.0, 3.0, 2.0, 4.0]
     * }
     *
     * @throws IllegalArgumentException if the window is in ceil mode
     */
    public static Tensor unfold2d(Tensor x, Window window) {
        try {
            requireRank("unfold2d", "x", x, 3, "[.., channels, height, width]");
            return unfold("unfold2d", x, window);
        } catch (ShapeException e) {
            throw e.of("unfold2d", ShapeRule.window(3, false, window), "x", x);
        }
    }

    private static void requireRank(String name, String operand, Tensor x, int rank, String rule) {
        ShapeRule.planes(rank).require(() -> name + ": x must be " + rule + "; got " + x.shape(), operand, x);
    }

    private interface Place {
        void visit(int column, int place);
    }

    /** Visits the elements of the columns that lie inside a plane, in the columns' order. */
    private static void visit(Window window, int height, int width, int gridRows, int gridColumns, Place place) {
        Sliding vertical = window.height();
        Sliding horizontal = window.width();
        for (int t = 0; t < window.rows() * window.columns(); t++) {
            int row = t / window.columns();
            int column = t % window.columns();
            int bottom = vertical.behindInside(row, height, gridRows);
            int right = horizontal.behindInside(column, width, gridColumns);
            for (int i = vertical.firstInside(row); i < bottom; i++) {
                int y = i * vertical.stride() - vertical.before() + row * vertical.dilation();
                for (int j = horizontal.firstInside(column); j < right; j++) {
                    int x = j * horizontal.stride() - horizontal.before() + column * horizontal.dilation();
                    place.visit((t * gridRows + i) * gridColumns + j, y * width + x);
                }
            }
        }
    }

    private static Tensor unfold(String name, Tensor x, Window window) {
        Planes planes = Planes.of(name, x);
        int gridRows = positions(name, "height", planes.height(), window.rows(), window.height(), window);
        int gridColumns = positions(name, "width", planes.width(), window.columns(), window.width(), window);
        int taps = taps(name, window, gridRows, gridColumns);
        Tensor columns = planes.map(
                taps,
                gridRows * gridColumns,
                2,
                (from, to, plane) -> visit(
                        window,
                        planes.height(),
                        planes.width(),
                        gridRows,
                        gridColumns,
                        (column, place) -> to[column] = from[place]));
        long[] sizes = new long[x.rank() - 1];
        for (int axis = 0; axis < sizes.length - 2; axis++) {
            sizes[axis] = x.size(axis);
        }
        sizes[sizes.length - 2] = x.size(-3) * taps;
        sizes[sizes.length - 1] = (long) gridRows * gridColumns;
        return columns.reshape(sizes);
    }

    private static int taps(String name, Window window, int gridRows, int gridColumns) {
        Shape.of(window.rows(), window.columns(), gridRows, gridColumns).arrayLength(name);
        return window.rows() * window.columns();
    }

    private static int positions(String name, String axis, int size, int taps, Sliding sliding, Window window) {
        if (window.ceil()) {
            throw new IllegalArgumentException(name + ": the window must not be in ceil mode; got " + window);
        }
        return sliding.positions(name, axis, size, taps, false);
    }

    /**
     * Returns the columns added to where {@link #unfold1d} took them from: {@code [.., channels taps, positions] -> [.., channels,
     * length]}. An element's addends come in the order of taps.
     *
     * {@snippet :
     * Tensor columns = Tensor.of(new float[] {1, 2, 10, 20}, 1, 2, 2);
     * Unfold.fold1d(columns, 3, Window.of(2).stride(1)); // F32[1, 1, 3][1.0, 12.0, 20.0]
     * }
     */
    public static Tensor fold1d(Tensor columns, long length, Window window) {
        return fold("fold1d", columns, 1, length, window.flat()).squeeze(-2);
    }

    /**
     * Returns the columns added to where {@link #unfold2d} took them from: {@code [.., channels rows columns, positions] -> [..,
     * channels, height, width]}. An element's addends come in the order of taps.
     *
     * {@snippet :
     * Tensor columns = Tensor.of(new float[] {1, 3, 2, 4}, 1, 2, 2);
     * Unfold.fold2d(columns, 2, 2, Window.of(1, 2)); // F32[1, 1, 2, 2][1.0, 2.0, 3.0, 4.0]
     * }
     */
    public static Tensor fold2d(Tensor columns, long height, long width, Window window) {
        return fold("fold2d", columns, height, width, window);
    }

    private static Tensor fold(String name, Tensor columns, long height, long width, Window window) {
        requireRank(name, "columns", columns, 2, "[.., channels taps, positions]");
        if (height < 1 || width < 1) {
            throw new ShapeException(name + ": height and width must be at least 1; got " + height + " x " + width);
        }
        Shape.of(height, width).arrayLength(name);
        int gridRows = positions(name, "height", (int) height, window.rows(), window.height(), window);
        int gridColumns = positions(name, "width", (int) width, window.columns(), window.width(), window);
        int taps = taps(name, window, gridRows, gridColumns);
        ShapeRule.columns(taps, (long) gridRows * gridColumns)
                .require(
                        () -> name + ": columns must be [.., channels x " + taps + ", " + gridRows + " x " + gridColumns
                                + "] for height " + height + " and width " + width + "; got " + columns.shape(),
                        "columns",
                        columns);
        int axes = columns.rank();
        long[] sizes = new long[axes + 1];
        for (int axis = 0; axis < axes - 2; axis++) {
            sizes[axis] = columns.size(axis);
        }
        sizes[axes - 2] = columns.size(-2) / taps;
        sizes[axes - 1] = taps;
        sizes[axes] = columns.size(-1);
        Planes planes = Planes.of(name, columns.reshape(sizes));
        return planes.map(
                (int) height,
                (int) width,
                2,
                (from, to, plane) -> visit(
                        window,
                        (int) height,
                        (int) width,
                        gridRows,
                        gridColumns,
                        (column, place) -> to[place] += from[column]));
    }

    /**
     * Returns a view of the windows along one axis, y[.., i, .., t] = x[.., i step + t, ..]: {@code [.., length, ..] -> [..,
     * positions, .., size]}, of any type, without copying.
     *
     * {@snippet :
     * Unfold.windows(Tensor.of(new float[] {1, 2, 3}, 3), 0, 2, 1); // F32[2, 2][1.0, 2.0, 2.0, 3.0]
     * }
     *
     * @throws ShapeException if there is no such axis or the size is not in [1, length]
     * @throws IllegalArgumentException if the step is not positive
     */
    public static Tensor windows(Tensor x, int axis, int size, int step) {
        int a = Require.axis("windows", x, axis);
        long positions = count("windows", x.shape(), a, size, step);
        long[] sizes = x.shape().toArray();
        sizes[a] = positions;
        int[] strides = x.strides().clone();
        int along = strides[a];
        // One position more would not be read, and its distance may exceed the array.
        strides[a] = positions == 1 ? 0 : along * step;
        return x.view(Shape.of(Layout.with(sizes, x.rank(), size)), Layout.with(strides, x.rank(), along), x.offset());
    }

    private static long count(String name, Shape x, int axis, int size, int step) {
        if (step < 1) {
            throw new IllegalArgumentException(name + ": the step must be at least 1; got " + step);
        }
        if (size < 1 || size > x.size(axis)) {
            throw ShapeRule.ANY.broken(
                    name + ": the window must fit into its axis; got size " + size + " for axis " + axis + " of " + x,
                    List.of(Operand.of("x", x)));
        }
        return (x.size(axis) - size) / step + 1;
    }

    /**
     * Returns dX of {@link #windows}: every dY added to the place it was read from, window by window, {@code [.., positions, .., size]
     * -> x}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2, 10, 20}, 2, 2);
     * Unfold.windowsBackward(dY, Shape.of(3), 0, 1); // F32[3][1.0, 12.0, 20.0]
     * }
     *
     * @param x the shape of the input
     */
    public static Tensor windowsBackward(Tensor dY, Shape x, int axis, int step) {
        String name = "windowsBackward";
        int a = x.axis(axis, name);
        int size = dY.rank() == 0 ? 0 : (int) dY.size(-1);
        long positions = count(name, x, a, size, step);
        long[] sizes = x.toArray();
        sizes[a] = positions;
        Require.gradient(name, dY, Shape.of(Layout.with(sizes, sizes.length, size)));
        int length = (int) x.size(a);
        int rank = dY.rank();
        int[] order = new int[rank];
        int next = 0;
        for (int other = 0; other < rank - 1; other++) {
            if (other != a) {
                order[next++] = other;
            }
        }
        order[rank - 2] = a;
        order[rank - 1] = rank - 1;
        Planes planes = Planes.of(name, dY.permute(order));
        Tensor lines = planes.map(1, length, 2, (d, dX, plane) -> {
            for (int i = 0; i < planes.height(); i++) {
                for (int t = 0; t < planes.width(); t++) {
                    dX[i * step + t] += d[i * planes.width() + t];
                }
            }
        });
        int[] back = new int[rank - 1];
        for (int other = 0; other < rank - 1; other++) {
            back[other] = other < a ? other : other == a ? rank - 2 : other - 1;
        }
        return lines.squeeze(-2).permute(back);
    }
}
