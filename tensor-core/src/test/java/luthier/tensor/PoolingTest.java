package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Pooling.Maxima;
import org.junit.jupiter.api.Test;

/** Pools by hand, against their definition, and their backward functions as adjoints. */
class PoolingTest {
    private static final float NAN = Float.NaN;

    private static Tensor random(Random random, long... sizes) {
        Tensor result = Tensor.zeros(DType.F64, sizes);
        for (int i = 0; i < result.doubles().length; i++) {
            // Small integers, so that ties are frequent and sums exact.
            result.doubles()[i] = random.nextInt(9) - 4;
        }
        return result;
    }

    private static double dot(Tensor a, Tensor b) {
        double sum = 0;
        double[] x = a.toDoubleArray();
        double[] y = b.toDoubleArray();
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static Window window(Random random, boolean dilated) {
        int rows = 1 + random.nextInt(3);
        int columns = 1 + random.nextInt(3);
        Window window = Window.of(rows, columns)
                .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                .padding(random.nextInt(rows), random.nextInt(rows), random.nextInt(columns), random.nextInt(columns))
                .ceil(random.nextBoolean());
        return dilated ? window.dilation(1 + random.nextInt(2), 1 + random.nextInt(2)) : window;
    }

    @Test
    void everyOptionFollowsTheDefinition() {
        Random random = new Random(1);
        for (int n = 0; n < 200; n++) {
            Window w = window(random, true);
            Tensor x = random(random, 2, 5 + random.nextInt(5), 5 + random.nextInt(5));
            Maxima got = Pooling.maxPool2d(x, w);
            Tensor y = got.values();
            for (int p = 0; p < 2; p++) {
                for (int i = 0; i < y.size(1); i++) {
                    for (int j = 0; j < y.size(2); j++) {
                        assertWindow(x, w, got, p, i, j);
                    }
                }
            }
            assertTrue(
                    Pooling.maxPool2d(x.to(DType.F32), w).values().to(DType.F64).bitEquals(y));
        }
    }

    private static void assertWindow(Tensor x, Window w, Maxima got, int plane, int i, int j) {
        double best = Double.NEGATIVE_INFINITY;
        long where = -1;
        for (int r = 0; r < w.rows(); r++) {
            for (int c = 0; c < w.columns(); c++) {
                long h = i * w.height().stride()
                        - w.height().before()
                        + r * w.height().dilation();
                long v = j * w.width().stride()
                        - w.width().before()
                        + c * w.width().dilation();
                boolean inside = h >= 0 && h < x.size(1) && v >= 0 && v < x.size(2);
                if (inside && (where < 0 || x.get(plane, h, v) > best)) {
                    best = x.get(plane, h, v);
                    where = h * x.size(2) + v;
                }
            }
        }
        assertEquals(best, got.values().get(plane, i, j), w.toString());
        assertEquals(where, (long) got.indices().get(plane, i, j), w.toString());
    }

    @Test
    void maximaByHand() {
        Tensor x = Tensor.of(new float[] {1, 5, 5, 2, NAN, 0, -0f, NAN, 3}, 1, 3, 3);
        Maxima pooled = Pooling.maxPool2d(x, Window.of(2).stride(1));
        assertArrayEquals(new float[] {NAN, NAN, NAN, NAN}, pooled.values().toFloatArray());
        assertArrayEquals(new long[] {4, 4, 4, 4}, pooled.indices().toLongArray());
        Maxima row = Pooling.maxPool1d(Tensor.of(new float[] {1, 5, 5, 2, -0f, 0}, 6), Window.of(3));
        assertArrayEquals(new float[] {5, 2}, row.values().toFloatArray());
        assertArrayEquals(new long[] {1, 3}, row.indices().toLongArray());
        Tensor lowest = Tensor.full(DType.F32, Double.NEGATIVE_INFINITY, Shape.of(1, 2));
        assertArrayEquals(
                new long[] {0},
                Pooling.maxPool1d(lowest, Window.of(2)).indices().toLongArray());
    }

    @Test
    void ceilModeStartsInsideTheInput() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5}, 1, 5);
        assertEquals(Shape.of(1, 2), Pooling.maxPool1d(x, Window.of(2)).values().shape());
        assertArrayEquals(
                new float[] {2, 4, 5},
                Pooling.maxPool1d(x, Window.of(2).ceil(true)).values().toFloatArray());
        // A fourth window would start at place 5, in the padding behind, and is dropped.
        Window padded = Window.of(2).padding(0, 0, 1, 1).ceil(true);
        assertArrayEquals(
                new float[] {1, 3, 5}, Pooling.maxPool1d(x, padded).values().toFloatArray());
        // PADDED counts padding, but not what lies beyond it: 5 / 1.
        assertArrayEquals(
                new float[] {1.5f, 3.5f, 5},
                Pooling.avgPool1d(x, Window.of(2).ceil(true), Divisor.PADDED).toFloatArray());
    }

    @Test
    void windowsOfPaddingAlone() {
        Tensor x = Tensor.of(new float[] {7}, 1, 1);
        Window window = Window.of(2).stride(1).padding(0, 0, 1, 1).dilation(2);
        Maxima pooled = Pooling.maxPool1d(x, window);
        assertArrayEquals(new float[] {Float.NEGATIVE_INFINITY}, pooled.values().toFloatArray());
        assertArrayEquals(new long[] {-1}, pooled.indices().toLongArray());
        Tensor dX = Pooling.maxPool1dBackward(Tensor.ones(DType.F32, 1, 1), pooled.indices(), 1);
        assertArrayEquals(new float[] {0}, dX.toFloatArray());
        Window wide = Window.of(1).padding(0, 0, 1, 0);
        assertArrayEquals(
                new float[] {0, 7}, Pooling.avgPool1d(x, wide, Divisor.INSIDE).toFloatArray());
    }

    @Test
    void meansByHand() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
        Window corner = Window.of(2).padding(1, 1, 1, 1);
        assertArrayEquals(
                new float[] {.25f, .5f, .75f, 1},
                Pooling.avgPool2d(x, corner, Divisor.PADDED).toFloatArray());
        assertArrayEquals(
                new float[] {1, 2, 3, 4},
                Pooling.avgPool2d(x, corner, Divisor.INSIDE).toFloatArray());
        assertArrayEquals(
                new float[] {.5f, 1, 1.5f, 2}, Pooling.avgPool2d(x, corner, 2).toFloatArray());
        Tensor ten = Tensor.full(DType.F32, 3e38, Shape.of(1, 10));
        assertArrayEquals(
                new float[] {3e38f},
                Pooling.avgPool1d(ten, Window.of(10), Divisor.PADDED).toFloatArray());
    }

    @Test
    void meansAreDepthwiseConvolutions() {
        Random random = new Random(2);
        for (int n = 0; n < 100; n++) {
            Window w = window(random, false).ceil(false);
            Tensor x = random(random, 2, 3, 7, 6);
            Tensor even = Tensor.full(DType.F64, 1.0 / (w.rows() * w.columns()), Shape.of(3, 1, w.rows(), w.columns()));
            Convolution.Options same = new Convolution.Options(w.height(), w.width(), 3, 0, 0);
            double[] expected = Convolution.conv2d(x, even, same).toDoubleArray();
            assertArrayEquals(expected, Pooling.avgPool2d(x, w, Divisor.PADDED).toDoubleArray(), 1e-14);
        }
    }

    @Test
    void backwardFunctionsAreAdjoint() {
        Random random = new Random(3);
        for (int n = 0; n < 100; n++) {
            Window w = window(random, false);
            Tensor x = random(random, 2, 6, 7);
            for (Divisor divisor : Divisor.values()) {
                Tensor y = Pooling.avgPool2d(x, w, divisor);
                Tensor d = random(random, y.shape().toArray());
                Tensor dX = Pooling.avgPool2dBackward(d, 6, 7, w, divisor);
                assertEquals(dot(y, d), dot(x, dX), 1e-10, w.toString());
            }
            Tensor fixed = Pooling.avgPool2d(x, w, 3);
            Tensor d = random(random, fixed.shape().toArray());
            assertEquals(dot(fixed, d), dot(x, Pooling.avgPool2dBackward(d, 6, 7, w, 3)), 1e-10);
            Maxima maxima = Pooling.maxPool2d(x, w);
            Tensor dX = Pooling.maxPool2dBackward(d, maxima.indices(), 6, 7);
            assertEquals(dot(maxima.values(), d), dot(x, dX), 1e-10);
            int height = 1 + random.nextInt(9);
            Tensor cells = Pooling.adaptiveAvgPool2d(x, height, 4);
            Tensor dCells = random(random, cells.shape().toArray());
            assertEquals(dot(cells, dCells), dot(x, Pooling.adaptiveAvgPool2dBackward(dCells, 6, 7)), 1e-10);
            Maxima most = Pooling.adaptiveMaxPool2d(x, height, 4);
            Tensor dMost = Pooling.maxPool2dBackward(dCells, most.indices(), 6, 7);
            assertEquals(dot(most.values(), dCells), dot(x, dMost), 1e-10);
        }
    }

    @Test
    void adaptiveCellsByHand() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5}, 1, 5);
        // Cells of 5 in 3: [0, 2), [1, 4), [3, 5).
        assertArrayEquals(
                new double[] {1.5, 3, 4.5}, Pooling.adaptiveAvgPool1d(x, 3).toDoubleArray());
        assertArrayEquals(
                new long[] {1, 3, 4}, Pooling.adaptiveMaxPool1d(x, 3).indices().toLongArray());
        // More cells than places repeat them.
        Tensor two = Tensor.of(new double[] {1, 2}, 1, 2);
        assertArrayEquals(
                new double[] {1, 1.5, 2}, Pooling.adaptiveAvgPool1d(two, 3).toDoubleArray());
        Tensor dY = Tensor.of(new double[] {6, 6, 6}, 1, 3);
        assertArrayEquals(
                new double[] {3, 5, 2, 5, 3},
                Pooling.adaptiveAvgPool1dBackward(dY, 5).toDoubleArray());
    }

    @Test
    void emptyBatchesAndViews() {
        Tensor none = Tensor.zeros(DType.F32, 0, 2, 4, 4);
        assertEquals(
                Shape.of(0, 2, 2, 2),
                Pooling.maxPool2d(none, Window.of(2)).indices().shape());
        assertEquals(
                Shape.of(0, 2, 2, 2),
                Pooling.avgPool2d(none, Window.of(2), Divisor.PADDED).shape());
        assertEquals(Shape.of(0, 2, 3, 1), Pooling.adaptiveAvgPool2d(none, 3, 1).shape());
        Tensor x = random(new Random(4), 6, 5, 3).permute(2, 1, 0);
        Window w = Window.of(2).stride(1);
        assertTrue(Pooling.maxPool2d(x, w)
                .values()
                .bitEquals(Pooling.maxPool2d(x.copy(), w).values()));
        Tensor dY = Tensor.ones(DType.F64).expand(Shape.of(3, 4, 5));
        assertTrue(Pooling.avgPool2dBackward(dY, 5, 6, w, Divisor.PADDED)
                .bitEquals(Pooling.avgPool2dBackward(dY.copy(), 5, 6, w, Divisor.PADDED)));
    }

    @Test
    void threadsDoNotChangeABit() {
        Tensor x = random(new Random(5), 8, 16, 30, 30).to(DType.F32);
        int before = Threads.count();
        try {
            Threads.set(1);
            Tensor one = Pooling.avgPool2d(x, Window.of(3).padding(1), Divisor.INSIDE);
            Tensor most = Pooling.maxPool2d(x, Window.of(3)).indices();
            Threads.set(2);
            assertTrue(one.bitEquals(Pooling.avgPool2d(x, Window.of(3).padding(1), Divisor.INSIDE)));
            assertTrue(most.bitEquals(Pooling.maxPool2d(x, Window.of(3)).indices()));
        } finally {
            Threads.set(before);
        }
    }

    private static void assertError(Class<? extends RuntimeException> type, String text, Runnable call) {
        assertEquals(text, assertThrows(type, call::run).getMessage());
    }

    @Test
    void errorsSayWhatToDo() {
        Tensor x = Tensor.zeros(DType.F32, 1, 3, 3);
        assertError(
                ShapeException.class,
                "maxPool2d: the window must fit into the padded height; got 4 taps of dilation 1, which span 4, over 3 + 0"
                        + " + 0; pad more"
                        + "\n  x [1, >3<, >3<] F32",
                () -> Pooling.maxPool2d(x, Window.of(4)));
        assertError(
                ShapeException.class,
                "avgPool2d: height and width must not be empty; got [1, 0, 3]" + "\n  x [1, 0, 3] F32",
                () -> Pooling.avgPool2d(Tensor.zeros(DType.F32, 1, 0, 3), Window.of(1), Divisor.PADDED));
        assertError(
                IllegalArgumentException.class,
                "avgPool2d: the window must not be dilated; got dilation 2",
                () -> Pooling.avgPool2d(x, Window.of(2).dilation(2), Divisor.PADDED));
        assertError(
                IllegalArgumentException.class,
                "avgPool2d: the divisor must not be 0; got 0; use another, or a Divisor",
                () -> Pooling.avgPool2d(x, Window.of(2), 0));
        assertError(
                ShapeException.class,
                "adaptiveAvgPool2d: height and width must be at least 1; got 0 x 2",
                () -> Pooling.adaptiveAvgPool2d(x, 0, 2));
        assertError(
                ShapeException.class,
                "maxPool2dBackward: indices must lie in a plane of 1 x 1, or be -1; got 4",
                () -> Pooling.maxPool2dBackward(
                        Tensor.zeros(DType.F32, 1, 1, 1), Tensor.of(new long[] {4}, 1, 1, 1), 1, 1));
        assertError(
                ShapeException.class,
                "avgPool2dBackward: dY must have the shape of y, [1, 1, 1]; got [1, 3, 3]" + "\n  dY [1, >3<, >3<] F32",
                () -> Pooling.avgPool2dBackward(x, 3, 3, Window.of(3), Divisor.PADDED));
        assertError(
                ShapeException.class,
                "maxPool1d: x must be [.., length]; got []" + "\n  x >[]< F32" + "\n  try x.unsqueeze(0): [1] fits",
                () -> Pooling.maxPool1d(Tensor.scalar(1f), Window.of(1)));
        assertError(
                IllegalArgumentException.class, "window: must have at least one tap; got 0 x 0", () -> Window.of(0));
        assertThrows(DTypeException.class, () -> Pooling.maxPool2d(x.to(DType.I64), Window.of(1)));
    }

    /** Strides, paddings and windows near 2^31 are computed in full or refused. */
    @Test
    void hugeSettingsDoNotWrapAround() {
        Tensor x = Tensor.of(new float[] {1, 3, 5}, 3);
        Sliding wide = new Sliding(1 << 30, Integer.MAX_VALUE, Integer.MAX_VALUE, 1);
        Window window = new Window(1, 2, Sliding.UNIT, wide, true);
        assertEquals(
                "avgPool1d: the padded width must be at most 2147483639; got 3 + 2147483647 + 2147483647; pad less"
                        + "\n  x [3] F32",
                assertThrows(ShapeException.class, () -> Pooling.avgPool1d(x, window, Pooling.Divisor.PADDED))
                        .getMessage());
        int most = Integer.MAX_VALUE - 8;
        Window last = new Window(1, most, Sliding.UNIT, new Sliding(1, 0, most - 3, 1), true);
        assertEquals(
                9.0 / most, Pooling.avgPool1d(x, last, Pooling.Divisor.PADDED).get(0), 1e-15);
        assertThrows(
                ShapeException.class,
                () -> Pooling.avgPool1d(Tensor.zeros(DType.F32, 0, 3), window, Pooling.Divisor.PADDED));
        assertThrows(
                ShapeException.class,
                () -> Pooling.adaptiveAvgPool2d(Tensor.zeros(DType.F32, 0, 1 << 20, 1 << 20), 1, 1));
    }
}
