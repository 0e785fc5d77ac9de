package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import luthier.tensor.Convolution.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void transposedConvolutionIsTheAdjoint() {
        Random random = new Random(3);
        for (int i = 0; i < 100; i++) {
            Case c = Case.of(random);
            Options o = c.options;
            Tensor y = random(random, 2, c.weight.size(0), 1 + random.nextInt(5), 1 + random.nextInt(5));
            int most = Math.max(o.height().stride(), o.height().dilation());
            o = o.outputPadding(random.nextInt(most), 0);
            if (grown(o.height(), y.size(2), c.weight.size(2)) < 1
                    || grown(o.width(), y.size(3), c.weight.size(3)) < 1) {
                continue;
            }
            Tensor bias = random(random, c.x.size(1));
            Tensor up = Convolution.convTranspose2d(y, c.weight, o);
            Tensor x = random(random, up.shape().toArray());
            Tensor down = Convolution.convTranspose2dInputGradient(x, c.weight, y.shape(), o);
            Tensor dW = Convolution.convTranspose2dWeightGradient(y, x, c.weight.shape(), o);
            double scale = 1e-9 * (1 + Math.abs(dot(up, x)));
            assertEquals(dot(up, x), dot(y, down), scale, c.toString());
            assertEquals(dot(up, x), dot(c.weight, dW), scale, c.toString());
            Tensor biased = Convolution.convTranspose2d(y, c.weight, bias, o);
            Tensor plane = bias.reshape(1, bias.size(0), 1, 1).expand(up.shape());
            assertClose(Elementwise.add(up, plane), biased, 1e-12, c.toString());
            Tensor single = Convolution.convTranspose2d(y.to(DType.F32), c.weight.to(DType.F32), bias.to(DType.F32), o);
            assertClose(biased, single, 1e-5, c.toString());
        }
    }

    private static long grown(Sliding sliding, long size, long taps) {
        return (size - 1) * sliding.stride() + sliding.extent((int) taps) - sliding.before() - sliding.after();
    }

    @Test
    void bigShapesGoThroughBlocksOfPositions() {
        Random random = new Random(4);
        Options[] options = {
            DEFAULT.padding(1),
            DEFAULT.stride(2).padding(1),
            DEFAULT.padding(2).dilation(2),
            DEFAULT.padding(1).groups(2)
        };
        for (long[] sizes : new long[][] {{2, 6, 40, 37}, {9, 96, 7, 7}}) {
            Tensor x = random(random, sizes);
            for (Options o : options) {
                Tensor w = random(random, 4, sizes[1] / o.groups(), 3, 3);
                Tensor y = Convolution.conv2d(x, w, o);
                Tensor d = random(random, y.shape().toArray());
                Tensor x32 = x.to(DType.F32);
                Tensor w32 = w.to(DType.F32);
                Tensor d32 = d.to(DType.F32);
                Tensor dX = Convolution.conv2dInputGradient(d, w, x.shape(), o);
                Tensor dW = Convolution.conv2dWeightGradient(x, d, w.shape(), o);
                assertClose(y, Convolution.conv2d(x32, w32, o), 5e-5, "y");
                assertClose(dX, Convolution.conv2dInputGradient(d32, w32, x.shape(), o), 5e-5, "dX");
                assertClose(dW, Convolution.conv2dWeightGradient(x32, d32, w.shape(), o), 5e-4, "dW");
            }
        }
    }

    @Test
    void pointwiseIsAMatrixProduct() {
        Random random = new Random(5);
        Tensor x = random(random, 2, 5, 30, 20).to(DType.F32);
        Tensor w = random(random, 3, 5, 1, 1).to(DType.F32);
        Tensor product = Matmul.matmul(w.reshape(3, 5), x.reshape(2, 5, 600)).reshape(2, 3, 30, 20);
        assertTrue(product.bitEquals(Convolution.conv2d(x, w, DEFAULT)));
    }

    @Test
    void identityAndShiftsByHand() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3);
        Tensor identity = Tensor.of(new float[] {0, 0, 0, 0, 1, 0, 0, 0, 0}, 1, 1, 3, 3);
        Tensor fromLeft = Tensor.of(new float[] {0, 0, 0, 1, 0, 0, 0, 0, 0}, 1, 1, 3, 3);
        Tensor fromBelow = Tensor.of(new float[] {0, 0, 0, 0, 0, 0, 0, 1, 0}, 1, 1, 3, 3);
        Options same = DEFAULT.padding(1);
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6},
                Convolution.conv2d(x, identity, same).toFloatArray());
        assertArrayEquals(
                new float[] {0, 1, 2, 0, 4, 5},
                Convolution.conv2d(x, fromLeft, same).toFloatArray());
        assertArrayEquals(
                new float[] {4, 5, 6, 0, 0, 0},
                Convolution.conv2d(x, fromBelow, same).toFloatArray());
        Tensor line = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
        Tensor two = Tensor.of(new float[] {1, 10}, 1, 1, 2);
        Options ahead = DEFAULT.padding(0, 0, 2, 0);
        assertArrayEquals(
                new float[] {0, 10, 21, 32},
                Convolution.conv1d(line, two, ahead).toFloatArray());
    }

    @Test
    void groupsAreSplitsJoined() {
        Random random = new Random(6);
        Tensor x = random(random, 2, 6, 9, 8).to(DType.F32);
        Tensor w = random(random, 4, 3, 3, 2).to(DType.F32);
        Options o = DEFAULT.stride(2, 1).padding(1);
        Tensor parts = Joining.concat(
                List.of(
                        Convolution.conv2d(x.slice(1, 0, 3), w.slice(0, 0, 2), o),
                        Convolution.conv2d(x.slice(1, 3, 6), w.slice(0, 2, 4), o)),
                1);
        assertTrue(parts.bitEquals(Convolution.conv2d(x, w, o.groups(2))));
    }

    @Test
    void dilationIsAKernelWithZeros() {
        Random random = new Random(7);
        Tensor x = random(random, 1, 2, 9, 8);
        Tensor w = random(random, 3, 2, 2, 2);
        Tensor sparse = Tensor.zeros(DType.F64, 3, 2, 3, 4);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                Tensor to = sparse.slice(2, 2 * i, 2 * i + 1).slice(3, 3 * j, 3 * j + 1);
                to.copyInPlace(w.slice(2, i, i + 1).slice(3, j, j + 1));
            }
        }
        Tensor expected = Convolution.conv2d(x, sparse, DEFAULT.padding(1));
        assertClose(expected, Convolution.conv2d(x, w, DEFAULT.padding(1).dilation(2, 3)), 1e-13, "dilation");
    }

    @Test
    void oneDimensionReadsTheWidth() {
        Random random = new Random(8);
        Tensor x = random(random, 2, 4, 11);
        Tensor w = random(random, 6, 2, 3);
        Options o = DEFAULT.stride(7, 2)
                .padding(5, 5, 2, 1)
                .dilation(4, 2)
                .groups(2)
                .outputPadding(3, 1);
        Options flat = DEFAULT.stride(1, 2)
                .padding(0, 0, 2, 1)
                .dilation(1, 2)
                .groups(2)
                .outputPadding(0, 1);
        Tensor y = Convolution.conv1d(x, w, o);
        Tensor x2 = x.unsqueeze(2);
        Tensor w2 = w.unsqueeze(2);
        assertTrue(Convolution.conv2d(x2, w2, flat).squeeze(2).bitEquals(y));
        Tensor dX = Convolution.conv1dInputGradient(y, w, x.shape(), o);
        Tensor dW = Convolution.conv1dWeightGradient(x, y, w.shape(), o);
        Tensor y2 = y.unsqueeze(2);
        assertTrue(Convolution.conv2dInputGradient(y2, w2, x2.shape(), flat)
                .squeeze(2)
                .bitEquals(dX));
        assertTrue(Convolution.conv2dWeightGradient(x2, y2, w2.shape(), flat)
                .squeeze(2)
                .bitEquals(dW));
        Tensor up = Convolution.convTranspose1d(y, w, o);
        assertTrue(Convolution.convTranspose2d(y2, w2, flat).squeeze(2).bitEquals(up));
        assertEquals(Shape.of(2, 4, (y.size(2) - 1) * 2 + 5 - 3 + 1), up.shape());
        assertEquals(
                y.shape(),
                Convolution.convTranspose1dInputGradient(up, w, y.shape(), o).shape());
        assertEquals(
                w.shape(),
                Convolution.convTranspose1dWeightGradient(y, up, w.shape(), o).shape());
    }

    @Test
    void stridedViewsAreReadInOrder() {
        Random random = new Random(9);
        Tensor x = random(random, 8, 7, 3, 2).to(DType.F32).permute(3, 2, 0, 1);
        Tensor w = random(random, 3, 3, 4, 3).to(DType.F32).transpose(0, 2);
        Tensor expected = Convolution.conv2d(x.copy(), w.copy(), DEFAULT);
        assertTrue(expected.bitEquals(Convolution.conv2d(x, w, DEFAULT)));
        Tensor dY = Tensor.ones(DType.F32).expand(expected.shape());
        Tensor dX = Convolution.conv2dInputGradient(dY.copy(), w.copy(), x.shape(), DEFAULT);
        assertTrue(dX.bitEquals(Convolution.conv2dInputGradient(dY, w, x.shape(), DEFAULT)));
    }

    @ParameterizedTest
    @CsvSource({"1,64,14,64,1,3", "3,8,30,8,1,3", "5,40,7,24,1,3", "2,16,20,16,16,3", "2,3,32,8,1,7"})
    void threadsDoNotChangeABit(int n, int in, int size, int out, int groups, int taps) {
        Random random = new Random(10);
        Tensor x = random(random, n, in, size, size).to(DType.F32);
        Tensor w = random(random, out, in / groups, taps, taps).to(DType.F32);
        int before = Threads.count();
        try {
            List<List<Tensor>> results = new ArrayList<>();
            for (int threads = 1; threads <= 2; threads++) {
                Threads.set(threads);
                for (int stride = 1; stride <= 2; stride++) {
                    Options o = DEFAULT.groups(groups).stride(stride).padding(1);
                    Tensor y = Convolution.conv2d(x, w, o);
                    results.add(List.of(
                            y,
                            Convolution.conv2dInputGradient(y, w, x.shape(), o),
                            Convolution.conv2dWeightGradient(x, y, w.shape(), o),
                            Convolution.biasGradient(y)));
                }
            }
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 4; j++) {
                    assertTrue(
                            results.get(i).get(j).bitEquals(results.get(i + 2).get(j)));
                }
            }
        } finally {
            Threads.set(before);
        }
    }

    @Test
    void emptyBatchesAndChannels() {
        Tensor w = Tensor.ones(DType.F32, 4, 3, 2, 2);
        Tensor none = Tensor.zeros(DType.F32, 0, 3, 5, 5);
        Tensor y = Convolution.conv2d(none, w, DEFAULT);
        assertEquals(Shape.of(0, 4, 4, 4), y.shape());
        assertEquals(
                none.shape(),
                Convolution.conv2dInputGradient(y, w, none.shape(), DEFAULT).shape());
        Tensor dW = Convolution.conv2dWeightGradient(none, y, w.shape(), DEFAULT);
        assertTrue(dW.bitEquals(Tensor.zeros(DType.F32, w.shape())));
        assertArrayEquals(new float[4], Convolution.biasGradient(y).toFloatArray());
        Tensor bare = Convolution.conv2d(
                Tensor.zeros(DType.F32, 1, 0, 2, 2),
                Tensor.zeros(DType.F32, 2, 0, 2, 2),
                Tensor.of(new float[] {3, 4}, 2),
                DEFAULT);
        assertArrayEquals(new float[] {3, 4}, bare.toFloatArray());
    }

    @Test
    void notANumberStaysWhereItIs() {
        Tensor x = Tensor.of(new float[] {Float.NaN, 1, 2, 3, Float.POSITIVE_INFINITY}, 1, 1, 5);
        Tensor w = Tensor.of(new float[] {1, 1}, 1, 1, 2);
        float[] expected = {Float.NaN, 3, 5, Float.POSITIVE_INFINITY};
        assertArrayEquals(expected, Convolution.conv1d(x, w, DEFAULT).toFloatArray());
    }

    private static void assertError(Class<? extends RuntimeException> type, String text, Runnable call) {
        assertEquals(text, assertThrows(type, call::run).getMessage());
    }

    @Test
    void errorsSayWhatToDo() {
        Tensor x = Tensor.zeros(DType.F32, 1, 4, 3, 3);
        assertError(
                ShapeException.class,
                "conv2d: the window must fit into the padded height; got 3 taps of dilation 2, which span 5, over 3 + 1 +"
                        + " 0; pad more"
                        + "\n  x [1, 4, 3, 3] F32"
                        + "\n  weight [1, 4, 3, 1] F32",
                () -> Convolution.conv2d(
                        x,
                        Tensor.zeros(DType.F32, 1, 4, 3, 1),
                        DEFAULT.padding(1, 0, 0, 0).dilation(2)));
        assertError(
                ShapeException.class,
                "conv2d: the height must not be empty; got size 0"
                        + "\n  x [1, 4, 0, 3] F32"
                        + "\n  weight [1, 4, 1, 1] F32",
                () -> Convolution.conv2d(
                        Tensor.zeros(DType.F32, 1, 4, 0, 3), Tensor.zeros(DType.F32, 1, 4, 1, 1), DEFAULT));
        assertError(
                ShapeException.class,
                "conv2d: the weight must take in / groups = 2 channels; got x [1, 4, 3, 3], weight [2, 4, 1, 1] and 2"
                        + " groups"
                        + "\n  x [1, >4<, 3, 3] F32"
                        + "\n  weight [2, >4<, 1, 1] F32"
                        + "\n  try weight.transpose(0, 1): [4, 2, 1, 1] fits",
                () -> Convolution.conv2d(x, Tensor.zeros(DType.F32, 2, 4, 1, 1), DEFAULT.groups(2)));
        assertError(
                ShapeException.class,
                "conv2d: groups must divide the channels; got 4 in, 3 out and 2 groups"
                        + "\n  x [1, 4, 3, 3] F32"
                        + "\n  weight [3, 2, 1, 1] F32",
                () -> Convolution.conv2d(x, Tensor.zeros(DType.F32, 3, 2, 1, 1), DEFAULT.groups(2)));
        assertError(
                ShapeException.class,
                "conv2d: the bias must be [out] = [2]; got [3]"
                        + "\n  x [1, 4, 3, 3] F32"
                        + "\n  weight [>2<, 4, 1, 1] F32"
                        + "\n  bias [>3<] F32",
                () -> Convolution.conv2d(x, Tensor.zeros(DType.F32, 2, 4, 1, 1), Tensor.zeros(DType.F32, 3), DEFAULT));
        assertError(
                ShapeException.class,
                "conv1d: x, weight and gradients must have three axes, [n, channels, length]; got [1, 4, 3, 3]"
                        + "\n  x >[1, 4, 3, 3]< F32"
                        + "\n  weight [1, 4, 3, 3] F32"
                        + "\n  try x.squeeze(0), weight.squeeze(0): [4, 3, 3], [4, 3, 3] fit",
                () -> Convolution.conv1d(x, x, DEFAULT));
        assertError(
                ShapeException.class,
                "convTranspose2d: output padding must be below the stride or the dilation; got 2 for the height with"
                        + " stride 2 and dilation 1"
                        + "\n  x [1, 4, 3, 3] F32"
                        + "\n  weight [4, 1, 1, 1] F32",
                () -> Convolution.convTranspose2d(
                        x,
                        Tensor.zeros(DType.F32, 4, 1, 1, 1),
                        DEFAULT.stride(2).outputPadding(2, 0)));
        assertError(
                ShapeException.class,
                "conv2dInputGradient: dY must have the shape of y, [1, 2, 3, 3]; got [1, 2, 3, 4]"
                        + "\n  dY [1, 2, 3, >4<] F32",
                () -> Convolution.conv2dInputGradient(
                        Tensor.zeros(DType.F32, 1, 2, 3, 4), Tensor.zeros(DType.F32, 2, 4, 1, 1), x.shape(), DEFAULT));
        assertError(
                IllegalArgumentException.class,
                "sliding: padding must not be negative; got -1 and -1; cut the input with slice instead",
                () -> DEFAULT.padding(-1));
        assertError(
                IllegalArgumentException.class,
                "sliding: stride and dilation must be at least 1; got 0 and 1",
                () -> DEFAULT.stride(0));
        assertError(
                IllegalArgumentException.class,
                "convolution: groups must be at least 1; got 0",
                () -> DEFAULT.groups(0));
        assertThrows(DTypeException.class, () -> Convolution.conv2d(x, Tensor.zeros(DType.F64, 2, 4, 1, 1), DEFAULT));
        assertThrows(
                DTypeException.class,
                () -> Convolution.conv2d(x.to(DType.I64), Tensor.zeros(DType.I64, 2, 4, 1, 1), DEFAULT));
    }

    @Test
    void hugeSettingsDoNotWrapAround() {
        Tensor x = Tensor.ones(DType.F32, 1, 1, 3);
        Options wide =
                Options.DEFAULT.padding(Integer.MAX_VALUE).dilation(1 << 30).stride(Integer.MAX_VALUE);
        assertEquals(
                "conv1d: the padded width must be at most 2147483639; got 3 + 2147483647 + 2147483647; pad less"
                        + "\n  x [1, 1, 3] F32"
                        + "\n  weight [1, 1, 4] F32",
                assertThrows(ShapeException.class, () -> Convolution.conv1d(x, Tensor.ones(DType.F32, 1, 1, 4), wide))
                        .getMessage());
        Options far = Options.DEFAULT.padding(Integer.MAX_VALUE).dilation(Integer.MAX_VALUE);
        assertThrows(ShapeException.class, () -> Convolution.convTranspose1d(x, Tensor.ones(DType.F32, 1, 1, 3), far));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void tapsFarApartTakeNoMoreRoom(int channels) {
        Tensor x = Tensor.ones(DType.F32, 1, channels, 3, 3);
        Tensor w = Tensor.ones(DType.F32, 1, channels, 3, 3);
        Options far = DEFAULT.padding(60_000).dilation(60_000);
        // Only the tap in the middle meets x.
        assertTrue(Tensor.full(DType.F32, channels, Shape.of(1, 1, 3, 3)).bitEquals(Convolution.conv2d(x, w, far)));
    }

    @Test
    void gradientsOfOneDimensionNameThemselves() {
        Tensor x = Tensor.ones(DType.F32, 1, 4, 3);
        Tensor dY = Tensor.ones(DType.F32, 1, 1, 3);
        Options two = Options.DEFAULT.groups(2);
        assertEquals(
                "conv1dInputGradient: groups must divide the channels; got 4 in, 1 out and 2 groups",
                assertThrows(
                                ShapeException.class,
                                () -> Convolution.conv1dInputGradient(
                                        dY, Tensor.ones(DType.F32, 1, 2, 1), x.shape(), two))
                        .getMessage());
    }
}
