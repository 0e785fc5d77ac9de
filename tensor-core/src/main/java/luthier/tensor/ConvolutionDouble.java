package luthier.tensor;

import luthier.tensor.kernel.Parallel;

/**
 * Convolution and its gradients in double precision, tap by tap: the definition. A tap meets a row of y in one run of positions;
 * along it y, x and the tap are one multiply-add after the other.
 */
final class ConvolutionDouble {
    private ConvolutionDouble() {}

    /** A tap of the weight and the run of n positions at which it lies inside x; x advances by the stride. */
    private interface Run {
        void visit(int weightAt, int xAt, int yAt, int n);
    }

    /** Adds the convolution to y, contiguous from 0. */
    static void forward(ConvolutionShape s, double[] x, int xo, double[] w, int wo, double[] y) {
        int step = s.options().width().stride();
        Parallel.run(s.batch() * s.outChannels(), plane -> {
            int o = plane % s.outChannels();
            for (int c = 0; c < s.groupChannels(); c++) {
                visit(s, plane / s.outChannels(), o, c, (weightAt, xAt, yAt, n) -> {
                    double tap = w[wo + weightAt];
                    for (int j = 0; j < n; j++) {
                        y[yAt + j] = Math.fma(tap, x[xo + xAt + j * step], y[yAt + j]);
                    }
                });
            }
        });
    }

    /** Adds the input gradient to dX, contiguous from 0. */
    static void inputGradient(ConvolutionShape s, double[] dY, int yo, double[] w, int wo, double[] dX) {
        int step = s.options().width().stride();
        Parallel.run(s.batch() * s.channels(), plane -> {
            int channel = plane % s.channels();
            int group = channel / s.groupChannels();
            for (int o = group * s.groupOut(); o < (group + 1) * s.groupOut(); o++) {
                visit(s, plane / s.channels(), o, channel % s.groupChannels(), (weightAt, xAt, yAt, n) -> {
                    double tap = w[wo + weightAt];
                    for (int j = 0; j < n; j++) {
                        dX[xAt + j * step] = Math.fma(tap, dY[yo + yAt + j], dX[xAt + j * step]);
                    }
                });
            }
        });
    }

    /** Adds the weight gradient to dW, contiguous from 0. */
    static void weightGradient(ConvolutionShape s, double[] x, int xo, double[] dY, int yo, double[] dW) {
        int step = s.options().width().stride();
        Parallel.run(s.outChannels(), o -> {
            for (int image = 0; image < s.batch(); image++) {
                for (int c = 0; c < s.groupChannels(); c++) {
                    visit(s, image, o, c, (weightAt, xAt, yAt, n) -> {
                        double sum = dW[weightAt];
                        for (int j = 0; j < n; j++) {
                            sum = Math.fma(x[xo + xAt + j * step], dY[yo + yAt + j], sum);
                        }
                        dW[weightAt] = sum;
                    });
                }
            }
        });
    }

    private static void visit(ConvolutionShape s, int image, int o, int c, Run run) {
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        int channel = o / s.groupOut() * s.groupChannels() + c;
        int xPlane = (image * s.channels() + channel) * s.height() * s.width();
        int yPlane = (image * s.outChannels() + o) * s.outHeight() * s.outWidth();
        for (int row = 0; row < s.rows(); row++) {
            int bottom = height.behindInside(row, s.height(), s.outHeight());
            for (int column = 0; column < s.columns(); column++) {
                int weightAt = ((o * s.groupChannels() + c) * s.rows() + row) * s.columns() + column;
                int from = width.firstInside(column);
                int n = width.behindInside(column, s.width(), s.outWidth()) - from;
                for (int i = height.firstInside(row); n > 0 && i < bottom; i++) {
                    int y = i * height.stride() - height.before() + row * height.dilation();
                    int x = from * width.stride() - width.before() + column * width.dilation();
                    run.visit(weightAt, xPlane + y * s.width() + x, yPlane + i * s.outWidth() + from, n);
                }
            }
        }
    }
}
