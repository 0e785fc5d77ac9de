package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Resizes by hand, and their backward functions as adjoints. */
class ResizeTest {
    private static final Tensor SQUARE = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);

    private static Tensor random(Random random, long... sizes) {
        Tensor result = Tensor.zeros(DType.F64, sizes);
        for (int i = 0; i < result.doubles().length; i++) {
            result.doubles()[i] = random.nextGaussian();
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

    @Test
    void nearestByHand() {
        float[] doubled = {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4};
        assertArrayEquals(doubled, Resize.nearest(SQUARE, 4, 4).toFloatArray());
        assertArrayEquals(doubled, Resize.nearestScaled(SQUARE, 2, 2).toFloatArray());
        Tensor line = Tensor.of(new double[] {0, 1, 2, 3, 4}, 1, 5);
        // Targets look at floor(i 5 / 3): 0, 1.67, 3.33.
        assertArrayEquals(new double[] {0, 1, 3}, Resize.nearest(line, 1, 3).toDoubleArray());
        // With the scale itself at floor(i / 0.7): 0, 1.43, 2.86.
        assertArrayEquals(
                new double[] {0, 1, 2}, Resize.nearestScaled(line, 1, 0.7).toDoubleArray());
        assertTrue(line.bitEquals(Resize.nearest(line, 1, 5)));
    }

    @Test
    void bilinearByHand() {
        // Half-pixel centres: a quarter and three quarters of the way, ends held.
        assertArrayEquals(
                new float[] {1, 1.25f, 1.75f, 2, 1.5f, 1.75f, 2.25f, 2.5f, 2.5f, 2.75f, 3.25f, 3.5f, 3, 3.25f, 3.75f, 4
                },
                Resize.bilinear(SQUARE, 4, 4, false).toFloatArray());
        // Aligned corners: thirds.
        double third = 1 / 3.0;
        double[] aligned = new double[16];
        for (int i = 0; i < 16; i++) {
            aligned[i] = 1 + i % 4 * third + i / 4 * 2 * third;
        }
        assertArrayEquals(
                aligned, Resize.bilinear(SQUARE.to(DType.F64), 4, 4, true).toDoubleArray(), 1e-15);
        assertArrayEquals(aligned, Resize.bilinear(SQUARE, 4, 4, true).toDoubleArray(), 1e-6);
        Tensor line = Tensor.of(new double[] {0, 1, 2, 3, 4}, 1, 5);
        // (i + 1/2) 5/3 - 1/2 = 1/3, 2, 11/3.
        assertArrayEquals(
                new double[] {third, 2, 11 * third},
                Resize.bilinear(line, 1, 3, false).toDoubleArray(),
                1e-15);
        // (i + 1/2) / 0.7 - 1/2 = 0.214.., 1.642.., 3.071..
        assertArrayEquals(
                new double[] {.5 / .7 - .5, 1.5 / .7 - .5, 2.5 / .7 - .5},
                Resize.bilinearScaled(line, 1, 0.7, false).toDoubleArray(),
                1e-15);
        assertArrayEquals(new double[] {0}, Resize.bilinear(line, 1, 1, true).toDoubleArray());
        assertTrue(line.bitEquals(Resize.bilinear(line, 1, 5, false)));
    }

    @Test
    void neighboursOfNoWeightDoNotCount() {
        Tensor x = Tensor.of(new float[] {1, Float.POSITIVE_INFINITY, Float.NaN}, 1, 3);
        float[] y = Resize.bilinear(x, 1, 5, true).toFloatArray();
        float inf = Float.POSITIVE_INFINITY;
        assertArrayEquals(new float[] {1, inf, inf, Float.NaN, Float.NaN}, y);
    }

    @Test
    void backwardFunctionsAreAdjoint() {
        Random random = new Random(1);
        for (int n = 0; n < 60; n++) {
            Tensor x = random(random, 2, 3 + random.nextInt(4), 4);
            long height = x.size(1);
            int rows = 1 + random.nextInt(9);
            Tensor y = Resize.nearest(x, rows, 7);
            Tensor d = random(random, y.shape().toArray());
            assertEquals(dot(y, d), dot(x, Resize.nearestBackward(d, height, 4)), 1e-12);
            for (boolean aligned : new boolean[] {false, true}) {
                Tensor z = Resize.bilinear(x, rows, 7, aligned);
                assertEquals(dot(z, d), dot(x, Resize.bilinearBackward(d, height, 4, aligned)), 1e-12);
                double scale = 0.4 + 2 * random.nextDouble();
                Tensor s = Resize.bilinearScaled(x, scale, 1.3, aligned);
                Tensor dS = random(random, s.shape().toArray());
                assertEquals(
                        dot(s, dS), dot(x, Resize.bilinearScaledBackward(dS, height, 4, scale, 1.3, aligned)), 1e-12);
                Tensor p = Resize.nearestScaled(x, scale, 1.3);
                assertEquals(dot(p, dS), dot(x, Resize.nearestScaledBackward(dS, height, 4, scale, 1.3)), 1e-12);
            }
        }
    }

    @Test
    void emptyBatchesAndViews() {
        Tensor none = Tensor.zeros(DType.F32, 0, 2, 4, 4);
        assertEquals(Shape.of(0, 2, 3, 8), Resize.bilinear(none, 3, 8, false).shape());
        assertEquals(
                none.shape(),
                Resize.nearestBackward(Resize.nearest(none, 3, 8), 4, 4).shape());
        Tensor x = random(new Random(2), 3, 4, 2).permute(2, 0, 1);
        assertTrue(Resize.bilinear(x, 5, 5, true).bitEquals(Resize.bilinear(x.copy(), 5, 5, true)));
    }

    private static void assertError(Class<? extends RuntimeException> type, String text, Runnable call) {
        assertEquals(text, assertThrows(type, call::run).getMessage());
    }

    @Test
    void errorsSayWhatToDo() {
        assertError(
                ShapeException.class,
                "nearest: height and width must be in [1, 2147483639]; got 0",
                () -> Resize.nearest(SQUARE, 0, 2));
        assertError(
                ShapeException.class,
                "bilinearScaled: height and width must be in [1, 2147483639]; got 0",
                () -> Resize.bilinearScaled(SQUARE, 1, 0.4, false));
        assertError(
                IllegalArgumentException.class,
                "nearestScaled: scales must be positive and finite; got NaN",
                () -> Resize.nearestScaled(SQUARE, Double.NaN, 1));
        assertError(
                ShapeException.class,
                "bilinear: height and width must not be empty; got [2, 0]" + "\n  x [2, 0] F32",
                () -> Resize.bilinear(Tensor.zeros(DType.F32, 2, 0), 1, 1, false));
        assertError(
                ShapeException.class,
                "bilinearScaledBackward: dY must have the shape of y, [1, 1, 4, 6]; got [1, 1, 2, 2]"
                        + "\n  dY [1, 1, >2<, >2<] F32",
                () -> Resize.bilinearScaledBackward(SQUARE, 2, 2, 2, 3, false));
        assertThrows(DTypeException.class, () -> Resize.nearest(SQUARE.to(DType.I64), 2, 2));
    }
}
