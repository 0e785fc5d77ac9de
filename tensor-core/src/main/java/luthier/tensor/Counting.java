package luthier.tensor;

/**
 * Counts. Truth over axes: negative axes count from the end, none at all means all of them. An element is true if it is not zero, so NaN
 * is true and -0 is not. All take F32, F64, I64, I32 and BOOL, and throw {@link ShapeException} for an axis that does not exist or
 * is named twice and {@link DTypeException} for storage types.
 */
public final class Counting {
    private Counting() {}

    /**
     * Returns how many elements over axes are not zero, I64; 0 over an empty axis.
     *
     * {@snippet :
     * Counting.countNonZero(Tensor.of(new float[] {0, -0f, Float.NaN, 2}, 4)); // I64[][2]
     * }
     */
    public static Tensor countNonZero(Tensor x, int[] axes, boolean keepDims) {
        return count("countNonZero", x, keepDims, axes);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #countNonZero(Tensor, int[], boolean)}. */
    public static Tensor countNonZero(Tensor x, int... axes) {
        return countNonZero(x, axes, false);
    }

    private static Tensor count(String name, Tensor x, boolean keepDims, int... axes) {
        Require.values(name, x);
        Axes.reduced(name, x, axes);
        return Reduction.sum(x.to(DType.BOOL), axes, keepDims);
    }

    /**
     * Returns whether one element over axes is not zero, BOOL; false over an empty axis.
     *
     * {@snippet :
     * Counting.any(Tensor.of(new boolean[] {false, true, false, false}, 2, 2), 1); // BOOL[2][true, false]
     * }
     */
    public static Tensor any(Tensor x, int[] axes, boolean keepDims) {
        return count("any", x, keepDims, axes).to(DType.BOOL);
    }

    /** The same over the given axes, which go; without any, over all. See {@link #any(Tensor, int[], boolean)}. */
    public static Tensor any(Tensor x, int... axes) {
        return any(x, axes, false);
    }

    /**
     * Returns whether all elements over axes are not zero, BOOL; true over an empty axis.
     *
     * {@snippet :
     * Counting.all(Tensor.of(new boolean[] {true, true, true, false}, 2, 2), 1); // BOOL[2][true, false]
     * }
     */
    public static Tensor all(Tensor x, int[] axes, boolean keepDims) {
        Tensor count = count("all", x, keepDims, axes);
        long length = 1;
        boolean[] reduced = Axes.reduced("all", x, axes);
        for (int axis = 0; axis < reduced.length; axis++) {
            length *= reduced[axis] ? x.size(axis) : 1;
        }
        return Comparison.equal(count, Tensor.wrap(new long[] {length}, Shape.of()));
    }

    /** The same over the given axes, which go; without any, over all. See {@link #all(Tensor, int[], boolean)}. */
    public static Tensor all(Tensor x, int... axes) {
        return all(x, axes, false);
    }

    /**
     * Returns y[v] = how many elements of x are v, I64, for v from 0 to the largest: {@code x [..] -> [max(largest + 1, minLength)]}.
     *
     * {@snippet :
     * Counting.bincount(Tensor.of(new long[] {3, 0, 3}, 3), 0); // I64[4][1, 0, 0, 2]
     * }
     *
     * @param x I64 or I32
     * @param minLength how many counts there are at least
     * @throws ShapeException if an element is negative or too large for an array's index
     */
    public static Tensor bincount(Tensor x, long minLength) {
        int[] bins = bins(x);
        long[] y = new long[length(bins, minLength)];
        for (int bin : bins) {
            y[bin]++;
        }
        return Tensor.wrap(y, Shape.of(y.length));
    }

    /**
     * Returns y[v] = the sum of the weights where x is v, of their type, F32 or F64: in row-major order and double precision, rounded once.
     *
     * {@snippet :
     * Tensor weights = Tensor.of(new float[] {1, 2, 4}, 3);
     * Counting.bincount(Tensor.of(new long[] {1, 0, 1}, 3), weights, 3); // F32[3][2.0, 5.0, 0.0]
     * }
     *
     * @throws ShapeException if the weights have another shape than x, or for an element as above
     */
    public static Tensor bincount(Tensor x, Tensor weights, long minLength) {
        int[] bins = bins(x);
        Require.floating("bincount", weights);
        if (!weights.shape().equals(x.shape())) {
            throw ShapeRule.SAME.broken(
                    "bincount: weights must have the shape of x, " + x.shape() + "; got " + weights.shape(),
                    "x, weights",
                    x,
                    weights);
        }
        double[] values = weights.toDoubleArray();
        double[] y = new double[length(bins, minLength)];
        for (int i = 0; i < bins.length; i++) {
            y[bins[i]] += values[i];
        }
        return Tensor.wrap(y, Shape.of(y.length)).to(weights.dtype());
    }

    private static int[] bins(Tensor x) {
        if (x.dtype() != DType.I64 && x.dtype() != DType.I32) {
            throw new DTypeException("bincount: needs I64 or I32; got " + x.dtype() + "; convert with to()");
        }
        long[] values = x.toLongArray();
        int[] bins = new int[values.length];
        for (int i = 0; i < bins.length; i++) {
            if (values[i] < 0 || values[i] >= Layout.MAX_ARRAY) {
                throw new ShapeException("bincount: elements must be in [0, " + Layout.MAX_ARRAY + "); got " + values[i]
                        + "; count others with Sorting.unique");
            }
            bins[i] = (int) values[i];
        }
        return bins;
    }

    private static int length(int[] bins, long minLength) {
        if (minLength < 0 || minLength > Layout.MAX_ARRAY) {
            throw new ShapeException("bincount: minLength must be in [0, " + Layout.MAX_ARRAY + "]; got " + minLength);
        }
        int length = (int) minLength;
        for (int bin : bins) {
            length = Math.max(length, bin + 1);
        }
        return length;
    }
}
