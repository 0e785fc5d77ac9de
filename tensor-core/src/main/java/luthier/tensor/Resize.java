package luthier.tensor;

/**
 * Pictures {@code [.., height, width]} made larger or smaller, in F32 and F64, with PyTorch's coordinates: those of {@code
 * interpolate} with {@code size} or {@code scale_factor}. Coordinates of F32 tensors and of nearest neighbours are computed in single
 * precision as there, numbers in double precision and rounded once.
 *
 * <p>All throw {@link ShapeException} if an axis is or would become empty, and {@link DTypeException} if x is not floating.
 */
public final class Resize {
    private Resize() {}

    // ---- nearest

    /**
     * Returns y[i, j] = x[floor(i in / out), ..], {@code [.., in rows, in columns] -> [.., height, width]}.
     *
     * {@snippet :
     * Resize.nearest(Tensor.of(new float[] {1, 2}, 1, 1, 1, 2), 1, 4); // F32[1, 1, 1, 4][1.0, 1.0, 2.0, 2.0]
     * }
     */
    public static Tensor nearest(Tensor x, long height, long width) {
        Planes planes = Planes.of("nearest", x);
        return pick(
                planes, nearest("nearest", planes.height(), height, 0), nearest("nearest", planes.width(), width, 0));
    }

    /**
     * Returns y[i, j] = x[floor(i / scale), ..] with floor(in scale) rows and columns.
     *
     * {@snippet :
     * Resize.nearestScaled(Tensor.of(new float[] {1, 2}, 1, 1, 1, 2), 1, 1.5); // F32[1, 1, 1, 3][1.0, 1.0, 2.0]
     * }
     *
     * @throws IllegalArgumentException if a scale is not positive and finite
     */
    public static Tensor nearestScaled(Tensor x, double vertical, double horizontal) {
        String name = "nearestScaled";
        Planes planes = Planes.of(name, x);
        return pick(
                planes,
                nearest(name, planes.height(), scaled(name, planes.height(), vertical), vertical),
                nearest(name, planes.width(), scaled(name, planes.width(), horizontal), horizontal));
    }

    private static long scaled(String name, int size, double scale) {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException(name + ": scales must be positive and finite; got " + scale);
        }
        return (long) Math.floor(size * scale);
    }

    /** The source of every target; a scale of 0 is that of the sizes. */
    private static int[] nearest(String name, int in, long out, double scale) {
        int[] from = new int[requireOut(name, out)];
        float ratio = scale > 0 ? (float) (1 / scale) : (float) in / out;
        for (int i = 0; i < from.length; i++) {
            if (out == in) {
                from[i] = i;
            } else if (out == 2L * in) {
                from[i] = i / 2;
            } else {
                from[i] = (int) Math.min(Math.floor(i * ratio), in - 1);
            }
        }
        return from;
    }

    private static int requireOut(String name, long out) {
        if (out < 1 || out > Layout.MAX_ARRAY) {
            throw new ShapeException(name + ": height and width must be in [1, " + Layout.MAX_ARRAY + "]; got " + out);
        }
        return (int) out;
    }

    private static Tensor pick(Planes planes, int[] rows, int[] columns) {
        int width = planes.width();
        return planes.map(rows.length, columns.length, 1, (x, y, plane) -> {
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < columns.length; j++) {
                    y[i * columns.length + j] = x[rows[i] * width + columns[j]];
                }
            }
        });
    }

    /**
     * Returns dX {@code [.., height, width]} of {@link #nearest}: every dY added to its source, in row-major order.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 1, 4);
     * Resize.nearestBackward(dY, 1, 2); // F32[1, 1, 1, 2][3.0, 7.0]
     * }
     */
    public static Tensor nearestBackward(Tensor dY, long height, long width) {
        String name = "nearestBackward";
        Planes planes = Planes.of(name, dY);
        int[] rows = nearest(name, requireOut(name, height), planes.height(), 0);
        return put(planes, (int) height, (int) width, rows, nearest(name, requireOut(name, width), planes.width(), 0));
    }

    /**
     * Returns dX {@code [.., height, width]} of {@link #nearestScaled}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 2, 3}, 1, 1, 1, 3);
     * Resize.nearestScaledBackward(dY, 1, 2, 1, 1.5); // F32[1, 1, 1, 2][3.0, 3.0]
     * }
     *
     * @throws IllegalArgumentException if a scale is not positive and finite
     */
    public static Tensor nearestScaledBackward(Tensor dY, long height, long width, double vertical, double horizontal) {
        String name = "nearestScaledBackward";
        Planes planes = Planes.of(name, dY);
        requireScaled(name, planes, requireOut(name, height), requireOut(name, width), vertical, horizontal);
        int[] rows = nearest(name, (int) height, planes.height(), vertical);
        return put(planes, (int) height, (int) width, rows, nearest(name, (int) width, planes.width(), horizontal));
    }

    private static void requireScaled(
            String name, Planes dY, int height, int width, double vertical, double horizontal) {
        Require.gradient(name, dY.x(), dY.with(scaled(name, height, vertical), scaled(name, width, horizontal)));
    }

    private static Tensor put(Planes planes, int height, int width, int[] rows, int[] columns) {
        return planes.map(height, width, 1, (d, dX, plane) -> {
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < columns.length; j++) {
                    dX[rows[i] * width + columns[j]] += d[i * columns.length + j];
                }
            }
        });
    }

    // ---- bilinear

    /**
     * Returns the mean of the four neighbours of every source point, weighted by nearness, {@code [.., in rows, in columns] -> [..,
     * height, width]}. Target i of an axis looks at i (in - 1) / (out - 1) if corners are aligned, otherwise at max(0, (i + 1/2) in
     * / out - 1/2). A neighbour of weight 0 does not count, even if infinite.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {0, 4}, 1, 1, 1, 2);
     * Resize.bilinear(x, 1, 4, false); // F32[1, 1, 1, 4][0.0, 1.0, 3.0, 4.0]
     * }
     *
     * @param alignCorners whether the centres of the corner pixels stay where they are
     */
    public static Tensor bilinear(Tensor x, long height, long width, boolean alignCorners) {
        String name = "bilinear";
        Planes planes = Planes.of(name, x);
        boolean single = x.dtype() == DType.F32;
        Line rows = Line.of(planes.height(), requireOut(name, height), 0, alignCorners, single);
        return mix(planes, rows, Line.of(planes.width(), requireOut(name, width), 0, alignCorners, single));
    }

    /**
     * Returns the same with floor(in scale) rows and columns, target i looking at max(0, (i + 1/2) / scale - 1/2) unless corners
     * are aligned.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {0, 4}, 1, 1, 1, 2);
     * Resize.bilinearScaled(x, 1, 2, true).shape(); // [1, 1, 1, 4]
     * }
     *
     * @throws IllegalArgumentException if a scale is not positive and finite
     */
    public static Tensor bilinearScaled(Tensor x, double vertical, double horizontal, boolean alignCorners) {
        String name = "bilinearScaled";
        Planes planes = Planes.of(name, x);
        boolean single = x.dtype() == DType.F32;
        int height = requireOut(name, scaled(name, planes.height(), vertical));
        int width = requireOut(name, scaled(name, planes.width(), horizontal));
        Line rows = Line.of(planes.height(), height, vertical, alignCorners, single);
        return mix(planes, rows, Line.of(planes.width(), width, horizontal, alignCorners, single));
    }

    private static Tensor mix(Planes planes, Line rows, Line columns) {
        int width = planes.width();
        return planes.map(rows.count(), columns.count(), 4, (x, y, plane) -> {
            for (int i = 0; i < rows.count(); i++) {
                int upper = rows.low[i] * width;
                int lower = rows.high[i] * width;
                for (int j = 0; j < columns.count(); j++) {
                    double share = columns.share[j];
                    double a = mix(x[upper + columns.low[j]], x[upper + columns.high[j]], share);
                    double b = mix(x[lower + columns.low[j]], x[lower + columns.high[j]], share);
                    y[i * columns.count() + j] = mix(a, b, rows.share[i]);
                }
            }
        });
    }

    private static double mix(double a, double b, double share) {
        return share == 0 ? a : (1 - share) * a + share * b;
    }

    /**
     * Returns dX {@code [.., height, width]} of {@link #bilinear}: every dY added to its four neighbours by their weights, in row-major order.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 4, 4, 1}, 1, 1, 1, 4);
     * Resize.bilinearBackward(dY, 1, 2, false); // F32[1, 1, 1, 2][5.0, 5.0]
     * }
     */
    public static Tensor bilinearBackward(Tensor dY, long height, long width, boolean alignCorners) {
        String name = "bilinearBackward";
        Planes planes = Planes.of(name, dY);
        boolean single = dY.dtype() == DType.F32;
        Line rows = Line.of(requireOut(name, height), planes.height(), 0, alignCorners, single);
        Line columns = Line.of(requireOut(name, width), planes.width(), 0, alignCorners, single);
        return part(planes, (int) height, (int) width, rows, columns);
    }

    /**
     * Returns dX {@code [.., height, width]} of {@link #bilinearScaled}.
     *
     * {@snippet :
     * Tensor dY = Tensor.of(new float[] {1, 4, 4, 1}, 1, 1, 1, 4);
     * Resize.bilinearScaledBackward(dY, 1, 2, 1, 2, false); // F32[1, 1, 1, 2][5.0, 5.0]
     * }
     *
     * @throws IllegalArgumentException if a scale is not positive and finite
     */
    public static Tensor bilinearScaledBackward(
            Tensor dY, long height, long width, double vertical, double horizontal, boolean alignCorners) {
        String name = "bilinearScaledBackward";
        Planes planes = Planes.of(name, dY);
        boolean single = dY.dtype() == DType.F32;
        requireScaled(name, planes, requireOut(name, height), requireOut(name, width), vertical, horizontal);
        Line rows = Line.of((int) height, planes.height(), vertical, alignCorners, single);
        Line columns = Line.of((int) width, planes.width(), horizontal, alignCorners, single);
        return part(planes, (int) height, (int) width, rows, columns);
    }

    private static Tensor part(Planes planes, int height, int width, Line rows, Line columns) {
        return planes.map(height, width, 4, (d, dX, plane) -> {
            for (int i = 0; i < rows.count(); i++) {
                for (int j = 0; j < columns.count(); j++) {
                    double value = d[i * columns.count() + j];
                    add(dX, rows.low[i] * width, columns, j, value, 1 - rows.share[i]);
                    add(dX, rows.high[i] * width, columns, j, value, rows.share[i]);
                }
            }
        });
    }

    private static void add(double[] dX, int row, Line columns, int j, double value, double share) {
        if (share != 0) {
            dX[row + columns.low[j]] += share * (1 - columns.share[j]) * value;
            if (columns.share[j] != 0) {
                dX[row + columns.high[j]] += share * columns.share[j] * value;
            }
        }
    }

    /** The two neighbours of every target along an axis, and the share of the second. */
    private static final class Line {
        private final int[] low;
        private final int[] high;
        private final double[] share;

        private Line(int count) {
            low = new int[count];
            high = new int[count];
            share = new double[count];
        }

        int count() {
            return low.length;
        }

        static Line of(int in, int out, double scale, boolean alignCorners, boolean single) {
            Line line = new Line(out);
            for (int i = 0; i < out; i++) {
                if (in == out) {
                    line.low[i] = i;
                    line.high[i] = i;
                    continue;
                }
                if (single) {
                    float at = at((float) ratio(in, out, scale, alignCorners, true), i, alignCorners);
                    line.low[i] = Math.min((int) at, in - 1);
                    line.share[i] = Math.clamp(at - line.low[i], 0f, 1f);
                } else {
                    double at = at(ratio(in, out, scale, alignCorners, false), i, alignCorners);
                    line.low[i] = Math.min((int) at, in - 1);
                    line.share[i] = Math.clamp(at - line.low[i], 0d, 1d);
                }
                line.high[i] = Math.min(line.low[i] + 1, in - 1);
            }
            return line;
        }

        private static double ratio(int in, int out, double scale, boolean alignCorners, boolean single) {
            if (alignCorners) {
                if (out == 1) {
                    return 0;
                }
                return single ? (float) (in - 1) / (out - 1) : (double) (in - 1) / (out - 1);
            }
            if (scale > 0) {
                return 1 / scale;
            }
            return single ? (float) in / out : (double) in / out;
        }

        private static float at(float ratio, int i, boolean alignCorners) {
            return alignCorners ? ratio * i : Math.max(0, ratio * (i + 0.5f) - 0.5f);
        }

        private static double at(double ratio, int i, boolean alignCorners) {
            return alignCorners ? ratio * i : Math.max(0, ratio * (i + 0.5) - 0.5);
        }
    }
}
