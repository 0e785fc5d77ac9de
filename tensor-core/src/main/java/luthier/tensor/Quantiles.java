package luthier.tensor;

import luthier.tensor.kernel.DoubleFunctions;

/**
 * Elements by their rank among all in order: the median and other quantiles. Order is that of {@link Sorting}; where one element is NaN, the
 * result is. All throw {@link ShapeException} for axes that do not exist or are empty and {@link DTypeException} for types they do not take.
 */
public final class Quantiles {
    private Quantiles() {}

    /** What lies between two neighbours in order, where the rank sought is no whole number. */
    public enum Interpolation {
        /** (1 - w) lower + w higher, w being the fraction of the rank. */
        LINEAR,
        /** The lower neighbour. */
        LOWER,
        /** The higher neighbour. */
        HIGHER,
        /** The mean of both. */
        MIDPOINT,
        /** The nearer one; of two as near the one whose rank is even. */
        NEAREST;

        /** Returns the weight of the higher neighbour. */
        private double weight(double rank) {
            double lower = Math.floor(rank);
            return switch (this) {
                case LINEAR -> rank - lower;
                case LOWER -> 0;
                case HIGHER -> Math.ceil(rank) - lower;
                case MIDPOINT -> rank == lower ? 0 : 0.5;
                case NEAREST -> Math.rint(rank) - lower;
            };
        }
    }

    /**
     * Returns the median of all elements, of rank 0 and the type of x, any but storage types: an element, of an even number the lower of the two
     * in the middle, as in PyTorch; {@code quantile(x, 0.5)} is the mean of both.
     *
     * {@snippet :
     * Quantiles.median(Tensor.of(new float[] {4, 1, 3, 2}, 4)); // F32[][2.0]
     * }
     */
    public static Tensor median(Tensor x) {
        return median(x.reshape(x.elementCount()), 0, false).values();
    }

    /**
     * Returns the medians along an axis, elements of x, and their indices, I64: the element at place (n - 1) / 2, rounded down, of the stable
     * order, or the first NaN.
     *
     * {@snippet :
     * Quantiles.median(Tensor.of(new long[] {4, 1, 3, 2}, 4), 0, false).indices(); // I64[][3]
     * }
     */
    public static Reduction.WithIndex median(Tensor x, int axis, boolean keepDims) {
        Require.values("median", x);
        if (x.rank() == 0) {
            Reduction.WithIndex one = median(x.unsqueeze(0), axis, false);
            return new Reduction.WithIndex(x, one.indices());
        }
        int a = Require.axis("median", x, axis);
        Tensor rows = x.transpose(a, -1);
        requireSome("median", x, a);
        Sorting.Sorted sorted = Sorting.sort(rows, -1, false);
        Tensor ranks = ranks(sorted.values(), ((int) rows.size(-1) - 1) / 2);
        Tensor values = Indexing.gather(sorted.values(), -1, ranks).transpose(a, -1);
        Tensor indices = Indexing.gather(sorted.indices(), -1, ranks).transpose(a, -1);
        return keepDims
                ? new Reduction.WithIndex(values.contiguous(), indices.contiguous())
                : new Reduction.WithIndex(
                        values.squeeze(a).contiguous(), indices.squeeze(a).contiguous());
    }

    /**
     * Returns the q-quantile over axes, linear between the neighbours of rank q (n - 1); see {@link #quantile(Tensor, int[], double, Interpolation, boolean)}.
     *
     * {@snippet :
     * Quantiles.quantile(Tensor.of(new float[] {4, 1, 3, 2}, 4), 0.5); // F32[][2.5]
     * }
     */
    public static Tensor quantile(Tensor x, double q, int... axes) {
        return quantile(x, axes, q, Interpolation.LINEAR, false);
    }

    /**
     * Returns the q-quantile over axes, for F32 and F64: the element at rank q (n - 1) in ascending order, counted from 0, or what lies between
     * its neighbours, in double precision and rounded once. No axes means all of them.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {4, 1, 3, 2}, 2, 2);
     * Quantiles.quantile(x, new int[] {1}, 0.25, Quantiles.Interpolation.HIGHER, false); // F32[2][4.0, 3.0]
     * }
     *
     * @throws IllegalArgumentException if q is not in [0, 1]
     */
    public static Tensor quantile(Tensor x, int[] axes, double q, Interpolation how, boolean keepDims) {
        return withIndices("quantile", x, q, how, keepDims, axes).values();
    }

    /**
     * Quantiles and the elements they were made of.
     *
     * @param values (1 - weight) times the element at the lower index plus weight times that at the higher one
     * @param lower indices, I64; over several axes they count the elements of all of them, the last axis fastest
     * @param higher indices, I64; where the weight is 0 the lower ones
     * @param weight from 0 to 1
     */
    public record WithIndices(Tensor values, Tensor lower, Tensor higher, double weight) {}

    /**
     * Returns the q-quantile over axes and the elements it was made of; a NaN stands for both neighbours.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {4, 1, 3, 2}, 4);
     * Quantiles.quantileWithIndices(x, new int[0], 0.5, Quantiles.Interpolation.LINEAR, false).higher(); // I64[][2]
     * }
     *
     * @throws IllegalArgumentException if q is not in [0, 1]
     */
    public static WithIndices quantileWithIndices(Tensor x, int[] axes, double q, Interpolation how, boolean keepDims) {
        return withIndices("quantileWithIndices", x, q, how, keepDims, axes);
    }

    private static WithIndices withIndices(
            String name, Tensor x, double q, Interpolation how, boolean keepDims, int... axes) {
        Require.floating(name, x);
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("quantile: q must be between 0 and 1; got " + q);
        }
        Axes over = Axes.rows(name, x, keepDims, axes).requireSome(name, x);
        long[] shape = over.result().toArray();
        double rank = q * (over.length() - 1);
        int lower = (int) rank;
        double weight = how.weight(rank);
        Sorting.Sorted sorted = Sorting.sort(over.from().reshape(over.count(), over.length()), 1, false);
        Tensor below = ranks(sorted.values(), lower);
        Tensor above = ranks(sorted.values(), weight == 0 ? lower : lower + 1);
        double[] values = Indexing.gather(sorted.values(), 1, below).toDoubleArray();
        double[] higher = Indexing.gather(sorted.values(), 1, above).toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = between(values[i], higher[i], weight);
        }
        return new WithIndices(
                Tensor.wrap(values, over.result()).to(x.dtype()),
                Indexing.gather(sorted.indices(), 1, below).reshape(shape),
                Indexing.gather(sorted.indices(), 1, above).reshape(shape),
                weight);
    }

    private static void requireSome(String name, Tensor x, int axis) {
        boolean anyResult = Shape.of(Layout.without(x.shape().toArray(), axis)).elementCount() > 0;
        if (x.size(axis) == 0 && anyResult) {
            throw Require.broken(name + ": the axis must not be empty; got axis " + axis + " of " + x.shape(), x);
        }
    }

    /** Whichever form is exact at its ends; where the distance overflows or is infinite, the sum of the parts. */
    private static double between(double a, double b, double weight) {
        if (a == b || weight == 0 || weight == 1) {
            return weight == 1 ? b : a;
        }
        return Double.isFinite(b - a) ? DoubleFunctions.lerp(a, b, weight) : Math.fma(weight, b, (1 - weight) * a);
    }

    /** Returns the rank for every row {@code [.., n] -> [.., 1]}, that of the first NaN in rows that have some. */
    private static Tensor ranks(Tensor sorted, int rank) {
        Tensor nans = Reduction.sum(Comparison.isNaN(sorted), new int[] {-1}, true);
        Tensor first = Elementwise.sub((int) sorted.size(-1), nans);
        Tensor wanted = Tensor.full(DType.I64, rank, nans.shape());
        return Selection.where(Comparison.greater(nans, 0), first, wanted);
    }
}
