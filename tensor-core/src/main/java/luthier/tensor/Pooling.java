package luthier.tensor;

/**
 * The largest number or the mean of every window that slides over {@code [.., height, width]} (two-dimensional, any leading axes) or
 * {@code [.., length]} (one-dimensional), in F32 and F64. Computed in double precision and rounded once; each window's numbers are taken row by
 * row. Leading axes may be empty, the pooled ones not.
 *
 * <p>A {@link Window} in ceil mode has a last, incomplete window as long as that starts inside the input or the padding before it, as in
 * PyTorch. All throw {@link ShapeException} if ranks are too small, an axis is empty or a window larger than the padded input, and
 * {@link DTypeException} if x is not floating.
 */
public final class Pooling {
    private Pooling() {}

    /** The largest numbers, and where each lies in its plane: I64, {@code row width + column}, or -1 for a window of padding alone. */
    public record Maxima(Tensor values, Tensor indices) {}

    // ---- maximum

    /**
     * Returns the largest number of every window, {@code [.., length] -> [.., positions]}. Padding never wins; the first of
     * equals does; a NaN beats everything, the first one its followers. A window of padding alone is -Infinity with index -1.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 3, 2, 5}, 1, 1, 4);
     * Pooling.maxPool1d(x, Window.of(2)).values(); // F32[1, 1, 2][3.0, 5.0]
     * }
     */
    public static Maxima maxPool1d(Tensor x, Window window) {
        try {
            Maxima lifted = maxPool("maxPool1d", lift("maxPool1d", x), window.flat());
            return new Maxima(unlift(lifted.values), unlift(lifted.indices));
        } catch (ShapeException e) {
            throw e.of("maxPool1d", ShapeRule.window(1, true, window), "x", x);
        }
    }

    /**
     * Returns the largest number of every window, {@code [.., height, width] -> [.., .., ..]}. Padding never wins; the first of
     * equals (row by row) does; a NaN beats everything, the first one its followers. A window of padding alone is -Infinity with index
     * -1.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 3, 2, 5}, 1, 1, 2, 2);
     * Pooling.maxPool2d(x, Window.of(2)).indices(); // I64[1, 1, 1, 1][3]
     * }
     */
    public static Maxima maxPool2d(Tensor x, Window window) {
        return maxPool("maxPool2d", x, window);
    }

    private static Maxima maxPool(String name, Tensor x, Window window) {
        Planes planes = Planes.of(name, x);
        try {
            Cells rows = Cells.of(name, "height", planes.height(), window.rows(), window.height(), window.ceil());
            Cells columns = Cells.of(name, "width", planes.width(), window.columns(), window.width(), window.ceil());
            return maxima(planes, rows, columns);
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.window(2, false, window), "x", x);
        }
    }

    private static Maxima maxima(Planes planes, Cells rows, Cells columns) {
        int size = rows.count() * columns.count();
        Tensor indices = Tensor.zeros(DType.I64, planes.with(rows.count(), columns.count()));
        Tensor values = planes.map(
                rows.count(),
                columns.count(),
                rows.most() * columns.most(),
                (x, y, plane) -> maxima(x, planes.width(), rows, columns, y, indices.longs(), plane * size));
        return new Maxima(values, indices);
    }

    private static void maxima(
            double[] x, int width, Cells rows, Cells columns, double[] y, long[] indices, int indexAt) {
        int at = 0;
        for (int i = 0; i < rows.count(); i++) {
            for (int j = 0; j < columns.count(); j++, at++) {
                boolean any = rows.first[i] < rows.behind[i] && columns.first[j] < columns.behind[j];
                int where = any ? rows.first[i] * width + columns.first[j] : -1;
                double best = any ? x[where] : Double.NEGATIVE_INFINITY;
                for (int r = rows.first[i]; r < rows.behind[i]; r += rows.step) {
                    for (int c = columns.first[j]; c < columns.behind[j]; c += columns.step) {
                        double value = x[r * width + c];
                        // One comparison for most numbers; a NaN on either side gets through to the second.
                        if (!(value <= best) && (value > best || !Double.isNaN(best))) {
                            best = value;
                            where = r * width + c;
                        }
                    }
                }
                y[at] = best;
                indices[indexAt + at] = where;
            }
        }
    }

    /**
     * Returns dX: zeros with every dY added at its window's index, in the order of the windows; {@code dY, indices [.., positions] -> [..,
     * length]}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {5, 7}, 1, 2);
     * Pooling.maxPool1dBackward(dY, Tensor.of(new long[] {1, 1}, 1, 2), 3); // F32[1, 3][0.0, 12.0, 0.0]
     * }
     */
    public static Tensor maxPool1dBackward(Tensor dY, Tensor indices, long length) {
        String name = "maxPool1dBackward";
        return unlift(maxBackward(name, lift(name, dY), lift(name, indices), 1, length));
    }

    /**
     * Returns dX: zeros with every dY added at its window's index, in the order of the windows; {@code dY, indices -> [.., height,
     * width]}. For adaptive pools too.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {5}, 1, 1, 1, 1);
     * Pooling.maxPool2dBackward(dY, Tensor.of(new long[] {3}, 1, 1, 1, 1), 2, 2); // F32[1, 1, 2, 2][0.0, 0.0, 0.0, 5.0]
     * }
     */
    public static Tensor maxPool2dBackward(Tensor dY, Tensor indices, long height, long width) {
        return maxBackward("maxPool2dBackward", dY, indices, height, width);
    }

    private static Tensor maxBackward(String name, Tensor dY, Tensor indices, long height, long width) {
        Planes planes = Planes.of(name, dY);
        if (indices.dtype() != DType.I64) {
            throw new DTypeException(name + ": indices must be I64; got " + indices.dtype());
        }
        if (!indices.shape().equals(dY.shape())) {
            throw ShapeRule.SAME.broken(
                    name + ": dY and indices must have one shape; got " + dY.shape() + " and " + indices.shape(),
                    "dY, indices",
                    dY,
                    indices);
        }
        int inside = requireSize(name, height, width);
        long[] at = indices.toLongArray();
        for (long index : at) {
            if (index < -1 || index >= inside) {
                throw new ShapeException(name + ": indices must lie in a plane of " + height + " x " + width
                        + ", or be -1; got " + index);
            }
        }
        return planes.map((int) height, (int) width, 1, (d, dX, plane) -> {
            for (int i = 0; i < d.length; i++) {
                int index = (int) at[plane * d.length + i];
                if (index >= 0) {
                    dX[index] += d[i];
                }
            }
        });
    }

    private static int requireSize(String name, long height, long width) {
        if (height < 1 || width < 1) {
            throw new ShapeException(name + ": height and width must be at least 1; got " + height + " x " + width);
        }
        return Shape.of(height, width).arrayLength(name);
    }

    // ---- mean

    /** By what a window's sum is divided. */
    public enum Divisor {
        /** The window's places, padding included, but not what ceil mode adds beyond the padding. */
        PADDED,
        /** The window's places inside x; the mean of a window of padding alone is 0. */
        INSIDE
    }

    /**
     * Returns the mean of every window, {@code [.., length] -> [.., positions]}; padding counts as zeros.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 3, 2, 6}, 1, 1, 4);
     * Pooling.avgPool1d(x, Window.of(2), Pooling.Divisor.PADDED); // F32[1, 1, 2][2.0, 4.0]
     * }
     *
     * @throws IllegalArgumentException if the window is dilated
     */
    public static Tensor avgPool1d(Tensor x, Window window, Divisor divisor) {
        try {
            return unlift(avgPool("avgPool1d", lift("avgPool1d", x), window.flat(), divisor, 0));
        } catch (ShapeException e) {
            throw e.of("avgPool1d", ShapeRule.window(1, true, window), "x", x);
        }
    }

    /**
     * Returns the mean of every window, {@code [.., height, width] -> [.., .., ..]}; padding counts as zeros.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 3, 2, 6}, 1, 1, 2, 2);
     * Pooling.avgPool2d(x, Window.of(2), Pooling.Divisor.PADDED); // F32[1, 1, 1, 1][3.0]
     * }
     *
     * @throws IllegalArgumentException if the window is dilated
     */
    public static Tensor avgPool2d(Tensor x, Window window, Divisor divisor) {
        return avgPool("avgPool2d", x, window, divisor, 0);
    }

    /**
     * Returns every window's sum divided by one number.
     *
     * @throws IllegalArgumentException if the window is dilated or the divisor 0
     */
    public static Tensor avgPool2d(Tensor x, Window window, int divisor) {
        requireDivisor("avgPool2d", divisor);
        return avgPool("avgPool2d", x, window, Divisor.PADDED, divisor);
    }

    private static void requireDivisor(String name, int divisor) {
        if (divisor == 0) {
            throw new IllegalArgumentException(name + ": the divisor must not be 0; got 0; use another, or a Divisor");
        }
    }

    private static Tensor avgPool(String name, Tensor x, Window window, Divisor divisor, int override) {
        Planes planes = Planes.of(name, x);
        try {
            Cells rows = averaged(name, "height", planes.height(), window.rows(), window.height(), window.ceil());
            Cells columns = averaged(name, "width", planes.width(), window.columns(), window.width(), window.ceil());
            return means(planes, rows, columns, divisor, override);
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.window(2, false, window), "x", x);
        }
    }

    private static Cells averaged(String name, String axis, int size, int taps, Sliding sliding, boolean ceil) {
        if (sliding.dilation() != 1) {
            throw new IllegalArgumentException(
                    name + ": the window must not be dilated; got dilation " + sliding.dilation());
        }
        return Cells.of(name, axis, size, taps, sliding, ceil);
    }

    private static Tensor means(Planes planes, Cells rows, Cells columns, Divisor divisor, int override) {
        int width = planes.width();
        return planes.map(rows.count(), columns.count(), rows.most() * columns.most(), (x, y, plane) -> {
            int at = 0;
            for (int i = 0; i < rows.count(); i++) {
                for (int j = 0; j < columns.count(); j++, at++) {
                    double sum = 0;
                    for (int r = rows.first[i]; r < rows.behind[i]; r++) {
                        for (int c = columns.first[j]; c < columns.behind[j]; c++) {
                            sum += x[r * width + c];
                        }
                    }
                    y[at] = sum / share(rows, i, columns, j, divisor, override);
                }
            }
        });
    }

    private static double share(Cells rows, int i, Cells columns, int j, Divisor divisor, int override) {
        if (override != 0) {
            return override;
        }
        return divisor == Divisor.PADDED
                ? (double) rows.padded[i] * columns.padded[j]
                : Math.max(1, (double) (rows.behind[i] - rows.first[i]) * (columns.behind[j] - columns.first[j]));
    }

    /**
     * Returns dX: every window's dY / divisor added to its places, {@code dY [.., positions] -> [.., length]}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {2, 4}, 1, 1, 2);
     * Pooling.avgPool1dBackward(dY, 4, Window.of(2), Pooling.Divisor.PADDED); // F32[1, 1, 4][1.0, 1.0, 2.0, 2.0]
     * }
     */
    public static Tensor avgPool1dBackward(Tensor dY, long length, Window window, Divisor divisor) {
        String name = "avgPool1dBackward";
        return unlift(avgBackward(name, lift(name, dY), 1, length, window.flat(), divisor, 0));
    }

    /**
     * Returns dX: every window's dY / divisor added to its places, {@code dY -> [.., height, width]}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {4}, 1, 1, 1, 1);
     * Pooling.avgPool2dBackward(dY, 2, 2, Window.of(2), Pooling.Divisor.PADDED); // F32[1, 1, 2, 2][1.0, 1.0, 1.0, 1.0]
     * }
     */
    public static Tensor avgPool2dBackward(Tensor dY, long height, long width, Window window, Divisor divisor) {
        return avgBackward("avgPool2dBackward", dY, height, width, window, divisor, 0);
    }

    /** Returns dX of the pool with one divisor for all windows. */
    public static Tensor avgPool2dBackward(Tensor dY, long height, long width, Window window, int divisor) {
        requireDivisor("avgPool2dBackward", divisor);
        return avgBackward("avgPool2dBackward", dY, height, width, window, Divisor.PADDED, divisor);
    }

    private static Tensor avgBackward(
            String name, Tensor dY, long height, long width, Window window, Divisor divisor, int override) {
        requireSize(name, height, width);
        Cells rows = averaged(name, "height", (int) height, window.rows(), window.height(), window.ceil());
        Cells columns = averaged(name, "width", (int) width, window.columns(), window.width(), window.ceil());
        return meansBackward(name, dY, (int) height, (int) width, rows, columns, divisor, override);
    }

    private static Tensor meansBackward(
            String name, Tensor dY, int height, int width, Cells rows, Cells columns, Divisor divisor, int override) {
        Planes planes = Planes.of(name, dY);
        Require.gradient(name, dY, planes.with(rows.count(), columns.count()));
        return planes.map(height, width, rows.most() * columns.most(), (d, dX, plane) -> {
            int at = 0;
            for (int i = 0; i < rows.count(); i++) {
                for (int j = 0; j < columns.count(); j++, at++) {
                    double part = d[at] / share(rows, i, columns, j, divisor, override);
                    for (int r = rows.first[i]; r < rows.behind[i]; r++) {
                        for (int c = columns.first[j]; c < columns.behind[j]; c++) {
                            dX[r * width + c] += part;
                        }
                    }
                }
            }
        });
    }

    // ---- adaptive

    /**
     * Returns the means of {@code length} cells, {@code [.., in] -> [.., length]}; cell i covers floor(i in / length) up to, not with,
     * ceil((i + 1) in / length).
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Pooling.adaptiveAvgPool1d(x, 2); // F32[1, 1, 2][1.5, 2.5]
     * }
     */
    public static Tensor adaptiveAvgPool1d(Tensor x, long length) {
        return unlift(adaptiveAvgPool("adaptiveAvgPool1d", lift("adaptiveAvgPool1d", x), 1, length));
    }

    /**
     * Returns the means of a grid of cells, {@code [.., in rows, in columns] -> [.., height, width]}; cells as in {@link
     * #adaptiveAvgPool1d}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 6}, 1, 1, 2, 2);
     * Pooling.adaptiveAvgPool2d(x, 1, 1); // F32[1, 1, 1, 1][3.0]
     * }
     */
    public static Tensor adaptiveAvgPool2d(Tensor x, long height, long width) {
        return adaptiveAvgPool("adaptiveAvgPool2d", x, height, width);
    }

    private static Tensor adaptiveAvgPool(String name, Tensor x, long height, long width) {
        requireSize(name, height, width);
        Planes planes = Planes.of(name, x);
        Cells rows = Cells.adaptive(planes.height(), (int) height);
        return means(planes, rows, Cells.adaptive(planes.width(), (int) width), Divisor.INSIDE, 0);
    }

    /**
     * Returns dX {@code [.., length]} of an adaptive mean.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {2, 4}, 1, 1, 2);
     * Pooling.adaptiveAvgPool1dBackward(dY, 3); // F32[1, 1, 3][1.0, 3.0, 2.0]
     * }
     */
    public static Tensor adaptiveAvgPool1dBackward(Tensor dY, long length) {
        String name = "adaptiveAvgPool1dBackward";
        return unlift(adaptiveAvgBackward(name, lift(name, dY), 1, length));
    }

    /**
     * Returns dX {@code [.., height, width]} of an adaptive mean.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {4}, 1, 1, 1, 1);
     * Pooling.adaptiveAvgPool2dBackward(dY, 2, 2); // F32[1, 1, 2, 2][1.0, 1.0, 1.0, 1.0]
     * }
     */
    public static Tensor adaptiveAvgPool2dBackward(Tensor dY, long height, long width) {
        return adaptiveAvgBackward("adaptiveAvgPool2dBackward", dY, height, width);
    }

    private static Tensor adaptiveAvgBackward(String name, Tensor dY, long height, long width) {
        requireSize(name, height, width);
        Planes planes = Planes.of(name, dY);
        Cells rows = Cells.adaptive((int) height, planes.height());
        Cells columns = Cells.adaptive((int) width, planes.width());
        return meansBackward(name, dY, (int) height, (int) width, rows, columns, Divisor.INSIDE, 0);
    }

    /**
     * Returns the largest numbers of {@code length} cells, {@code [.., in] -> [.., length]}; cells as in {@link #adaptiveAvgPool1d},
     * ties and NaN as in {@link #maxPool1d}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
     * Pooling.adaptiveMaxPool1d(x, 2).values(); // F32[1, 1, 2][2.0, 3.0]
     * }
     */
    public static Maxima adaptiveMaxPool1d(Tensor x, long length) {
        Maxima lifted = adaptiveMaxPool("adaptiveMaxPool1d", lift("adaptiveMaxPool1d", x), 1, length);
        return new Maxima(unlift(lifted.values), unlift(lifted.indices));
    }

    /**
     * Returns the largest numbers of a grid of cells, {@code [.., in rows, in columns] -> [.., height, width]}; cells as in {@link
     * #adaptiveAvgPool1d}, ties and NaN as in {@link #maxPool2d}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2, 3, 6}, 1, 1, 2, 2);
     * Pooling.adaptiveMaxPool2d(x, 1, 1).values(); // F32[1, 1, 1, 1][6.0]
     * }
     */
    public static Maxima adaptiveMaxPool2d(Tensor x, long height, long width) {
        return adaptiveMaxPool("adaptiveMaxPool2d", x, height, width);
    }

    private static Maxima adaptiveMaxPool(String name, Tensor x, long height, long width) {
        requireSize(name, height, width);
        Planes planes = Planes.of(name, x);
        return maxima(
                planes, Cells.adaptive(planes.height(), (int) height), Cells.adaptive(planes.width(), (int) width));
    }

    /** The places inside an axis that each window covers, and how many it would cover with its padding. */
    private static final class Cells {
        private final int[] first;
        private final int[] behind;
        private final int[] padded;
        private final int step;

        private Cells(int count, int step) {
            first = new int[count];
            behind = new int[count];
            padded = new int[count];
            this.step = step;
        }

        static Cells of(String name, String axis, int size, int taps, Sliding sliding, boolean ceil) {
            Cells cells = new Cells(sliding.positions(name, axis, size, taps, ceil), sliding.dilation());
            for (int i = 0; i < cells.count(); i++) {
                int start = i * sliding.stride() - sliding.before();
                int end = (int) Math.min(size, start + sliding.extent(taps));
                int skipped = start < 0 ? Math.ceilDiv(-start, sliding.dilation()) : 0;
                cells.first[i] = start + skipped * sliding.dilation();
                cells.behind[i] = Math.max(cells.first[i], end);
                cells.padded[i] = (int) Math.min((long) size + sliding.after() - start, taps);
            }
            return cells;
        }

        static Cells adaptive(int size, int count) {
            Cells cells = new Cells(count, 1);
            for (int i = 0; i < count; i++) {
                cells.first[i] = (int) ((long) i * size / count);
                cells.behind[i] = (int) Math.ceilDiv((i + 1L) * size, (long) count);
            }
            return cells;
        }

        int count() {
            return first.length;
        }

        int most() {
            int most = 1;
            for (int i = 0; i < first.length; i++) {
                most = Math.max(most, behind[i] - first[i]);
            }
            return most;
        }
    }

    private static Tensor lift(String name, Tensor x) {
        ShapeRule.planes(1).require(() -> name + ": x must be [.., length]; got " + x.shape(), "x", x);
        return x.unsqueeze(-2);
    }

    private static Tensor unlift(Tensor x) {
        return x.squeeze(-2);
    }
}
