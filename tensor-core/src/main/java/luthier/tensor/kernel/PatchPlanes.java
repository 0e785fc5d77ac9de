package luthier.tensor.kernel;

import java.util.Arrays;

/**
 * Copies of planes from which the matrix of {@link Patches} is read front to back: padded with zeros, and with the numbers that a tap
 * meets side by side. Rows with the same remainder by the grid's step follow each other, and so do columns; remainders that
 * no tap meets are left out. Every tap is then a shift, and the next position of a row the next number.
 *
 * <p>The copies cover the rows of the grid in which the positions start to end lie. Column j of the matrix is position
 * {@code start + j % each} of plane {@code j / each} of a channel, row (c, t) tap t of channel c.
 */
public final class PatchPlanes {
    /** Numbers behind the copies that a vector may read. */
    private static final int PADDING = 16;

    private final Patches patches;
    private final int channels;
    private final int start;
    private final int each;
    private final Axis down;
    private final Axis along;
    private final int[] rows;

    /** The numbers of one axis, sorted by their remainder: {@code length} of each remainder. */
    private record Axis(int step, int first, int[] remainders, long length) {
        static Axis of(int step, int[] shifts, int positions) {
            int first = Arrays.stream(shifts).min().orElse(0);
            int[] remainders = Arrays.stream(shifts)
                    .map(shift -> (shift - first) % step)
                    .sorted()
                    .distinct()
                    .toArray();
            int farthest = Arrays.stream(shifts).max().orElse(0) - first;
            return new Axis(step, first, remainders, (long) positions + farthest / step);
        }

        long size() {
            return remainders.length * length;
        }

        /** Returns where the first number that a tap meets lies. */
        int at(int shift) {
            int phase = Arrays.binarySearch(remainders, (shift - first) % step);
            return (int) (phase * length) + (shift - first) / step;
        }
    }

    /**
     * @param channels channels of a picture
     * @param start the first position of the grid
     * @param end behind the last position
     */
    public PatchPlanes(Patches patches, int channels, int start, int end) {
        int width = patches.gridColumns();
        this.patches = patches;
        this.channels = channels;
        this.start = start;
        this.each = end - start;
        this.down = Axis.of(patches.vertical(), patches.rowOf(), (end - 1) / width - start / width + 1);
        this.along = Axis.of(patches.horizontal(), patches.columnOf(), width);
        this.rows = pays() ? rows(patches, channels) : new int[0];
    }

    private int[] rows(Patches patches, int channels) {
        int taps = patches.taps();
        int[] result = new int[channels * taps];
        for (int t = 0; t < taps; t++) {
            int shift = down.at(patches.rowOf()[t]) * pitch() + along.at(patches.columnOf()[t]);
            for (int c = 0; c < channels; c++) {
                result[c * taps + t] = c * size() + shift;
            }
        }
        return result;
    }

    /** Returns whether the copies are no larger than the matrix, which taps far apart can make them. */
    public boolean pays() {
        return down.size() * along.size() <= (long) patches.taps() * each;
    }

    /** Returns how many numbers the copies of some pictures take, if they {@linkplain #pays pay}. */
    public long room(int pictures) {
        return (long) pictures * channels * size() + PADDING;
    }

    private int size() {
        return (int) (down.size() * along.size());
    }

    /** Returns how far apart two rows of the grid lie. */
    public int pitch() {
        return (int) along.size();
    }

    /** Copies a plane to its place: those of a picture lie together, channel by channel. */
    public void fill(float[] x, int xo, float[] room, int plane) {
        int top = start / patches.gridColumns() * patches.vertical() + down.first;
        int at = plane * size();
        for (int remainder : down.remainders) {
            for (int i = 0; i < down.length; i++) {
                int y = top + remainder + i * down.step;
                if (y < 0 || y >= patches.height()) {
                    Arrays.fill(room, at, at + pitch(), 0f);
                } else {
                    row(x, xo + y * patches.width(), room, at);
                }
                at += pitch();
            }
        }
    }

    private void row(float[] x, int xo, float[] room, int to) {
        int at = to;
        int length = (int) along.length;
        for (int remainder : along.remainders) {
            int left = along.first + remainder;
            int from = Math.clamp(Math.ceilDiv(-left, along.step), 0, length);
            int behind = Math.clamp(Math.floorDiv(patches.width() - 1 - left, along.step) + 1, from, length);
            Arrays.fill(room, at, at + from, 0f);
            patches.copy(x, xo + left + from * along.step, room, at + from, behind - from);
            Arrays.fill(room, at + behind, at + length, 0f);
            at += length;
        }
    }

    /** Returns where the rows of the matrix begin; not to be written. */
    public int[] rows() {
        return rows;
    }

    /** Returns how far behind its row's beginning a column lies. */
    int column(int column) {
        int position = start + column % each;
        int row = position / patches.gridColumns() - start / patches.gridColumns();
        return column / each * channels * size() + row * pitch() + position % patches.gridColumns();
    }

    /** Returns how many columns, this one included, lie side by side. */
    int run(int column) {
        int position = column % each;
        return Math.min(each - position, patches.gridColumns() - (start + position) % patches.gridColumns());
    }

    /** Returns the matrix, written out. */
    float[] matrix(float[] room, int rows, int columns) {
        float[] result = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            int from = this.rows[r];
            int run;
            for (int j = 0; j < columns; j += run) {
                run = Math.min(run(j), columns - j);
                System.arraycopy(room, from + column(j), result, r * columns + j, run);
            }
        }
        return result;
    }
}
