package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.PatchPlanes;
import luthier.tensor.kernel.Rows;
import luthier.tensor.kernel.Taps;

/** Convolutions in single precision whose planes of y see one plane of x each, too few numbers for a product of matrices. */
final class DepthwiseFloat {
    private DepthwiseFloat() {}

    /**
     * One plane in, one out: taps over a copy of the plane in which each of them is a shift. The whole plane is one long row, whose
     * numbers between the rows of the grid are left behind.
     */
    static void run(Correlation k, PatchPlanes planes) {
        int rows = k.patches().gridRows();
        int columns = k.patches().gridColumns();
        int n = (rows - 1) * planes.pitch() + columns;
        Reduction.forRows(
                k.images() * k.groups() * k.out(), rows * columns * k.patches().taps(), plane -> {
                    ConvolutionScratch scratch = ConvolutionScratch.ofThread();
                    float[] room = scratch.patches((int) planes.room(1));
                    float[] sums = scratch.results(n);
                    planes.fill(k.x(), k.plane(0, 0, plane / k.out()), room, 0);
                    int channel = plane % (k.groups() * k.out());
                    Arrays.fill(sums, 0, n, k.start()[channel]);
                    int weightAt = k.weight().offset() + channel * k.weight().rowStride();
                    Taps.add(room, planes.rows(), k.weight().data(), weightAt, sums, 0, n);
                    for (int i = 0; i < rows; i++) {
                        k.spread(plane, i * columns, (i + 1) * columns, sums, i * planes.pitch());
                    }
                });
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
