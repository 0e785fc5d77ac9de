package luthier.tensor;

/**
 * How a window slides along one axis: position i covers the places {@code i stride - before + t dilation} for its taps
 * {@code t = 0, 1, ..}; places outside the axis are padding.
 *
 * @param stride the distance of neighbouring positions, at least 1
 * @param before padding in front of the axis
 * @param after padding behind the axis
 * @param dilation the distance of neighbouring taps, at least 1
 */
public record Sliding(int stride, int before, int after, int dilation) {
    /** Position by position, without padding. */
    public static final Sliding UNIT = new Sliding(1, 0, 0, 1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the stride or the dilation is below 1 or a padding negative
     */
    public Sliding {
        if (stride < 1 || dilation < 1) {
            throw new IllegalArgumentException(
                    "sliding: stride and dilation must be at least 1; got " + stride + " and " + dilation);
        }
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException("sliding: padding must not be negative; got " + before + " and " + after
                    + "; cut the input with slice instead");
        }
    }

    Sliding withStride(int stride) {
        return new Sliding(stride, before, after, dilation);
    }

    Sliding withPadding(int before, int after) {
        return new Sliding(stride, before, after, dilation);
    }

    Sliding withDilation(int dilation) {
        return new Sliding(stride, before, after, dilation);
    }

    /** Returns the distance from a window's first place to behind its last. */
    long extent(int taps) {
        return (taps - 1L) * dilation + 1;
    }

    /** Returns the number of positions over an axis of this size; not positive if the window does not fit. */
    long positions(long size, int taps) {
        return Math.floorDiv(size + before + after - extent(taps), (long) stride) + 1;
    }

    /**
     * Returns the number of positions if a last window may reach beyond the padding, as long as it starts inside the axis or the
     * padding in front of it.
     */
    long ceilPositions(long size, int taps) {
        long positions = Math.floorDiv(size + before + after - extent(taps) + stride - 1, (long) stride) + 1;
        return (positions - 1) * stride >= size + before ? positions - 1 : positions;
    }

    /** Returns the number of positions, at least 1, or throws in the name of an operation. */
    int positions(String operation, String axis, long size, int taps, boolean ceil) {
        if (size == 0) {
            throw new ShapeException(operation + ": the " + axis + " must not be empty; got size 0");
        }
        if (extent(taps) > size + before + after) {
            throw new ShapeException(operation + ": the window must fit into the padded " + axis + "; got " + taps
                    + " taps of dilation " + dilation + ", which span " + extent(taps) + ", over " + size + " + "
                    + before + " + " + after + "; pad more");
        }
        if (size + before + after > Layout.MAX_ARRAY) {
            throw new ShapeException(operation + ": the padded " + axis + " must be at most " + Layout.MAX_ARRAY
                    + "; got " + size + " + " + before + " + " + after + "; pad less");
        }
        return Math.toIntExact(ceil ? ceilPositions(size, taps) : positions(size, taps));
    }

    /** Returns the first position at which a tap lies inside an axis (or behind every position). */
    int firstInside(int tap) {
        return Math.max(0, Math.ceilDiv(before - tap * dilation, stride));
    }

    /** Returns the position behind the last one at which a tap lies inside an axis. */
    int behindInside(int tap, int size, int positions) {
        return Math.min(positions, Math.floorDiv(size - 1 + before - tap * dilation, stride) + 1);
    }
}
