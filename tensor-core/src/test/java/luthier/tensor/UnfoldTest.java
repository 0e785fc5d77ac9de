package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Columns by hand, against convolution, and folded back. */
class UnfoldTest {
    private static Tensor random(Random random, long... sizes) {
        Tensor result = Tensor.zeros(DType.F64, sizes);
        for (int i = 0; i < result.doubles().length; i++) {
            result.doubles()[i] = random.nextInt(9) - 4;
        }
        return result;
    }

    private static Window window(Random random) {
        return Window.of(1 + random.nextInt(3), 1 + random.nextInt(3))
                .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                .padding(random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3))
                .dilation(1 + random.nextInt(2), 1 + random.nextInt(2));
    }

    @Test
    void columnsTimesWeightIsConvolution() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            Window w = window(random);
            Tensor x = random(random, 2, 3, 6, 7);
            Tensor weight = random(random, 4, 3, w.rows(), w.columns());
            Tensor y = Convolution.conv2d(x, weight, new Convolution.Options(w.height(), w.width(), 1, 0, 0));
            Tensor columns = Unfold.unfold2d(x, w);
            Tensor product = Matmul.matmul(weight.reshape(4, -1), columns);
            assertArrayEquals(y.toDoubleArray(), product.toDoubleArray(), w.toString());
            assertTrue(Unfold.unfold2d(x.to(DType.F32), w).bitEquals(columns.to(DType.F32)));
        }
    }

    /** The tolerance makes 0 and -0 equal, nothing else. */
    @Test
    void foldedBackEveryPlaceCounts() {
        Random random = new Random(2);
        for (int i = 0; i < 100; i++) {
            Window w = window(random);
            Tensor x = random(random, 2, 3, 6, 7);
            Tensor counts = Unfold.fold2d(
                    Unfold.unfold2d(Tensor.ones(DType.F64, x.shape().toArray()), w), 6, 7, w);
            Tensor folded = Unfold.fold2d(Unfold.unfold2d(x, w), 6, 7, w);
            assertArrayEquals(Elementwise.mul(x, counts).toDoubleArray(), folded.toDoubleArray(), 1e-300, w.toString());
        }
    }

    @Test
    void oneDimensionByHand() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Window w = Window.of(2).stride(2).padding(9, 9, 1, 0);
        assertArrayEquals(
                new float[] {0, 2, 1, 3, 0, 5, 4, 6}, Unfold.unfold1d(x, w).toFloatArray());
        assertEquals(Shape.of(4, 2), Unfold.unfold1d(x, w).shape());
        assertTrue(x.bitEquals(Unfold.fold1d(Unfold.unfold1d(x, w), 3, w)));
    }

    @Test
    void windowsAreViews() {
        Tensor x = Tensor.of(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 5, 2);
        Tensor y = Unfold.windows(x, 0, 3, 2);
        assertEquals(Shape.of(2, 2, 3), y.shape());
        assertArrayEquals(new long[] {0, 2, 4, 1, 3, 5, 4, 6, 8, 5, 7, 9}, y.toLongArray());
        assertTrue(y.storage() == x.storage());
        assertTrue(y.bitEquals(Unfold.windows(x, -2, 3, 2)));
        assertTrue(Unfold.windows(x, 0, 5, Integer.MAX_VALUE)
                .bitEquals(x.transpose(0, 1).unsqueeze(0)));
    }

    @Test
    void windowsBackwardIsTheAdjoint() {
        Random random = new Random(3);
        Tensor x = random(random, 4, 5, 6);
        for (int axis = 0; axis < 3; axis++) {
            for (int step = 1; step < 4; step++) {
                Tensor y = Unfold.windows(x, axis, 2, step);
                Tensor d = random(random, y.shape().toArray());
                Tensor dX = Unfold.windowsBackward(d, x.shape(), axis, step);
                assertEquals(x.shape(), dX.shape());
                double[] p = Elementwise.mul(y, d).toDoubleArray();
                double[] q = Elementwise.mul(x, dX).toDoubleArray();
                double sum = 0;
                for (double value : p) {
                    sum += value;
                }
                for (double value : q) {
                    sum -= value;
                }
                assertEquals(0, sum);
            }
        }
    }

    @Test
    void emptyBatches() {
        Tensor none = Tensor.zeros(DType.F32, 0, 2, 4, 4);
        Tensor columns = Unfold.unfold2d(none, Window.of(2));
        assertEquals(Shape.of(0, 8, 4), columns.shape());
        assertEquals(none.shape(), Unfold.fold2d(columns, 4, 4, Window.of(2)).shape());
        assertEquals(
                Shape.of(0, 3, 2),
                Unfold.windows(Tensor.zeros(DType.F32, 0, 4), 1, 2, 1).shape());
    }

    private static void assertError(Class<? extends RuntimeException> type, String text, Runnable call) {
        assertEquals(text, assertThrows(type, call::run).getMessage());
    }

    @Test
    void errorsSayWhatToDo() {
        Tensor x = Tensor.zeros(DType.F32, 1, 3, 3);
        assertError(
                ShapeException.class,
                "fold2d: columns must be [.., channels x 4, 1 x 1] for height 2 and width 2; got [1, 3, 3]"
                        + "\n  columns [1, >3<, >3<] F32",
                () -> Unfold.fold2d(x, 2, 2, Window.of(2)));
        assertError(
                ShapeException.class,
                "unfold2d: x must be [.., channels, height, width]; got [3]" + "\n  x >[3]< F32",
                () -> Unfold.unfold2d(Tensor.zeros(DType.F32, 3), Window.of(2)));
        assertError(
                ShapeException.class,
                "windows: the window must fit into its axis; got size 4 for axis 2 of [1, 3, 3]" + "\n  x [1, 3, >3<]",
                () -> Unfold.windows(x, -1, 4, 1));
        assertError(
                IllegalArgumentException.class,
                "windows: the step must be at least 1; got 0",
                () -> Unfold.windows(x, 1, 2, 0));
        assertError(
                ShapeException.class,
                "windowsBackward: dY must have the shape of y, [2, 2]; got [1, 2]" + "\n  dY [>1<, 2] F32",
                () -> Unfold.windowsBackward(Tensor.zeros(DType.F32, 1, 2), Shape.of(3), 0, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> Unfold.unfold2d(x, Window.of(2).ceil(true)));
        assertThrows(DTypeException.class, () -> Unfold.unfold2d(x.to(DType.I64), Window.of(2)));
    }

    /** Sizes are never cut down to an int: a length of 2^32 + 4 is not 4. */
    @Test
    void hugeSizesDoNotWrapAround() {
        Tensor columns = Tensor.ones(DType.F32, 2, 3);
        Window two = Window.of(2).stride(1);
        assertEquals(
                "fold1d: a tensor may hold at most 2147483639 elements; got [1, 4294967300] (4294967300); split it",
                assertThrows(ShapeException.class, () -> Unfold.fold1d(columns, (1L << 32) + 4, two))
                        .getMessage());
        assertEquals(
                "fold1d: height and width must be at least 1; got 1 x -1",
                assertThrows(ShapeException.class, () -> Unfold.fold1d(columns, -1, two))
                        .getMessage());
        Window wide = Window.of(1 << 16).stride(1).padding(1 << 15);
        assertThrows(ShapeException.class, () -> Unfold.unfold2d(Tensor.ones(DType.F32, 1, 1, 1), wide));
    }
}
