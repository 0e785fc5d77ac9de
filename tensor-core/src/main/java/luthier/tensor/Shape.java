package luthier.tensor;

import java.util.Arrays;

/**
 * The sizes of a tensor's axes, outermost first. Immutable. Rank 0 (a single number) and axes of size 0 are ordinary shapes.
 *
 * <p>Sizes are {@code long} and their product is exact, so a shape can describe tensors far larger than memory: models are
 * counted from shapes alone.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] sizes;
    private final long elements;

    private Shape(long[] sizes) {
        this.sizes = sizes;
        this.elements = product(sizes);
    }

    /** Returns the shape over the array itself, whose sizes are known not to be negative and which nobody writes any more. */
    static Shape trusted(long... sizes) {
        return sizes.length == 0 ? SCALAR : new Shape(sizes);
    }

    /** Exact even where a size is 0, so that the strides of every shape are numbers. */
    private static long product(long[] sizes) {
        long product = 1;
        boolean empty = false;
        try {
            for (long size : sizes) {
                empty |= size == 0;
                product = Math.multiplyExact(product, Math.max(size, 1));
            }
        } catch (ArithmeticException overflow) {
            throw new ShapeException("shape: the element count must fit a long; got " + Arrays.toString(sizes));
        }
        return empty ? 0 : product;
    }

    /**
     * Returns the shape with the given axis sizes, outermost first.
     *
     * {@snippet :
     * Shape.of(2, 3).elementCount(); // 6
     * }
     *
     * @throws ShapeException if a size is negative or the product of the sizes exceeds a {@code long}
     */
    public static Shape of(long... sizes) {
        if (sizes.length == 0) {
            return SCALAR;
        }
        long[] copy = sizes.clone();
        for (long size : copy) {
            if (size < 0) {
                throw new ShapeException("shape: sizes must not be negative; got " + Arrays.toString(copy));
            }
        }
        return new Shape(copy);
    }

    /** Returns the number of axes. */
    public int rank() {
        return sizes.length;
    }

    /**
     * Returns the size of an axis; negative axes count from the end.
     *
     * @throws ShapeException if the axis is outside {@code [-rank, rank)}
     */
    public long size(int axis) {
        return sizes[axis(axis, "size")];
    }

    /** Returns the product of all sizes: 1 for rank 0, 0 if any axis has size 0. */
    public long elementCount() {
        return elements;
    }

    /**
     * Returns the number of elements as the length of an array.
     *
     * @param operation the caller's name, for the error
     * @throws ShapeException if there are more than an array holds
     */
    public int arrayLength(String operation) {
        if (elements > Layout.MAX_ARRAY) {
            throw new ShapeException(operation + ": a tensor may hold at most " + Layout.MAX_ARRAY + " elements; got "
                    + this + " (" + elements + "); split it");
        }
        return (int) elements;
    }

    /** Returns a copy of the sizes. */
    public long[] toArray() {
        return sizes.clone();
    }

    /**
     * Returns the axis as an index from the front.
     *
     * @param operation the caller's name, for the error
     * @throws ShapeException if the axis is outside {@code [-rank, rank)}
     */
    public int axis(int axis, String operation) {
        int resolved = axis < 0 ? axis + sizes.length : axis;
        if (resolved < 0 || resolved >= sizes.length) {
            throw new ShapeException(operation + ": axis must be in [" + -sizes.length + ", " + sizes.length
                    + ") for shape " + this + "; got " + axis);
        }
        return resolved;
    }

    /**
     * Returns the shape both operands expand to: aligned at the last axis, sizes must be equal or one of them 1.
     *
     * @param operation the caller's name, for the error
     * @throws ShapeException if an axis neither agrees nor is 1
     */
    public Shape broadcast(Shape other, String operation) {
        if (equals(other)) {
            return this;
        }
        int rank = Math.max(rank(), other.rank());
        long[] result = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long a = i <= rank() ? sizes[rank() - i] : 1;
            long b = i <= other.rank() ? other.sizes[other.rank() - i] : 1;
            if (a != b && a != 1 && b != 1) {
                throw new ShapeException(operation + ": shapes must broadcast (equal sizes or 1, aligned at the last"
                        + " axis); got " + this + " and " + other + ", which differ at axis -" + i + " (" + a + " and "
                        + b + ")");
            }
            result[rank - i] = a == 1 ? b : a;
        }
        return new Shape(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** Returns the sizes in brackets, {@code [2, 3]}; rank 0 is {@code []}. */
    @Override
    public String toString() {
        return Arrays.toString(sizes);
    }
}
