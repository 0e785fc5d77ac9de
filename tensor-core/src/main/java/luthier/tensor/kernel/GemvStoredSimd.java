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

    static @Nullable PackedStored pack(int k, int n, StoredMatrix.Brain b, boolean transposed) {
        long room = (long) panels(n) * PANEL * k;
        if (room == 0 || room > MOST) {
            return null;
        }
        short[] to = new short[(int) room];
        int down = transposed ? 1 : b.rowStride();
        int right = transposed ? b.rowStride() : 1;
        for (int j = 0; j < n; j++) {
            int at = b.offset() + j * right;
            int place = place(k, j);
            for (int p = 0; p < k; p++) {
                to[place + p * PANEL] = b.data()[at + p * down];
            }
        }
        return new PackedStored(k, n, to);
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
        panel(b.k(), x, xo, b.panels(), from, to, at);
        if (!whole) {
            System.arraycopy(to, 0, y, yo, columns);
        }
    }

    private static void panel(int k, float[] x, int xo, short[] b, int bo, float[] y, int at) {
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
}
