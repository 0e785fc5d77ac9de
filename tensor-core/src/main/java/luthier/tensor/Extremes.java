package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.BinaryKernel;
import luthier.tensor.kernel.Rows;

/** Largest and smallest elements and where they are. */
final class Extremes {
    private static final double NANOS = 0.1;
    /** Keys of so many elements, and the best of so many columns, stay in the nearest cache. */
    private static final int COLUMNS = 1024;

    private Extremes() {}

    static Tensor of(String name, Tensor x, boolean largest, boolean keepDims, int... axes) {
        Require.values(name, x);
        Axes over = Axes.of(name, x, keepDims, axes).requireSome(name, x);
        if (x.dtype() == DType.F32) {
            float[] y = new float[over.count()];
            floats(over, largest, y);
            return Tensor.wrap(y, over.result());
        }
        if (x.dtype() == DType.F64) {
            double[] y = new double[over.count()];
            doubles(over, largest, y);
            return Tensor.wrap(y, over.result());
        }
        Axes whole = Axes.of(name, x.to(DType.I64), keepDims, axes);
        long[] y = new long[whole.count()];
        longs(whole, largest, y);
        return Tensor.wrap(y, over.result()).to(x.dtype());
    }

    private static void floats(Axes over, boolean largest, float[] y) {
        float[] a = over.from().floats();
        int o = over.from().offset();
        int n = over.length();
        int inner = over.inner();
        if (inner == 1) {
            Axes.parallel(y.length, NANOS * n + 5, (start, end) -> {
                for (int row = start; row < end; row++) {
                    y[row] = largest ? Rows.max(a, o + row * n, n) : Rows.min(a, o + row * n, n);
                }
            });
            return;
        }
        BinaryKernel kernel = largest ? Binary.MAX : Binary.MIN;
        Axes.parallel(over.outer(), NANOS * n * inner, (start, end) -> {
            for (int block = start; block < end; block++) {
                int from = o + block * n * inner;
                System.arraycopy(a, from, y, block * inner, inner);
                for (int row = 1; row < n; row++) {
                    kernel.apply(y, block * inner, a, from + row * inner, y, block * inner, inner);
                }
            }
        });
    }

    private static void doubles(Axes over, boolean largest, double[] y) {
        double[] a = over.from().doubles();
        int at = over.from().offset();
        int inner = over.inner();
        if (inner == 1) {
            int n = over.length();
            for (int row = 0; row < y.length; row++) {
                y[row] = ofRow(a, at + row * n, n, largest);
            }
            return;
        }
        Arrays.fill(y, largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        for (int block = 0; block < over.outer(); block++) {
            for (int row = 0; row < over.length(); row++) {
                for (int i = block * inner; i < (block + 1) * inner; i++) {
                    y[i] = largest ? Math.max(y[i], a[at]) : Math.min(y[i], a[at]);
                    at++;
                }
            }
        }
    }

    /** Four chains side by side: which comes first makes no difference to an extreme. */
    private static double ofRow(double[] a, int at, int n, boolean largest) {
        double[] best = {a[at], a[at], a[at], a[at]};
        int i = at;
        for (; i <= at + n - 4; i += 4) {
            for (int j = 0; j < 4; j++) {
                best[j] = largest ? Math.max(best[j], a[i + j]) : Math.min(best[j], a[i + j]);
            }
        }
        for (; i < at + n; i++) {
            best[0] = largest ? Math.max(best[0], a[i]) : Math.min(best[0], a[i]);
        }
        double low = largest ? Math.max(best[0], best[1]) : Math.min(best[0], best[1]);
        double high = largest ? Math.max(best[2], best[3]) : Math.min(best[2], best[3]);
        return largest ? Math.max(low, high) : Math.min(low, high);
    }

    private static void longs(Axes over, boolean largest, long[] y) {
        long[] a = over.from().longs();
        int at = over.from().offset();
        int inner = over.inner();
        Arrays.fill(y, largest ? Long.MIN_VALUE : Long.MAX_VALUE);
        for (int block = 0; block < over.outer(); block++) {
            for (int row = 0; row < over.length(); row++) {
                for (int i = block * inner; i < (block + 1) * inner; i++) {
                    y[i] = largest ? Math.max(y[i], a[at]) : Math.min(y[i], a[at]);
                    at++;
                }
            }
        }
    }

    // ---- indices

    static Tensor index(String name, Tensor x, boolean largest, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            Tensor found = index(name, x.unsqueeze(0), largest, axis, keepDims);
            return keepDims ? found.squeeze(0) : found;
        }
        Require.values(name, x);
        Axes over = Axes.of(name, x, keepDims, axis).requireSome(name, x);
        int n = over.length();
        int inner = over.inner();
        long[] y = new long[over.count()];
        if (x.dtype() == DType.F64 && inner == 1) {
            double[] a = over.from().doubles();
            int o = over.from().offset();
            Axes.parallel(y.length, 1.5 * n + 5, (start, end) -> {
                for (int row = start; row < end; row++) {
                    y[row] = first(a, o + row * n, ofRow(a, o + row * n, n, largest));
                }
            });
            return Tensor.wrap(y, over.result());
        }
        if (x.dtype() == DType.F32 && inner == 1) {
            float[] a = over.from().floats();
            int o = over.from().offset();
            Axes.parallel(y.length, 0.5 * n + 5, (start, end) -> {
                for (int row = start; row < end; row++) {
                    y[row] = first(a, o + row * n, largest ? Rows.max(a, o + row * n, n) : Rows.min(a, o + row * n, n));
                }
            });
            return Tensor.wrap(y, over.result());
        }
        Axes.parallel(over.outer(), 3.0 * n * inner, (start, end) -> {
            for (int block = start; block < end; block++) {
                ofBlock(over, block, largest, y);
            }
        });
        return Tensor.wrap(y, over.result());
    }

    /** Returns the place of the first element equal to one that is known to be there. */
    private static int first(float[] a, int at, float value) {
        int i = 0;
        if (Float.isNaN(value)) {
            while (!Float.isNaN(a[at + i])) {
                i++;
            }
        } else {
            while (a[at + i] != value) {
                i++;
            }
        }
        return i;
    }

    private static int first(double[] a, int at, double value) {
        int i = 0;
        while (a[at + i] != value && !(Double.isNaN(value) && Double.isNaN(a[at + i]))) {
            i++;
        }
        return i;
    }

    private static void ofBlock(Axes over, int block, boolean largest, long[] y) {
        int inner = over.inner();
        int width = Math.min(inner, COLUMNS);
        long[] keys = new long[COLUMNS];
        long[] best = new long[width];
        for (int first = 0; first < inner; first += width) {
            int columns = Math.min(width, inner - first);
            // Rows that are not cut lie side by side: several at once.
            int rows = columns == inner ? COLUMNS / inner : 1;
            Arrays.fill(best, Long.MIN_VALUE);
            for (int row = 0; row < over.length(); row += rows) {
                int n = Math.min(rows, over.length() - row);
                int from = over.from().offset() + (block * over.length() + row) * inner + first;
                if (largest) {
                    SortKeys.ascending(over.from().storage(), from, keys, 0, n * columns);
                } else {
                    SortKeys.descendingNaNFirst(over.from().storage(), from, keys, 0, n * columns);
                }
                for (int i = 0; i < n; i++) {
                    improve(keys, i * columns, row + i, best, y, block * inner + first, columns);
                }
            }
        }
    }

    /** Enters a row where its keys are larger than the best before. */
    private static void improve(long[] keys, int at, int row, long[] best, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            if (keys[at + i] > best[i]) {
                best[i] = keys[at + i];
                y[yo + i] = row;
            }
        }
    }

    static Reduction.WithIndex withIndex(String name, Tensor x, boolean largest, int axis, boolean keepDims) {
        if (x.rank() == 0) {
            return new Reduction.WithIndex(x, index(name, x, largest, axis, true));
        }
        Tensor indices = index(name, x, largest, axis, true);
        Tensor values = Indexing.gather(x, axis, indices);
        return keepDims
                ? new Reduction.WithIndex(values, indices)
                : new Reduction.WithIndex(values.squeeze(axis), indices.squeeze(axis));
    }
}
