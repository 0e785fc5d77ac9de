package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import luthier.tensor.Convolution.Options;
import org.junit.jupiter.api.Test;

/** Convolutions against the definition, by hand, and against one another. */
class ConvolutionTest {
    private static final Options DEFAULT = Options.DEFAULT;

    private static Tensor random(Random random, long... sizes) {
        Tensor result = Tensor.zeros(DType.F64, sizes);
        double[] values = result.doubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        // F32 must see the same numbers.
        return result.to(DType.F32).to(DType.F64);
    }

    private static double dot(Tensor a, Tensor b) {
        double[] x = a.toDoubleArray();
        double[] y = b.toDoubleArray();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static void assertClose(Tensor expected, Tensor got, double tolerance, String what) {
        assertEquals(expected.shape(), got.shape(), what);
        double[] a = expected.toDoubleArray();
        double[] b = got.toDoubleArray();
        for (int i = 0; i < a.length; i++) {
            assertEquals(a[i], b[i], tolerance * (1 + Math.abs(a[i])), what + " element " + i);
        }
    }

    /** The definition, seven loops deep. */
    private static Tensor definition(Tensor x, Tensor w, Tensor bias, Options o) {
        int in = (int) w.size(1);
        int out = (int) w.size(0);
        int outHeight = (int) o.height().positions(x.size(2), (int) w.size(2));
        int outWidth = (int) o.width().positions(x.size(3), (int) w.size(3));
        Tensor y = Tensor.zeros(DType.F64, x.size(0), out, outHeight, outWidth);
        int at = 0;
        for (int n = 0; n < x.size(0); n++) {
            for (int k = 0; k < out; k++) {
                for (int i = 0; i < outHeight; i++) {
                    for (int j = 0; j < outWidth; j++) {
                        double sum = bias.get(k);
                        for (int c = 0; c < in; c++) {
                            for (int r = 0; r < w.size(2); r++) {
                                for (int s = 0; s < w.size(3); s++) {
                                    int h = i * o.height().stride()
                                            - o.height().before()
                                            + r * o.height().dilation();
                                    int v = j * o.width().stride()
                                            - o.width().before()
                                            + s * o.width().dilation();
                                    int channel = k / (out / o.groups()) * in + c;
                                    if (h >= 0 && h < x.size(2) && v >= 0 && v < x.size(3)) {
                                        sum += w.get(k, c, r, s) * x.get(n, channel, h, v);
                                    }
                                }
                            }
                        }
                        y.doubles()[at++] = sum;
                    }
                }
            }
        }
        return y;
    }

    /** A random case whose window fits. */
    private record Case(Tensor x, Tensor weight, Tensor bias, Options options) {
        static Case of(Random random) {
            int groups = new int[] {1, 1, 2, 3, 4}[random.nextInt(5)];
            int in = groups * (random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(4));
            int out = groups * (1 + random.nextInt(4));
            Options options = DEFAULT.groups(groups)
                    .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                    .padding(random.nextInt(4), random.nextInt(4), random.nextInt(4), random.nextInt(4))
                    .dilation(1 + random.nextInt(3), 1 + random.nextInt(3));
            if (random.nextInt(3) == 0) {
                options = options.stride(1).dilation(1);
            }
            int rows = 1 + random.nextInt(4);
            int columns = 1 + random.nextInt(4);
            int height = size(random, options.height(), rows);
            int width = size(random, options.width(), columns);
            return new Case(
                    random(random, random.nextInt(4), in, height, width),
                    random(random, out, in / groups, rows, columns),
                    random(random, out),
                    options);
        }

        private static int size(Random random, Sliding sliding, int taps) {
            int size = 1 + random.nextInt(16);
            return Math.max(size, (int) sliding.extent(taps) - sliding.before() - sliding.after());
        }

        @Override
        public String toString() {
            return x.shape() + " " + weight.shape() + " " + options;
        }
    }

    @Test
    void everyOptionFollowsTheDefinition() {
        Random random = new Random(1);
        for (int i = 0; i < 150; i++) {
            Case c = Case.of(random);
            Tensor expected = definition(c.x, c.weight, c.bias, c.options);
            assertClose(expected, Convolution.conv2d(c.x, c.weight, c.bias, c.options), 1e-13, c.toString());
            Tensor single =
                    Convolution.conv2d(c.x.to(DType.F32), c.weight.to(DType.F32), c.bias.to(DType.F32), c.options);
            assertClose(expected, single, 1e-5, c.toString());
        }
    }

    @Test
    void gradientsAreAdjointInBothPrecisions() {
        Random random = new Random(2);
        for (int i = 0; i < 150; i++) {
            Case c = Case.of(random);
            Tensor y = Convolution.conv2d(c.x, c.weight, c.options);
            Tensor d = random(random, y.shape().toArray());
            Tensor dX = Convolution.conv2dInputGradient(d, c.weight, c.x.shape(), c.options);
            Tensor dW = Convolution.conv2dWeightGradient(c.x, d, c.weight.shape(), c.options);
            double scale = 1e-12 * (1 + Math.abs(dot(y, d)));
            assertEquals(dot(y, d), dot(c.x, dX), 1e3 * scale, c.toString());
            assertEquals(dot(y, d), dot(c.weight, dW), 1e3 * scale, c.toString());
            Tensor x32 = c.x.to(DType.F32);
            Tensor w32 = c.weight.to(DType.F32);
            Tensor d32 = d.to(DType.F32);
            String what = c.toString();
            assertClose(dX, Convolution.conv2dInputGradient(d32, w32, c.x.shape(), c.options), 2e-5, what);
            assertClose(dW, Convolution.conv2dWeightGradient(x32, d32, w32.shape(), c.options), 5e-5, what);
        }
    }
}
