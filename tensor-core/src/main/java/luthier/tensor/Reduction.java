package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Rows;

/**
 * Sums, means and extremes over axes; negative axes count from the end, no axes at all means all of them.
 *
 * <p>The order of every sum is fixed by the shape alone. A row of F32 is summed over sixteen virtual lanes in blocks of 4096
 * elements, the blocks one after the other in double precision; leading axes are summed row onto row, in blocks of 64 rows.
 * Means and variances follow from sums. All throw {@link ShapeException} for an axis that does not exist or is named twice.
 */
public final class Reduction {
    private static final int BLOCK = 4096;
    private static final int ROW_BLOCK = 64;

    private Reduction() {}

    /** Returns the sum of all elements, of rank 0; 0 for none. */
    public static Tensor sum(Tensor x) {
        return sum(x, false);
    }

    /** Returns the sum over axes, for floating types and I64; 0 over an empty axis. */
    public static Tensor sum(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("sum", x, axes);
        Shape result = resultShape(x.shape(), reduced, keepDims);
        if (x.dtype() == DType.F32 && leadingOnly(reduced) && x.isContiguous()) {
            int width = (int) resultShape(x.shape(), reduced, false).elementCount();
            return Tensor.wrap(columnSums(x, width), result);
        }
        Tensor rows = rows(x, reduced);
        int count = (int) rows.size(0);
        int length = (int) rows.size(1);
        int o = rows.offset();
        return switch (x.dtype()) {
            case F32 -> {
                float[] y = new float[count];
                float[] a = rows.floats();
                forRows(count, length, row -> y[row] = (float) sumOfBlocks(a, o + row * length, length));
                yield Tensor.wrap(y, result);
            }
            case F64 -> {
                double[] y = new double[count];
                double[] a = rows.doubles();
                forRows(count, length, row -> {
                    for (int i = o + row * length; i < o + (row + 1) * length; i++) {
                        y[row] += a[i];
                    }
                });
                yield Tensor.wrap(y, result);
            }
            case I64 -> {
                long[] y = new long[count];
                long[] a = rows.longs();
                forRows(count, length, row -> {
                    for (int i = o + row * length; i < o + (row + 1) * length; i++) {
                        y[row] += a[i];
                    }
                });
                yield Tensor.wrap(y, result);
            }
            case I32, BOOL, BF16, F16, I8, U8 ->
                throw new DTypeException("sum: needs F32, F64 or I64; got " + x.dtype() + "; convert with to()");
        };
    }

    private static double sumOfBlocks(float[] a, int at, int n) {
        if (n <= BLOCK) {
            return Rows.sum(a, at, n);
        }
        double total = 0;
        for (int start = 0; start < n; start += BLOCK) {
            total += Rows.sum(a, at + start, Math.min(BLOCK, n - start));
        }
        return total;
    }

    /** The sums of the columns of x seen as rows of {@code width} elements. */
    private static float[] columnSums(Tensor x, int width) {
        float[] a = x.floats();
        int o = x.offset();
        int count = width == 0 ? 0 : (int) (x.elementCount() / width);
        int blocks = (count + ROW_BLOCK - 1) / ROW_BLOCK;
        float[][] partial = new float[Math.max(blocks, 1)][width];
        forRows(blocks, ROW_BLOCK * width, block -> {
            int end = Math.min(count, (block + 1) * ROW_BLOCK);
            for (int row = block * ROW_BLOCK; row < end; row++) {
                Binary.ADD.apply(partial[block], 0, a, o + row * width, partial[block], 0, width);
            }
        });
        for (int block = 1; block < blocks; block++) {
            Binary.ADD.apply(partial[0], 0, partial[block], 0, partial[0], 0, width);
        }
        return partial[0];
    }

    /**
     * Returns x summed down to a shape that broadcasts to that of x: the derivative of broadcasting.
     *
     * @throws ShapeException if {@code target} does not broadcast to the shape of x
     */
    public static Tensor sumTo(Tensor x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        int lead = x.rank() - target.rank();
        if (lead < 0 || !target.broadcast(x.shape(), "sumTo").equals(x.shape())) {
            throw new ShapeException(
                    "sumTo: the target must broadcast to the shape of x; got " + target + " and " + x.shape());
        }
        int[] axes = new int[x.rank()];
        int count = 0;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (axis < lead || target.size(axis - lead) != x.size(axis)) {
                axes[count++] = axis;
            }
        }
        return sum(x, true, Arrays.copyOf(axes, count)).reshape(target.toArray());
    }

    /** Returns the mean over axes, sum / count; NaN over an empty axis. */
    public static Tensor mean(Tensor x, boolean keepDims, int... axes) {
        Elementwise.requireFloating("mean", x);
        Tensor total = sum(x, keepDims, axes);
        return Elementwise.div(total, Tensor.full(x.dtype(), (double) count(x, axes), Shape.of()));
    }

    /**
     * Returns the sum of squared distances to the mean over (count - correction): correction 0 is the biased variance, 1 the
     * unbiased one.
     */
    public static Tensor variance(Tensor x, int correction, boolean keepDims, int... axes) {
        Tensor distance = Elementwise.sub(x, mean(x, true, axes));
        Tensor total = sum(Elementwise.square(distance), keepDims, axes);
        return Elementwise.div(
                total, Tensor.full(x.dtype(), (double) Math.max(0, count(x, axes) - correction), Shape.of()));
    }

    /** Returns the largest element over axes; NaN if one is; minus infinity over an empty axis. */
    public static Tensor max(Tensor x, boolean keepDims, int... axes) {
        boolean[] reduced = reduced("max", x, axes);
        Tensor rows = rows(x, reduced);
        int count = (int) rows.size(0);
        int length = (int) rows.size(1);
        Shape result = resultShape(x.shape(), reduced, keepDims);
        if (x.dtype() == DType.F32) {
            float[] y = new float[count];
            forRows(count, length, row -> y[row] = Rows.max(rows.floats(), rows.offset() + row * length, length));
            return Tensor.wrap(y, result);
        }
        Elementwise.requireFloating("max", x);
        double[] y = new double[count];
        for (int row = 0; row < count; row++) {
            y[row] = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < length; i++) {
                y[row] = Math.max(y[row], rows.doubles()[rows.offset() + row * length + i]);
            }
        }
        return Tensor.wrap(y, result);
    }

    /** Returns the smallest element over axes; NaN if one is; infinity over an empty axis. */
    public static Tensor min(Tensor x, boolean keepDims, int... axes) {
        return Elementwise.neg(max(Elementwise.neg(x), keepDims, axes));
    }

    /**
     * Returns the index, I64, of the first largest element along an axis; NaN counts as largest.
     *
     * @throws ShapeException if the axis is empty
     */
    public static Tensor argmax(Tensor x, int axis, boolean keepDims) {
        Elementwise.requireFloating("argmax", x);
        boolean[] reduced = reduced("argmax", x, axis);
        if (x.size(axis) == 0) {
            throw new ShapeException("argmax: the axis must not be empty; got axis " + axis + " of " + x.shape());
        }
        Tensor rows = rows(x.to(DType.F64), reduced);
        int length = (int) rows.size(1);
        double[] a = rows.doubles();
        long[] y = new long[(int) rows.size(0)];
        for (int row = 0; row < y.length; row++) {
            int from = rows.offset() + row * length;
            int best = 0;
            for (int i = 1; i < length && !Double.isNaN(a[from + best]); i++) {
                if (a[from + i] > a[from + best] || Double.isNaN(a[from + i])) {
                    best = i;
                }
            }
            y[row] = best;
        }
        return Tensor.wrap(y, resultShape(x.shape(), reduced, keepDims));
    }

    /** Returns the sum of the squares of all elements, blocks of 4096 added in double precision. */
    public static double sumOfSquares(Tensor x) {
        Elementwise.requireFloating("sumOfSquares", x);
        Tensor flat = x.contiguous();
        int n = (int) x.elementCount();
        double total = 0;
        for (int start = 0; start < n; start += BLOCK) {
            int length = Math.min(BLOCK, n - start);
            if (x.dtype() == DType.F32) {
                total += Rows.squaredDistance(flat.floats(), flat.offset() + start, 0, length);
                continue;
            }
            for (int i = start; i < start + length; i++) {
                double value = flat.doubles()[flat.offset() + i];
                total += value * value;
            }
        }
        return total;
    }

    /** Returns whether no element is NaN or infinite. */
    public static boolean allFinite(Tensor x) {
        Elementwise.requireFloating("allFinite", x);
        Tensor flat = x.contiguous();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F32) {
            // 0 x is 0 for finite x and NaN otherwise; the loop has no branch.
            float total = 0;
            for (int i = 0; i < n; i++) {
                total += 0 * flat.floats()[flat.offset() + i];
            }
            return total == 0;
        }
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(flat.doubles()[flat.offset() + i])) {
                return false;
            }
        }
        return true;
    }

    // ---- axes
    // -----------------------------------------------------------------------------------------------------------

    private static boolean[] reduced(String name, Tensor x, int... axes) {
        boolean[] result = new boolean[x.rank()];
        if (axes.length == 0) {
            Arrays.fill(result, true);
        }
        for (int axis : axes) {
            int a = x.shape().axis(axis, name);
            if (result[a]) {
                throw new ShapeException(name + ": every axis may be named once; got " + Arrays.toString(axes));
            }
            result[a] = true;
        }
        return result;
    }

    private static long count(Tensor x, int... axes) {
        boolean[] reduced = reduced("count", x, axes);
        long result = 1;
        for (int axis = 0; axis < reduced.length; axis++) {
            result *= reduced[axis] ? x.size(axis) : 1;
        }
        return result;
    }

    private static Shape resultShape(Shape shape, boolean[] reduced, boolean keepDims) {
        long[] sizes = new long[shape.rank()];
        int count = 0;
        for (int axis = 0; axis < reduced.length; axis++) {
            if (!reduced[axis]) {
                sizes[count++] = shape.size(axis);
            } else if (keepDims) {
                sizes[count++] = 1;
            }
        }
        return Shape.of(Arrays.copyOf(sizes, count));
    }

    private static boolean leadingOnly(boolean[] reduced) {
        int axis = 0;
        while (axis < reduced.length && reduced[axis]) {
            axis++;
        }
        boolean some = axis > 0 && axis < reduced.length;
        while (axis < reduced.length && !reduced[axis]) {
            axis++;
        }
        return some && axis == reduced.length;
    }

    /** Returns {@code [kept, reduced]}, contiguous. */
    private static Tensor rows(Tensor x, boolean[] reduced) {
        int[] order = new int[x.rank()];
        int next = 0;
        long kept = 1;
        long length = 1;
        for (int axis = 0; axis < order.length; axis++) {
            if (!reduced[axis]) {
                order[next++] = axis;
                kept *= x.size(axis);
            } else {
                length *= x.size(axis);
            }
        }
        for (int axis = 0; axis < order.length; axis++) {
            if (reduced[axis]) {
                order[next++] = axis;
            }
        }
        return x.permute(order).contiguous().reshape(kept, length);
    }

    interface RowBody {
        void run(int row);
    }

    /** Runs rows on all threads if they are many, a fixed number of them in a task. */
    static void forRows(int count, int length, RowBody body) {
        int each = Math.max(1, Broadcasting.BLOCK / Math.max(1, length));
        Parallel.run((count + each - 1) / each, task -> {
            int end = Math.min(count, (task + 1) * each);
            for (int row = task * each; row < end; row++) {
                body.run(row);
            }
        });
    }
}
