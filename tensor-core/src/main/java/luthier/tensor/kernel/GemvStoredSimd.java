package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Products with a single row and a {@link PackedStored} matrix: {@code y[j] = fma(x[p], b[p, j], y[j])} for p = 0, 1, .., where b is
 * unpacked in registers, so that memory gives its stored bits alone. Lanes are columns.
 */
final class GemvStoredSimd {
    /** Columns of a panel: four chains a lane hide a multiply-add's latency. */
    private static final int PANEL = 4 * WIDTH;
    /** Numbers of B in a task. */
    private static final int TASK = 1 << 17;

    private static final int MOST = Integer.MAX_VALUE - 8;

    private GemvStoredSimd() {}

    static @Nullable PackedStored pack(int k, int n, StoredMatrix b, boolean transposed) {
        long room = (long) panels(n) * PANEL * k;
        if (room == 0 || room > MOST) {
            return null;
        }
        return switch (b) {
            case StoredMatrix.Brain brain -> brain(k, n, brain, transposed, (int) room);
            case StoredMatrix.Bytes bytes -> bytes(k, n, bytes, transposed, (int) room);
            case StoredMatrix.Half half -> null;
            case StoredMatrix.Nibbles nibbles -> null;
        };
    }

    private static PackedStored brain(int k, int n, StoredMatrix.Brain b, boolean transposed, int room) {
        short[] to = new short[room];
        int down = transposed ? 1 : b.rowStride();
        int right = transposed ? b.rowStride() : 1;
        for (int j = 0; j < n; j++) {
            int at = b.offset() + j * right;
            int place = place(k, j);
            for (int p = 0; p < k; p++) {
                to[place + p * PANEL] = b.data()[at + p * down];
            }
        }
        return new PackedStored.Brain(k, n, to);
    }

    /** Only for a scale a column of B: others change along a chain. */
    private static @Nullable PackedStored bytes(int k, int n, StoredMatrix.Bytes b, boolean transposed, int room) {
        if (!transposed || b.block() != b.columns() || !UnpackingSimd.HAS_BYTES) {
            return null;
        }
        byte[] to = new byte[room];
        for (int j = 0; j < n; j++) {
            int at = j * b.columns();
            int place = place(k, j);
            for (int p = 0; p < k; p++) {
                to[place + p * PANEL] = b.codes()[at + p];
            }
        }
        return new PackedStored.Bytes(k, n, to, Arrays.copyOf(b.scales(), panels(n) * PANEL));
    }

    private static int panels(int n) {
        return (n + PANEL - 1) / PANEL;
    }

    /** Where column j begins. */
    private static int place(int k, int j) {
        return j / PANEL * PANEL * k + j % PANEL;
    }

    static void multiply(float[] x, int xo, PackedStored b, float[] y, int yo) {
        int panels = panels(b.n());
        int each = Math.max(1, TASK / (b.k() * PANEL));
        Parallel.run((panels + each - 1) / each, task -> {
            for (int panel = task * each; panel < Math.min(panels, (task + 1) * each); panel++) {
                panel(panel, x, xo, b, y, yo + panel * PANEL);
            }
        });
    }

    private static void panel(int panel, float[] x, int xo, PackedStored b, float[] y, int yo) {
        int columns = Math.min(PANEL, b.n() - panel * PANEL);
        boolean whole = columns == PANEL;
        float[] to = whole ? y : Arrays.copyOf(Arrays.copyOfRange(y, yo, yo + columns), PANEL);
        int at = whole ? yo : 0;
        int from = panel * PANEL * b.k();
        switch (b) {
            case PackedStored.Brain brain -> brain(b.k(), x, xo, brain.panels(), from, to, at);
            case PackedStored.Bytes bytes ->
                bytes(b.k(), x, xo, bytes.panels(), from, bytes.scales(), panel * PANEL, to, at);
        }
        if (!whole) {
            System.arraycopy(to, 0, y, yo, columns);
        }
    }

    private static void brain(int k, float[] x, int xo, short[] b, int bo, float[] y, int at) {
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int p = 0; p < k; p++) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[xo + p]);
            int from = bo + p * PANEL;
            y0 = v.fma(UnpackingSimd.brain(b, from), y0);
            y1 = v.fma(UnpackingSimd.brain(b, from + WIDTH), y1);
            y2 = v.fma(UnpackingSimd.brain(b, from + 2 * WIDTH), y2);
            y3 = v.fma(UnpackingSimd.brain(b, from + 3 * WIDTH), y3);
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }

    private static void bytes(int k, float[] x, int xo, byte[] b, int bo, float[] scales, int so, float[] y, int at) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, scales, so);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scales, so + WIDTH);
        FloatVector s2 = FloatVector.fromArray(FLOATS, scales, so + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(FLOATS, scales, so + 3 * WIDTH);
        FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
        FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + WIDTH);
        FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * WIDTH);
        for (int p = 0; p < k; p++) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[xo + p]);
            int from = bo + p * PANEL;
            y0 = v.fma(UnpackingSimd.codes(b, from).mul(s0), y0);
            y1 = v.fma(UnpackingSimd.codes(b, from + WIDTH).mul(s1), y1);
            y2 = v.fma(UnpackingSimd.codes(b, from + 2 * WIDTH).mul(s2), y2);
            y3 = v.fma(UnpackingSimd.codes(b, from + 3 * WIDTH).mul(s3), y3);
        }
        y0.intoArray(y, at);
        y1.intoArray(y, at + WIDTH);
        y2.intoArray(y, at + 2 * WIDTH);
        y3.intoArray(y, at + 3 * WIDTH);
    }
}
