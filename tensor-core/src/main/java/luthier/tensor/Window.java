package luthier.tensor;

/**
 * A window that slides over the last two axes of a tensor, or, in one-dimensional operations, over the last one; these read the
 * settings of the width alone. Used by {@link Pooling} and {@link Unfold}.
 *
 * @param rows taps along the height
 * @param columns taps along the width
 * @param height how it slides along the height
 * @param width how it slides along the width
 * @param ceil whether a last window may reach beyond the padding, as long as it starts inside the input or the padding before it
 */
public record Window(int rows, int columns, Sliding height, Sliding width, boolean ceil) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there are no taps
     */
    public Window {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("window: must have at least one tap; got " + rows + " x " + columns);
        }
    }

    /**
     * Returns a square window that moves by its own size.
     *
     * {@snippet :
     * Window.of(2).width().stride(); // 2
     * }
     *
     * @throws IllegalArgumentException if there are no taps
     */
    public static Window of(int size) {
        return of(size, size);
    }

    /** Returns a window that moves by its own size. */
    public static Window of(int rows, int columns) {
        return new Window(
                rows,
                columns,
                Sliding.UNIT.withStride(Math.max(1, rows)),
                Sliding.UNIT.withStride(Math.max(1, columns)),
                false);
    }

    /** Returns this window with one stride for both axes. */
    public Window stride(int stride) {
        return stride(stride, stride);
    }

    /** Returns this window with a stride an axis. */
    public Window stride(int vertical, int horizontal) {
        return new Window(rows, columns, height.withStride(vertical), width.withStride(horizontal), ceil);
    }

    /** Returns this window with the same padding on all four sides. */
    public Window padding(int padding) {
        return padding(padding, padding, padding, padding);
    }

    /** Returns this window with a padding a side. */
    public Window padding(int top, int bottom, int left, int right) {
        return new Window(rows, columns, height.withPadding(top, bottom), width.withPadding(left, right), ceil);
    }

    /** Returns this window with one distance between taps for both axes. */
    public Window dilation(int dilation) {
        return dilation(dilation, dilation);
    }

    /** Returns this window with a distance between taps an axis. */
    public Window dilation(int vertical, int horizontal) {
        return new Window(rows, columns, height.withDilation(vertical), width.withDilation(horizontal), ceil);
    }

    /** Returns this window with or without ceil mode. */
    public Window ceil(boolean on) {
        return new Window(rows, columns, height, width, on);
    }

    /** The same along the width alone. */
    Window flat() {
        return new Window(1, columns, Sliding.UNIT, width, ceil);
    }
}
