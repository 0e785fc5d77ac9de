package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import luthier.tensor.kernel.Gemm.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatchPlanesTest {
    private static final int CHANNELS = 3;

    private final Random random = new Random(1);

    /** A grid of a convolution with the same options down and along, and the same number of taps. */
    private static Patches patches(int height, int width, int taps, int stride, int dilation, int padding) {
        int rows = (height + 2 * padding - (taps - 1) * dilation - 1) / stride + 1;
        int columns = (width + 2 * padding - (taps - 1) * dilation - 1) / stride + 1;
        int[] rowOf = new int[taps * taps];
        int[] columnOf = new int[taps * taps];
        Arrays.setAll(rowOf, t -> t / taps * dilation - padding);
        Arrays.setAll(columnOf, t -> t % taps * dilation - padding);
        return new Patches(height, width, rows, columns, stride, stride, rowOf, columnOf);
    }

    static Stream<Patches> grids() {
        return Stream.of(
                patches(1, 1, 1, 1, 1, 0),
                patches(7, 7, 3, 1, 1, 1),
                patches(9, 40, 3, 1, 1, 1),
                patches(6, 67, 5, 1, 1, 2),
                patches(13, 29, 1, 2, 1, 0),
                patches(13, 30, 7, 2, 1, 3),
                patches(17, 18, 3, 3, 2, 1),
                patches(20, 11, 2, 5, 1, 4),
                patches(33, 1, 1, 1, 1, 0),
                patches(12, 12, 3, 1, 2, 2),
                new Patches(5, 6, 4, 7, 1, 1, new int[] {-1, 1, 2}, new int[] {0, -2, 1}));
    }

    @ParameterizedTest
    @MethodSource("grids")
    void holdsThePatchesOfOnePicture(Patches patches) {
        int positions = patches.positions();
        for (int start = 0; start < positions; start += Math.max(1, positions / 3)) {
            for (int end : new int[] {start + 1, (start + positions + 1) / 2, positions}) {
                if (end > start) {
                    compare(patches, 1, start, end);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("grids")
    void holdsThePatchesOfSeveralPictures(Patches patches) {
        compare(patches, 3, 0, patches.positions());
    }

    private void compare(Patches patches, int pictures, int start, int end) {
        PatchPlanes planes = new PatchPlanes(patches, CHANNELS, start, end);
        if (!planes.pays()) {
            return;
        }
        int plane = patches.height() * patches.width();
        float[] x = numbers(pictures * CHANNELS * plane);
        int columns = pictures * (end - start);
        int rows = CHANNELS * patches.taps();
        float[] expected = new float[rows * columns];
        float[] room = new float[(int) planes.room(pictures)];
        Arrays.fill(room, Float.NaN);
        for (int i = 0; i < pictures * CHANNELS; i++) {
            int at = i % CHANNELS * patches.taps() * columns + i / CHANNELS * (end - start);
            patches.gather(x, i * plane, start, end, expected, at, columns);
            planes.fill(x, i * plane, room, i);
        }
        assertArrayEquals(expected, planes.matrix(room, rows, columns));
        for (int m : new int[] {1, 5, 13}) {
            float[] a = numbers(m * rows);
            float[] product = new float[m * columns];
            float[] patched = new float[m * columns];
            Matrix left = new Matrix(a, 0, rows, 1);
            Gemm.multiply(m, columns, rows, left, new Matrix(expected, 0, columns, 1), product, 0, columns, false);
            Gemm.multiply(m, columns, rows, left, planes, room, Gemm.Target.of(patched, 0, columns, false));
            assertArrayEquals(product, patched);
        }
    }

    private float[] numbers(int n) {
        float[] result = new float[n];
        for (int i = 0; i < n; i++) {
            result[i] = (float) random.nextGaussian();
        }
        return result;
    }

    @Test
    void doNotPayWhereTapsLieFarApart() {
        assertTrue(new PatchPlanes(patches(56, 56, 3, 1, 1, 1), 64, 448, 896).pays());
        assertTrue(new PatchPlanes(patches(224, 224, 7, 2, 1, 3), 3, 0, 512).pays());
        assertFalse(new PatchPlanes(patches(4, 4, 2, 1, 1_000_000, 500_000), 1, 0, 16).pays());
    }
}
