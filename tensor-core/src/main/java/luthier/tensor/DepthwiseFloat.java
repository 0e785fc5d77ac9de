package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Patches;
import luthier.tensor.kernel.Rows;
import luthier.tensor.kernel.Taps;

/** Convolutions in single precision whose planes of y see one plane of x each, too few numbers for a product of matrices. */
final class DepthwiseFloat {
    private DepthwiseFloat() {}

    /** Returns whether a padded plane is not much larger than its patches, which taps far apart can make it. */
    static boolean pays(Patches p) {
        return (long) height(p) * width(p) <= 4L * p.taps() * p.positions();
    }

    private static int height(Patches p) {
        return (p.gridRows() - 1) * p.vertical() + spread(p.rowOf()) + 1;
    }

    private static int width(Patches p) {
        return (p.gridColumns() - 1) * p.horizontal() + spread(p.columnOf()) + 1;
    }

    private static int first(int[] shifts) {
        return Arrays.stream(shifts).min().orElse(0);
    }

    private static int spread(int[] shifts) {
        return Arrays.stream(shifts).max().orElse(0) - first(shifts);
    }

    /**
     * One plane in, one out: taps over a padded copy of the plane. At stride 1 the whole plane is one long row, whose numbers
     * between the rows of the grid are left behind.
     */
    static void run(Correlation k) {
        Patches p = k.patches();
        int top = first(p.rowOf());
        int left = first(p.columnOf());
        int height = height(p);
        int width = width(p);
        boolean whole = p.vertical() == 1 && p.horizontal() == 1;
        int[] shifts = new int[p.taps()];
        Arrays.setAll(shifts, t -> (p.rowOf()[t] - top) * width + p.columnOf()[t] - left);
        int n = (whole ? (p.gridRows() - 1) * width : 0) + (p.gridColumns() - 1) * p.horizontal() + 1;
        Reduction.forRows(k.images() * k.groups() * k.out(), p.positions() * p.taps(), plane -> {
            ConvolutionScratch scratch = ConvolutionScratch.ofThread();
            float[] padded = scratch.patches(height * width);
            float[] sums = scratch.results(n);
            pad(k, plane / k.out(), top, left, height, width, padded);
            int channel = plane % (k.groups() * k.out());
            int weightAt = k.weight().offset() + channel * k.weight().rowStride();
            int[] at = shifts.clone();
            for (int i = 0; i < p.gridRows(); i++) {
                if (i == 0 || !whole) {
                    Arrays.fill(sums, 0, n, k.start()[channel]);
                    Taps.add(padded, at, k.weight().data(), weightAt, sums, 0, n);
                    for (int t = 0; t < at.length; t++) {
                        at[t] += p.vertical() * width;
                    }
                }
                int position = i * p.gridColumns();
                int from = whole ? i * width : 0;
                k.spread(plane, position, position + p.gridColumns(), sums, from, p.horizontal());
            }
        });
    }

    private static void pad(Correlation k, int plane, int top, int left, int height, int width, float[] padded) {
        Patches p = k.patches();
        Arrays.fill(padded, 0, height * width, 0f);
        int from = Math.max(0, left);
        int behind = Math.min(p.width(), left + width);
        for (int row = Math.max(0, top); from < behind && row < Math.min(p.height(), top + height); row++) {
            int source = k.xo() + (plane * p.height() + row) * p.width() + from;
            System.arraycopy(k.x(), source, padded, (row - top) * width + from - left, behind - from);
        }
    }

    /** Each tap is a sum over images and rows, in this order, of rows' dot products. */
    static void weightGradient(ConvolutionShape s, float[] x, int xo, float[] dY, int yo, float[] dW) {
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        int plane = s.outHeight() * s.outWidth();
        Reduction.forRows(s.outChannels(), s.batch() * plane * s.taps(), o -> {
            float[] strided = new float[s.outWidth()];
            for (int image = 0; image < s.batch(); image++) {
                int xPlane = xo + (image * s.channels() + o / s.groupOut()) * s.height() * s.width();
                int yPlane = yo + (image * s.outChannels() + o) * plane;
                for (int t = 0; t < s.taps(); t++) {
                    int row = t / s.columns();
                    int column = t % s.columns();
                    int from = width.firstInside(column);
                    int n = width.behindInside(column, s.width(), s.outWidth()) - from;
                    int bottom = height.behindInside(row, s.height(), s.outHeight());
                    int left = from * width.stride() - width.before() + column * width.dilation();
                    for (int i = height.firstInside(row); n > 0 && i < bottom; i++) {
                        int down = i * height.stride() - height.before() + row * height.dilation();
                        int xAt = xPlane + down * s.width() + left;
                        int yAt = yPlane + i * s.outWidth() + from;
                        dW[o * s.taps() + t] += dot(x, xAt, width.stride(), dY, yAt, n, strided);
                    }
                }
            }
        });
    }

    private static float dot(float[] x, int xAt, int step, float[] dY, int yAt, int n, float[] strided) {
        if (step == 1) {
            return Rows.dot(x, xAt, dY, yAt, n);
        }
        for (int j = 0; j < n; j++) {
            strided[j] = x[xAt + j * step];
        }
        return Rows.dot(strided, 0, dY, yAt, n);
    }
}
