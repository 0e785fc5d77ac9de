package luthier.tensor;

import java.util.Arrays;

/**
 * Running sums, products and extremes along one axis, one element after the other: the order is the axis's own, whatever the
 * number of threads. F32 runs in double precision and is rounded at every place. I64 wraps around; I32 and BOOL give I64. All throw
 * {@link ShapeException} for an axis that does not exist and {@link DTypeException} for storage types. Rank 0 has the one axis 0.
 */
public final class Scan {
    /** Columns that run side by side, in whole cache lines. */
    private static final int COLUMNS = 512;

    private Scan() {}

    /**
     * Returns y_i = x_0 + ... + x_i along an axis. From an infinity or NaN on, so is everything behind it.
     *
     * {@snippet :
     * Scan.cumsum(Tensor.of(new float[] {1, 2, 3}, 3), 0); // F32[3][1.0, 3.0, 6.0]
     * }
     */
    public static Tensor cumsum(Tensor x, int axis) {
        return cumsum(x, axis, false, false);
    }

    /**
     * Returns the running sums along an axis.
     *
     * {@snippet :
     * Scan.cumsum(Tensor.of(new float[] {1, 2, 3}, 3), 0, true, true); // F32[3][5.0, 3.0, 0.0]
     * }
     *
     * @param exclusive whether y_i leaves x_i out and so starts with 0
     * @param reverse whether to run from the end
     */
    public static Tensor cumsum(Tensor x, int axis, boolean exclusive, boolean reverse) {
        return scan("cumsum", x, axis, exclusive, reverse, 0, Double::sum, Long::sum);
    }

    /**
     * Returns y_i = x_0 ... x_i, multiplied, along an axis.
     *
     * {@snippet :
     * Scan.cumprod(Tensor.of(new float[] {2, 3, 4}, 3), 0); // F32[3][2.0, 6.0, 24.0]
     * }
     */
    public static Tensor cumprod(Tensor x, int axis) {
        return cumprod(x, axis, false, false);
    }

    /**
     * Returns the running products along an axis.
     *
     * {@snippet :
     * Scan.cumprod(Tensor.of(new float[] {2, 3, 4}, 3), 0, true, false); // F32[3][1.0, 2.0, 6.0]
     * }
     *
     * @param exclusive whether y_i leaves x_i out and so starts with 1
     * @param reverse whether to run from the end
     */
    public static Tensor cumprod(Tensor x, int axis, boolean exclusive, boolean reverse) {
        return scan("cumprod", x, axis, exclusive, reverse, 1, (a, b) -> a * b, (a, b) -> a * b);
    }

    /**
     * Returns y_i = max(x_0, ..., x_i) along an axis and the index, I64, of the element it is: the last of equals (-0 equals 0), as in PyTorch,
     * and from a NaN on the last NaN. Keeps the type.
     *
     * {@snippet :
     * Scan.cummax(Tensor.of(new float[] {1, 3, 2, 3}, 4), 0).values(); // F32[4][1.0, 3.0, 3.0, 3.0]
     * Scan.cummax(Tensor.of(new float[] {1, 3, 2, 3}, 4), 0).indices(); // I64[4][0, 1, 1, 3]
     * }
     */
    public static Reduction.WithIndex cummax(Tensor x, int axis) {
        return extremes("cummax", x, axis, true);
    }

    /**
     * Returns y_i = min(x_0, ..., x_i) along an axis and the index, I64, of the element it is, by the rules of {@link #cummax}.
     *
     * {@snippet :
     * Scan.cummin(Tensor.of(new float[] {3, 1, 2, 1}, 4), 0).values(); // F32[4][3.0, 1.0, 1.0, 1.0]
     * }
     */
    public static Reduction.WithIndex cummin(Tensor x, int axis) {
        return extremes("cummin", x, axis, false);
    }

    private static Reduction.WithIndex extremes(String name, Tensor x, int axis, boolean largest) {
        Require.values(name, x);
        if (x.rank() == 0) {
            Reduction.WithIndex one = extremes(name, x.unsqueeze(0), axis, largest);
            return new Reduction.WithIndex(x, one.indices().squeeze(0));
        }
        Axes over = Axes.of(name, x, false, axis);
        Tensor indices = Tensor.zeros(DType.I64, x.shape());
        int n = over.length();
        int inner = over.inner();
        long[] y = indices.longs();
        Axes.parallel(y.length, 1, (start, end) -> {
            int at = over.from().offset() + start;
            if (largest) {
                SortKeys.ascending(over.from().storage(), at, y, start, end - start);
            } else {
                SortKeys.descendingNaNFirst(over.from().storage(), at, y, start, end - start);
            }
        });
        Axes.parallel(over.count(), 2.0 * n, (start, end) -> {
            for (int i = start; i < end; i++) {
                extremes(y, i / inner * n * inner + i % inner, inner, n);
            }
        });
        return new Reduction.WithIndex(Indexing.gather(x, axis, indices), indices);
    }

    /** Puts the place of the largest key so far in the place of each. */
    private static void extremes(long[] keys, int at, int step, int n) {
        long best = Long.MIN_VALUE;
        long found = 0;
        for (int i = 0, k = at; i < n; i++, k += step) {
            if (keys[k] >= best) {
                best = keys[k];
                found = i;
            }
            keys[k] = found;
        }
    }

    /**
     * Returns y_i = log(e^x_0 + ... + e^x_i) along an axis, for F32 and F64, stable as {@link Softmax#logSumExp}: -infinity until the first
     * number above it.
     *
     * {@snippet :
     * Scan.logCumSumExp(Tensor.of(new float[] {1000, 1000}, 2), 0); // F32[2][1000.0, 1000.6932]
     * }
     */
    public static Tensor logCumSumExp(Tensor x, int axis) {
        Require.floating("logCumSumExp", x);
        if (x.rank() == 0) {
            return logCumSumExp(x.unsqueeze(0), axis).squeeze(0);
        }
        Axes over = Axes.of("logCumSumExp", x, false, axis);
        int n = over.length();
        int inner = over.inner();
        Tensor y = Tensor.zeros(x.dtype(), x.shape());
        Axes.parallel(over.count(), 60.0 * n, (start, end) -> {
            for (int i = start; i < end; i++) {
                logSums(over.from(), i / inner * n * inner + i % inner, inner, n, y);
            }
        });
        return y;
    }

    /** Keeps the largest element and the sum of e^(x - largest) over all others, which may be tiny beside 1. */
    private static void logSums(Tensor from, int at, int step, int n, Tensor y) {
        double largest = 0;
        double others = 0;
        for (int i = 0, k = at; i < n; i++, k += step) {
            double x = from.storage() instanceof float[] a ? a[from.offset() + k] : from.doubles()[from.offset() + k];
            if (i == 0) {
                largest = x;
            } else if (x == largest) {
                others += 1;
            } else if (x < largest) {
                others += StrictMath.exp(x - largest);
            } else {
                others = (others + 1) * StrictMath.exp(largest - x);
                largest = x;
            }
            Sums.store(y.storage(), k, largest + StrictMath.log1p(others));
        }
    }

    private interface DoubleStep {
        double apply(double a, double b);
    }

    private interface LongStep {
        long apply(long a, long b);
    }

    private static Tensor scan(
            String name,
            Tensor x,
            int axis,
            boolean exclusive,
            boolean reverse,
            int identity,
            DoubleStep doubles,
            LongStep longs) {
        Require.values(name, x);
        if (x.rank() == 0) {
            return scan(name, x.unsqueeze(0), axis, exclusive, reverse, identity, doubles, longs)
                    .squeeze(0);
        }
        Axes over = Axes.of(name, x.dtype().isFloating() ? x : x.to(DType.I64), false, axis);
        Tensor from = over.from();
        Tensor y = Tensor.zeros(from.dtype(), x.shape());
        int n = over.length();
        int inner = over.inner();
        int step = reverse ? -inner : inner;
        int width = Math.clamp(inner, 1, COLUMNS);
        int strips = Math.ceilDiv(inner, width);
        Axes.parallel(over.outer() * strips, 1.5 * n * width, (start, end) -> {
            for (int i = start; i < end; i++) {
                int column = i % strips * width;
                int at = (i / strips * n + (reverse ? n - 1 : 0)) * inner + column;
                int columns = Math.min(width, inner - column);
                switch (from.storage()) {
                    case float[] a ->
                        run(a, from.offset(), y.floats(), at, step, n, columns, exclusive, identity, doubles);
                    case double[] a ->
                        run(a, from.offset(), y.doubles(), at, step, n, columns, exclusive, identity, doubles);
                    default ->
                        run(from.longs(), from.offset(), y.longs(), at, step, n, columns, exclusive, identity, longs);
                }
            }
        });
        return y;
    }

    private static void run(
            float[] x,
            int xo,
            float[] y,
            int at,
            int step,
            int n,
            int columns,
            boolean exclusive,
            double first,
            DoubleStep f) {
        if (columns == 1) {
            double running = first;
            for (int i = 0, k = at; i < n; i++, k += step) {
                double next = f.apply(running, x[xo + k]);
                y[k] = (float) (exclusive ? running : next);
                running = next;
            }
            return;
        }
        double[] running = new double[columns];
        Arrays.fill(running, first);
        for (int i = 0, row = at; i < n; i++, row += step) {
            for (int j = 0; j < columns; j++) {
                double next = f.apply(running[j], x[xo + row + j]);
                y[row + j] = (float) (exclusive ? running[j] : next);
                running[j] = next;
            }
        }
    }

    private static void run(
            double[] x,
            int xo,
            double[] y,
            int at,
            int step,
            int n,
            int columns,
            boolean exclusive,
            double first,
            DoubleStep f) {
        if (columns == 1) {
            double running = first;
            for (int i = 0, k = at; i < n; i++, k += step) {
                double next = f.apply(running, x[xo + k]);
                y[k] = exclusive ? running : next;
                running = next;
            }
            return;
        }
        double[] running = new double[columns];
        Arrays.fill(running, first);
        for (int i = 0, row = at; i < n; i++, row += step) {
            for (int j = 0; j < columns; j++) {
                double next = f.apply(running[j], x[xo + row + j]);
                y[row + j] = exclusive ? running[j] : next;
                running[j] = next;
            }
        }
    }

    private static void run(
            long[] x,
            int xo,
            long[] y,
            int at,
            int step,
            int n,
            int columns,
            boolean exclusive,
            long first,
            LongStep f) {
        if (columns == 1) {
            long running = first;
            for (int i = 0, k = at; i < n; i++, k += step) {
                long next = f.apply(running, x[xo + k]);
                y[k] = exclusive ? running : next;
                running = next;
            }
            return;
        }
        long[] running = new long[columns];
        Arrays.fill(running, first);
        for (int i = 0, row = at; i < n; i++, row += step) {
            for (int j = 0; j < columns; j++) {
                long next = f.apply(running[j], x[xo + row + j]);
                y[row + j] = exclusive ? running[j] : next;
                running[j] = next;
            }
        }
    }
}
