package luthier.tensor.kernel;

import static luthier.tensor.kernel.InterleavedMatrix.BLOCK;
import static luthier.tensor.kernel.InterleavedMatrix.ROWS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import luthier.tensor.kernel.InterleavedMatrix.EightBit;
import luthier.tensor.kernel.InterleavedMatrix.FourBit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both kernels give the bits of the numbers one by one, for scales of all kinds. */
class InterleavedParityTest {
    /** Zeros, the least and the largest half-precision numbers, those below the least normal one, and usual ones. */
    private static final short[] HALVES = {
        0, (short) 0x8000, 1, (short) 0x8001, 0x03FF, 0x0400, 0x7BFF, (short) 0xFBFF, 0x2E66, (short) 0xB266, 0x1234
    };

    private final Random random = new Random(1);

    private List<InterleavedMatrix> matrices(int rows, int columns) {
        List<InterleavedMatrix> result = new ArrayList<>();
        for (int run : new int[] {1, BLOCK, columns}) {
            if (columns % run == 0) {
                EightBit matrix = EightBit.zeros(rows, columns, run);
                for (int row = 0; row < rows; row++) {
                    for (int i = 0; i < columns / run; i++) {
                        matrix.set(row, i, Float.float16ToFloat(half()), codes(run, -128, 128), 0);
                    }
                }
                result.add(matrix);
            }
        }
        if (columns % BLOCK == 0) {
            float[] codebook = new float[16];
            for (int i = 0; i < 16; i++) {
                codebook[i] = random.nextFloat() * 2 - 1;
            }
            result.add(fourBit(rows, columns, null));
            result.add(fourBit(rows, columns, codebook));
        }
        for (BlockFormat format : BlockFormat.values()) {
            boolean own = format == BlockFormat.Q4_0 || format == BlockFormat.Q4_1 || format == BlockFormat.Q8_0;
            if (!own && columns % format.numbers() == 0) {
                result.add(blocks(format, rows, columns));
            }
        }
        return result;
    }

    /** Bytes of any kind, but finite scales. */
    private InterleavedMatrix blocks(BlockFormat format, int rows, int columns) {
        byte[] bytes = new byte[rows * columns / format.numbers() * format.bytes()];
        byte[] block = new byte[format.bytes()];
        for (int at = 0; at < bytes.length; at += block.length) {
            do {
                random.nextBytes(block);
            } while (!format.areFinite(block));
            System.arraycopy(block, 0, bytes, at, block.length);
        }
        return InterleavedMatrix.Blocks.of(format, rows, columns, bytes);
    }

    private FourBit fourBit(int rows, int columns, float[] codebook) {
        FourBit matrix = FourBit.zeros(rows, columns, codebook);
        for (int row = 0; row < rows; row++) {
            for (int block = 0; block < columns / BLOCK; block++) {
                int scales =
                        codebook == null ? half() & 0xFFFF | half() << 16 : Float.floatToRawIntBits(random.nextFloat());
                matrix.set(row, block, scales, codes(BLOCK, 0, 16), 0);
            }
        }
        return matrix;
    }

    private short half() {
        return HALVES[random.nextInt(HALVES.length)];
    }

    private byte[] codes(int n, int from, int to) {
        byte[] codes = new byte[n];
        for (int i = 0; i < n; i++) {
            codes[i] = (byte) random.nextInt(from, to);
        }
        return codes;
    }

    @ParameterizedTest
    @CsvSource({"1, 32", "64, 64", "130, 96", "65, 1", "7, 33", "128, 480", "70, 512"})
    void productsAndColumns(int rows, int columns) {
        float[] x = new float[columns + 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (InterleavedMatrix w : matrices(rows, columns)) {
            for (int superblock = 0; superblock < InterleavedMatrix.superblocks(rows); superblock++) {
                float[] expected = new float[ROWS + 2];
                Arrays.fill(expected, 0.5f);
                float[] scalar = expected.clone();
                float[] simd = expected.clone();
                for (int i = 0; i < Math.min(ROWS, rows - superblock * ROWS); i++) {
                    for (int p = 0; p < columns; p++) {
                        expected[2 + i] = Math.fma(x[3 + p], w.number(superblock * ROWS + i, p), expected[2 + i]);
                    }
                }
                InterleavedScalar.multiply(w, superblock, x, 3, scalar, 2);
                InterleavedSimd.multiply(w, superblock, x, 3, simd, 2);
                assertArrayEquals(expected, scalar, w.getClass().getSimpleName());
                assertArrayEquals(expected, simd, w.getClass().getSimpleName());
            }
            for (int row : new int[] {0, 1, 16, 64, 80}) {
                for (int column : new int[] {0, 5, 32}) {
                    if (row < rows && column < columns) {
                        columns(w, row, rows - row, column, columns - column);
                    }
                }
            }
        }
    }

    private static void columns(InterleavedMatrix w, int row, int rows, int column, int columns) {
        int step = rows + 16;
        float[] scalar = new float[columns * step + 1];
        float[] simd = scalar.clone();
        InterleavedScalar.columns(w, row, rows, column, columns, scalar, 1, step);
        InterleavedSimd.columns(w, row, rows, column, columns, simd, 1, step);
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                int at = 1 + j * step + i;
                assertEquals(w.number(row + i, column + j), scalar[at]);
                assertEquals(scalar[at], simd[at]);
            }
        }
    }

    @Test
    void codesComeBack() {
        byte[] codes = codes(BLOCK, 0, 16);
        FourBit four = FourBit.zeros(70, 64, null);
        four.set(69, 1, 0x12345678, codes, 0);
        EightBit eight = EightBit.zeros(70, 64, BLOCK);
        eight.set(69, 1, 0.25f, codes, 0);
        for (int i = 0; i < BLOCK; i++) {
            assertEquals(codes[i], four.code(69, BLOCK + i));
            assertEquals(codes[i], eight.code(69, BLOCK + i));
        }
        assertEquals(0x12345678, four.scales(69, 1));
        assertEquals(0.25f, eight.scale(69, 1));
        assertEquals(0, four.code(68, BLOCK));
    }
}
