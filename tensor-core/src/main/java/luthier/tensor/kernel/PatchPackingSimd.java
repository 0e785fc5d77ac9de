package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Copies a strip of the columns of {@link PatchPlanes} into a panel. A whole vector is copied for every stretch of columns that lie side
 * by side; what one writes too much, the next one puts right, or the next row, or the next panel.
 *
 * <p>The loops for few stretches are written out: an inner loop over two or three costs more than the copies. They repeat the last
 * stretch until they are full.
 */
final class PatchPackingSimd {
    private PatchPackingSimd() {}

    static void pack(
            PatchPlanes b, float[] room, int p, int k, int column, int columns, float[] panel, int at, int width) {
        int[] from = new int[Math.max(8, columns)];
        int[] to = new int[from.length];
        int count = 0;
        int run;
        for (int j = 0; j < columns; j += run) {
            run = Math.min(WIDTH, Math.min(b.run(column + j), columns - j));
            from[count] = b.column(column + j);
            to[count++] = j;
        }
        Arrays.fill(from, count, from.length, from[count - 1]);
        Arrays.fill(to, count, to.length, to[count - 1]);
        if (count <= 2) {
            two(room, b.rows(), p, k, from, to, panel, at, width);
        } else if (count <= 4) {
            four(room, b.rows(), p, k, from, to, panel, at, width);
        } else if (count <= 8) {
            eight(room, b.rows(), p, k, from, to, panel, at, width);
        } else {
            many(room, b.rows(), p, k, from, to, count, panel, at, width);
        }
    }

    private static void two(
            float[] room, int[] rows, int p, int k, int[] from, int[] to, float[] panel, int at, int width) {
        int from0 = from[0];
        int from1 = from[1];
        int to1 = at + to[1];
        for (int i = 0; i < k; i++) {
            int row = rows[p + i];
            FloatVector.fromArray(FLOATS, room, row + from0).intoArray(panel, at + i * width);
            FloatVector.fromArray(FLOATS, room, row + from1).intoArray(panel, to1 + i * width);
        }
    }

    private static void four(
            float[] room, int[] rows, int p, int k, int[] from, int[] to, float[] panel, int at, int width) {
        int from0 = from[0];
        int from1 = from[1];
        int from2 = from[2];
        int from3 = from[3];
        int to1 = at + to[1];
        int to2 = at + to[2];
        int to3 = at + to[3];
        for (int i = 0; i < k; i++) {
            int row = rows[p + i];
            FloatVector.fromArray(FLOATS, room, row + from0).intoArray(panel, at + i * width);
            FloatVector.fromArray(FLOATS, room, row + from1).intoArray(panel, to1 + i * width);
            FloatVector.fromArray(FLOATS, room, row + from2).intoArray(panel, to2 + i * width);
            FloatVector.fromArray(FLOATS, room, row + from3).intoArray(panel, to3 + i * width);
        }
    }

    private static void eight(
            float[] room, int[] rows, int p, int k, int[] from, int[] to, float[] panel, int at, int width) {
        for (int i = 0; i < k; i++) {
            int row = rows[p + i];
            int target = at + i * width;
            FloatVector.fromArray(FLOATS, room, row + from[0]).intoArray(panel, target + to[0]);
            FloatVector.fromArray(FLOATS, room, row + from[1]).intoArray(panel, target + to[1]);
            FloatVector.fromArray(FLOATS, room, row + from[2]).intoArray(panel, target + to[2]);
            FloatVector.fromArray(FLOATS, room, row + from[3]).intoArray(panel, target + to[3]);
            FloatVector.fromArray(FLOATS, room, row + from[4]).intoArray(panel, target + to[4]);
            FloatVector.fromArray(FLOATS, room, row + from[5]).intoArray(panel, target + to[5]);
            FloatVector.fromArray(FLOATS, room, row + from[6]).intoArray(panel, target + to[6]);
            FloatVector.fromArray(FLOATS, room, row + from[7]).intoArray(panel, target + to[7]);
        }
    }

    private static void many(
            float[] room, int[] rows, int p, int k, int[] from, int[] to, int count, float[] panel, int at, int width) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < count; j++) {
                FloatVector.fromArray(FLOATS, room, rows[p + i] + from[j]).intoArray(panel, at + i * width + to[j]);
            }
        }
    }
}
