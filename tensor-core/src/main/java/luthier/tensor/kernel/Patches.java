package luthier.tensor.kernel;

import java.util.Arrays;

/**
 * The columns of a convolution as a matrix product: row (c, t) of the matrix holds, for every position (i, j) of a grid, the number
 * of plane c at (i vertical + rowOf[t], j horizontal + columnOf[t]), 0 outside the plane. Only copies: there is nothing to
 * round, so one kernel serves all machines.
 *
 * @param height rows of a plane
 * @param width columns of a plane
 * @param gridRows rows of the grid
 * @param gridColumns columns of the grid
 * @param vertical distance of the grid's rows
 * @param horizontal distance of the grid's columns
 * @param rowOf shift of each tap
 * @param columnOf shift of each tap
 */
@SuppressWarnings("ArrayRecordComponent") // The arrays are a view's constants, never compared.
public record Patches(
        int height,
        int width,
        int gridRows,
        int gridColumns,
        int vertical,
        int horizontal,
        int[] rowOf,
        int[] columnOf) {

    /** Returns the number of taps. */
    public int taps() {
        return rowOf.length;
    }

    /** Returns the number of positions. */
    public int positions() {
        return gridRows * gridColumns;
    }

    /** Returns whether the matrix of a plane is the plane itself. */
    public boolean isIdentity() {
        return rowOf.length == 1
                && rowOf[0] == 0
                && columnOf[0] == 0
                && vertical == 1
                && horizontal == 1
                && gridRows == height
                && gridColumns == width;
    }

    /** Writes the rows of one plane for the positions start to end; rows of the matrix are {@code ld} apart. */
    public void gather(float[] x, int xo, int start, int end, float[] to, int at, int ld) {
        for (int t = 0; t < rowOf.length; t++) {
            if (horizontal == 1 && vertical == 1 && gridColumns == width) {
                shifted(x, xo, rowOf[t], columnOf[t], start, end, to, at + t * ld);
            } else {
                rows(x, xo, t, start, end, to, at + t * ld);
            }
        }
    }

    /** Where grid and plane are equally wide, a tap is the plane moved along: one copy, then zeros where it wrapped around. */
    private void shifted(float[] x, int xo, int rowShift, int columnShift, int start, int end, float[] to, int at) {
        int shift = rowShift * width + columnShift;
        int first = Math.clamp(-shift, start, end);
        int behind = Math.clamp((long) height * width - shift, first, end);
        Arrays.fill(to, at, at + first - start, 0f);
        if (behind > first) {
            System.arraycopy(x, xo + first + shift, to, at + first - start, behind - first);
        }
        Arrays.fill(to, at + behind - start, at + end - start, 0f);
        int wrappedFrom = columnShift < 0 ? 0 : Math.max(0, width - columnShift);
        int wrappedTo = columnShift < 0 ? Math.min(width, -columnShift) : width;
        if (wrappedTo == wrappedFrom) {
            return;
        }
        for (int row = start / width * width; row < end; row += width) {
            int behindWrapped = Math.min(row + wrappedTo, end);
            for (int i = Math.max(row + wrappedFrom, start); i < behindWrapped; i++) {
                to[at + i - start] = 0;
            }
        }
    }

    private void rows(float[] x, int xo, int t, int start, int end, float[] to, int at) {
        int firstInside = Math.max(0, Math.ceilDiv(-columnOf[t], horizontal));
        int behindInside = Math.floorDiv(width - 1 - columnOf[t], horizontal) + 1;
        int row = start / gridColumns;
        for (int position = start; position < end; row++) {
            int from = position - row * gridColumns;
            int behind = Math.min(gridColumns, end - row * gridColumns);
            int y = row * vertical + rowOf[t];
            boolean inside = y >= 0 && y < height;
            int left = inside ? Math.clamp(firstInside, from, behind) : behind;
            int right = inside ? Math.clamp(behindInside, left, behind) : behind;
            int target = at + position - start;
            Arrays.fill(to, target, target + left - from, 0f);
            copy(x, xo + y * width + left * horizontal + columnOf[t], to, target + left - from, right - left);
            Arrays.fill(to, target + right - from, target + behind - from, 0f);
            position += behind - from;
        }
    }

    /** Copies numbers of a plane's row that are {@code horizontal} apart. */
    void copy(float[] x, int from, float[] to, int at, int n) {
        if (horizontal == 1 && n > 0) {
            System.arraycopy(x, from, to, at, n);
            return;
        }
        int source = from;
        for (int j = 0; j < n; j++) {
            to[at + j] = x[source];
            source += horizontal;
        }
    }
}
