package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.Patches;

/**
 * y = start of the channel + weight x patches, for all images and groups: what both directions of a convolution are.
 *
 * @param channels channels of x in a group
 * @param out channels of y in a group
 * @param weight row o, column (channel, tap)
 * @param start the number with which the chains of a channel of y start
 */
@SuppressWarnings("ArrayRecordComponent") // The arrays are the operands themselves, never compared.
record Correlation(
        Patches patches,
        int images,
        int groups,
        int channels,
        int out,
        Matrix weight,
        float[] x,
        int xo,
        float[] start,
        Target target) {

    /** Where results lie: position (i, j) of a channel's plane at {@code first + i rowStep + j columnStep}. */
    @SuppressWarnings("ArrayRecordComponent")
    record Target(float[] y, int plane, int first, int rowStep, int columnStep) {}

    /** Writes the start of every channel into planes that are still 0. */
    static void fill(float[] y, float[] start, int plane) {
        if (isZero(start)) {
            return;
        }
        for (int at = 0, channel = 0; at < y.length; at += plane, channel++) {
            Arrays.fill(y, at, at + plane, start[channel % start.length]);
        }
    }

    private static boolean isZero(float[] start) {
        for (float value : start) {
            if (Float.floatToRawIntBits(value) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether all chains start from 0; -0 is another number. */
    boolean startsFromZero() {
        return isZero(start);
    }

    /** Returns where a plane of x begins. */
    int plane(int group, int image, int channel) {
        int plane = (image * groups + group) * channels + channel;
        return xo + plane * patches.height() * patches.width();
    }

    /** Returns whether the positions of a plane of y lie one by one. */
    boolean isDense() {
        return target.columnStep == 1 && target.rowStep == patches.gridColumns();
    }

    /** Copies results of the positions start to end to their places in a plane of y. */
    void spread(int plane, int start, int end, float[] from, int at) {
        int gridColumns = patches.gridColumns();
        int first = plane * target.plane + target.first;
        if (isDense()) {
            System.arraycopy(from, at, target.y, first + start, end - start);
            return;
        }
        int position = start;
        while (position < end) {
            int row = position / gridColumns;
            int behind = Math.min(end, (row + 1) * gridColumns);
            int to = first + row * target.rowStep + (position - row * gridColumns) * target.columnStep;
            for (; position < behind; position++) {
                target.y[to] = from[at + position - start];
                to += target.columnStep;
            }
        }
    }
}
