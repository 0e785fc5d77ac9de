package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import luthier.tensor.kernel.Gemm.Matrix;

/**
 * Copies a strip of a matrix into a panel: {@code panel[p * width + i] = x[i, p]}. What stands beyond the strip's rows is arbitrary,
 * and up to {@link #PADDING} numbers behind the panel are overwritten.
 */
final class GemmPackingSimd {
    static final int PADDING = 16;
    private static final int TILE = 16;

    private GemmPackingSimd() {}

    static void pack(Matrix x, int rows, int k, float[] panel, int at, int width) {
        if (x.rowStride() == 1) {
            copy(x, rows, k, panel, at, width);
        } else if (x.columnStride() == 1 && k >= GemmTransposeSimd.SIZE && WIDTH >= GemmTransposeSimd.SIZE) {
            squares(x, rows, k, panel, at, width);
        } else {
            for (int p = 0; p < k; p += TILE) {
                transposeTile(x, rows, p, Math.min(k, p + TILE), panel, at, width);
            }
        }
    }

    /** Whole vectors while the matrix has room; what the last one writes over the panel's row, the next row puts right. */
    private static void copy(Matrix x, int rows, int k, float[] panel, int at, int width) {
        float[] data = x.data();
        int step = x.columnStride();
        int reach = (width + WIDTH - 1) / WIDTH * WIDTH;
        int fast = k;
        int room = data.length - reach - x.offset();
        if (room < 0) {
            fast = 0;
        } else if (step > 0) {
            fast = Math.min(fast, room / step + 1);
        }
        int from = x.offset();
        int to = at;
        for (int p = 0; p < fast; p++) {
            for (int i = 0; i < width; i += WIDTH) {
                FloatVector.fromArray(FLOATS, data, from + i).intoArray(panel, to + i);
            }
            from += step;
            to += width;
        }
        for (int p = Math.max(0, fast); p < k; p++) {
            System.arraycopy(data, x.offset() + p * step, panel, at + p * width, rows);
        }
    }

    /** The last square overlaps the one before if k does not divide evenly. */
    private static void squares(Matrix x, int rows, int k, float[] panel, int at, int width) {
        int size = GemmTransposeSimd.SIZE;
        for (int p = 0; p < k; p += size) {
            int start = Math.min(p, k - size);
            for (int i = 0; i < rows; i += size) {
                GemmTransposeSimd.square(
                        x.data(),
                        x.offset() + i * x.rowStride() + start,
                        x.rowStride(),
                        Math.min(size, rows - i),
                        panel,
                        at + start * width + i,
                        width);
            }
        }
    }

    /** Walks over small tiles, so that both sides stay in the first-level cache. */
    private static void transposeTile(Matrix x, int rows, int start, int end, float[] panel, int at, int width) {
        float[] data = x.data();
        int step = x.columnStride();
        for (int i = 0; i < rows; i++) {
            int from = x.offset() + i * x.rowStride() + start * step;
            int to = at + start * width + i;
            for (int p = start; p < end; p++) {
                panel[to] = data[from];
                from += step;
                to += width;
            }
        }
    }

    /** Copies a few short rows, by whole vectors and a mask. */
    static void copy(int rows, int columns, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
        int whole = columns - columns % WIDTH;
        VectorMask<Float> rest = FLOATS.indexInRange(whole, columns);
        for (int i = 0; i < rows; i++) {
            int source = fromAt + i * fromStep;
            int target = toAt + i * toStep;
            for (int j = 0; j < whole; j += WIDTH) {
                FloatVector.fromArray(FLOATS, from, source + j).intoArray(to, target + j);
            }
            if (whole < columns) {
                FloatVector.fromArray(FLOATS, from, source + whole, rest).intoArray(to, target + whole, rest);
            }
        }
    }
}
