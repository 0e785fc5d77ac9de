package luthier.tensor;

/**
 * Truth over axes: negative axes count from the end, none at all means all of them. An element is true if it is not zero, so NaN
 * is true and -0 is not. All take F32, F64, I64, I32 and BOOL, and throw {@link ShapeException} for an axis that does not exist or
 * is named twice and {@link DTypeException} for storage types.
 */
public final class Counting {
    private Counting() {}

    /**
     * Returns how many elements over axes are not zero, I64; 0 over an empty axis.
     *
     * {@snippet :
     * Counting.countNonZero(Tensor.of(new float[] {0, -0f, Float.NaN, 2}, 4), false); // I64[][2]
     * }
     */
    public static Tensor countNonZero(Tensor x, boolean keepDims, int... axes) {
        return count("countNonZero", x, keepDims, axes);
    }

    private static Tensor count(String name, Tensor x, boolean keepDims, int... axes) {
        Reduction.requireComputable(name, x);
        Axes.reduced(name, x.shape(), axes);
        return Reduction.sum(x.to(DType.BOOL), keepDims, axes);
    }

    /**
     * Returns whether one element over axes is not zero, BOOL; false over an empty axis.
     *
     * {@snippet :
     * Counting.any(Tensor.of(new boolean[] {false, true, false, false}, 2, 2), false, 1); // BOOL[2][true, false]
     * }
     */
    public static Tensor any(Tensor x, boolean keepDims, int... axes) {
        return count("any", x, keepDims, axes).to(DType.BOOL);
    }

    /**
     * Returns whether all elements over axes are not zero, BOOL; true over an empty axis.
     *
     * {@snippet :
     * Counting.all(Tensor.of(new boolean[] {true, true, true, false}, 2, 2), false, 1); // BOOL[2][true, false]
     * }
     */
    public static Tensor all(Tensor x, boolean keepDims, int... axes) {
        Tensor count = count("all", x, keepDims, axes);
        long length = 1;
        boolean[] reduced = Axes.reduced("all", x.shape(), axes);
        for (int axis = 0; axis < reduced.length; axis++) {
            length *= reduced[axis] ? x.size(axis) : 1;
        }
        return Comparison.equal(count, Tensor.wrap(new long[] {length}, Shape.of()));
    }
}
