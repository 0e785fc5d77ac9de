package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import luthier.tensor.kernel.Gemm.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products: scalar = SIMD = the chain's definition, bit for bit, for every layout, start and number of threads. */
class GemmParityTest {
    private static final int[] SIZES = {1, 2, 4, 5, 8, 11, 12, 13, 16, 31, 32, 33, 97};

    @Test
    void everyEdgeOfTheTiles() {
        for (int m : SIZES) {
            for (int n : SIZES) {
                int k = (m * 7 + n * 3) % 41;
                for (int variant = 0; variant < 8; variant++) {
                    same(m, n, k, variant);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 4",
        "3, 0, 4",
        "3, 4, 0",
        "13, 33, 400",
        "13, 200, 769",
        "100, 170, 385",
        "300, 33, 1600",
        "1, 4099, 97",
        "1, 33, 600",
        "1, 400, 513",
        "4099, 1, 97",
        "2, 2, 3000"
    })
    void blocksAndVectors(int m, int n, int k) {
        for (int variant = 0; variant < 8; variant++) {
            same(m, n, k, variant);
        }
    }

    private static void same(int m, int n, int k, int variant) {
        boolean accumulate = (variant & 4) != 0;
        Matrix a = matrix(m, k, 1, (variant & 1) != 0);
        Matrix b = matrix(k, n, 2, (variant & 2) != 0);
        int ldc = n + 3;
        float[] expected = numbers(2 + m * ldc, 3);
        float[] actual = expected.clone();
        GemmScalar.multiply(m, n, k, a, b, Gemm.Target.of(expected, 2, ldc, accumulate));
        GemmSimd.multiply(m, n, k, a, b, Gemm.Target.of(actual, 2, ldc, accumulate));
        assertBits(expected, actual, m + "x" + n + "x" + k + " variant " + variant);
    }

    @Test
    void theScalarTwinIsTheChain() {
        Matrix a = matrix(3, 301, 1, false);
        Matrix b = matrix(301, 5, 2, true);
        float[] start = numbers(15, 3);
        float[] c = start.clone();
        GemmScalar.multiply(3, 5, 301, a, b, Gemm.Target.of(c, 0, 5, true));
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 5; j++) {
                float chain = start[i * 5 + j];
                for (int p = 0; p < 301; p++) {
                    chain = Math.fma(at(a, i, p), at(b, p, j), chain);
                }
                assertEquals(chain, c[i * 5 + j]);
            }
        }
    }

    @Test
    void stridesOfAnyKind() {
        float[] data = numbers(40_000, 4);
        Matrix a = new Matrix(data, 3, 71 * 3, 3);
        Matrix b = new Matrix(data, 7, 2, 97);
        Matrix expanded = new Matrix(data, 5, 0, 1);
        for (Matrix left : new Matrix[] {a, expanded, expanded.transposed()}) {
            for (Matrix right : new Matrix[] {b, expanded, expanded.transposed()}) {
                float[] expected = new float[40 * 45];
                float[] actual = new float[40 * 45];
                GemmScalar.multiply(40, 45, 67, left, right, Gemm.Target.of(expected, 0, 45, false));
                GemmSimd.multiply(40, 45, 67, left, right, Gemm.Target.of(actual, 0, 45, false));
                assertBits(expected, actual, left + " " + right);
            }
        }
    }

    @Test
    void threadsChangeNothing() {
        int before = Parallel.threads();
        try {
            for (int k : new int[] {129, 770}) {
                Matrix a = matrix(150, k, 1, false);
                Matrix b = matrix(k, 190, 2, true);
                float[] one = new float[150 * 190];
                Parallel.setThreads(1);
                GemmSimd.multiply(150, 190, k, a, b, Gemm.Target.of(one, 0, 190, false));
                for (int threads = 2; threads <= 5; threads++) {
                    Parallel.setThreads(threads);
                    float[] many = new float[150 * 190];
                    GemmSimd.multiply(150, 190, k, a, b, Gemm.Target.of(many, 0, 190, false));
                    assertBits(one, many, threads + " threads");
                }
            }
        } finally {
            Parallel.setThreads(before);
        }
    }

    @Test
    void closeToDoublePrecision() {
        Matrix a = matrix(35, 500, 1, true);
        Matrix b = matrix(500, 70, 2, false);
        float[] c = new float[35 * 70];
        GemmSimd.multiply(35, 70, 500, a, b, Gemm.Target.of(c, 0, 70, false));
        double[] exact = new double[35 * 70];
        GemmDouble.multiply(35, 70, 500, doubles(a), doubles(b), exact, 0);
        for (int i = 0; i < c.length; i++) {
            assertEquals(exact[i], c[i], 1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 40})
    void nothingIsSkipped(int m) {
        int n = 33;
        int k = 19;
        float[] a = new float[m * k];
        float[] b = new float[k * n];
        Arrays.fill(b, 1f);
        b[3 * n + 5] = Float.POSITIVE_INFINITY;
        b[4 * n + 7] = Float.NaN;
        float[] c = new float[m * n];
        GemmSimd.multiply(m, n, k, new Matrix(a, 0, k, 1), new Matrix(b, 0, n, 1), Gemm.Target.of(c, 0, n, false));
        for (int i = 0; i < m * n; i++) {
            boolean poisoned = i % n == 5 || i % n == 7;
            assertTrue(poisoned ? Float.isNaN(c[i]) : c[i] == 0f, "element " + i + " is " + c[i]);
        }
    }

    @Test
    void doublesAreChainsInEveryBlock() {
        for (int[] size : new int[][] {{1, 1, 1}, {17, 600, 70}, {3, 5, 0}, {50, 33, 200}}) {
            int m = size[0];
            int n = size[1];
            int k = size[2];
            GemmDouble.Matrix a = doubles(matrix(m, k, 1, true));
            GemmDouble.Matrix b = doubles(matrix(k, n, 2, false));
            double[] c = new double[m * n];
            Arrays.fill(c, 0.25);
            GemmDouble.multiply(m, n, k, a, b, c, 0);
            for (int i = 0; i < m * n; i++) {
                double chain = 0.25;
                for (int p = 0; p < k; p++) {
                    double x = a.data()[a.offset() + i / n * a.rowStride() + p * a.columnStride()];
                    chain = Math.fma(x, b.data()[b.offset() + p * b.rowStride() + i % n * b.columnStride()], chain);
                }
                assertEquals(chain, c[i]);
            }
        }
    }

    @Test
    void storedMatricesHaveTheBitsOfTheirUnpackedForm() {
        int rows = 130;
        int columns = 397;
        short[] halves = new short[rows * columns];
        byte[] bytes = new byte[rows * columns];
        Random random = new Random(5);
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16((float) random.nextGaussian());
            bytes[i] = (byte) random.nextInt();
        }
        float[] scales = numbers(rows * columns, 6);
        float[] book = numbers(16, 7);
        for (StoredMatrix stored : new StoredMatrix[] {
            new StoredMatrix.Brain(halves, 0, columns),
            new StoredMatrix.Half(halves, 0, columns),
            new StoredMatrix.Bytes(bytes, columns, scales, columns),
            new StoredMatrix.Bytes(bytes, columns, scales, 64),
            new StoredMatrix.Nibbles(bytes, columns, book, scales, 7)
        }) {
            float[] plain = new float[rows * columns];
            for (int i = 0; i < rows; i++) {
                stored.unpack(i, 0, columns, plain, i * columns);
            }
            Matrix matrix = new Matrix(plain, 0, columns, 1);
            for (int m : new int[] {1, 3, 70}) {
                stored(m, rows, columns, stored, true, matrix.transposed());
                stored(m, columns, rows, stored, false, matrix);
            }
        }
    }

    private static void stored(int m, int n, int k, StoredMatrix b, boolean transposed, Matrix plain) {
        Matrix a = matrix(m, k, 8, false);
        float[] expected = new float[m * n];
        float[] actual = new float[m * n];
        GemmScalar.multiply(m, n, k, a, plain, Gemm.Target.of(expected, 0, n, false));
        Gemm.multiply(m, n, k, a, b, transposed, Gemm.Target.of(actual, 0, n, false));
        assertBits(expected, actual, b.getClass() + " " + m + " " + transposed);
    }

    /** A packed B serves products of any height, flat and tall, in one block and in several. */
    @Test
    void packedOperands() {
        int[][] sizes = {{384, 130}, {97, 33}, {1700, 70}, {5, 4100}, {1600, 1500}};
        for (int[] size : sizes) {
            int k = size[0];
            int n = size[1];
            for (boolean transposed : new boolean[] {false, true}) {
                Matrix b = matrix(k, n, 3, transposed);
                PackedMatrix packed = GemmSimd.pack(k, n, b);
                for (int m : k * n > 1_000_000 ? new int[] {1, 17} : new int[] {1, 2, 13, 90}) {
                    Matrix a = matrix(m, k, 4, m == 13);
                    float[] bias = numbers(n + 1, 5);
                    float[] expected = new float[m * n];
                    float[] actual = new float[m * n];
                    GemmScalar.multiply(m, n, k, a, b, Gemm.Target.withBias(expected, 0, n, bias, 1));
                    GemmSimd.multiply(m, a, packed, Gemm.Target.withBias(actual, 0, n, bias, 1));
                    assertBits(expected, actual, m + " " + n + " " + k + " " + transposed);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17, 97, 4098})
    void unpacking(int n) {
        byte[] bytes = new byte[n + 3];
        short[] shorts = new short[n + 3];
        Random random = new Random(n);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
            shorts[i] = (short) random.nextInt();
        }
        float[] expected = new float[n + 2];
        float[] actual = new float[n + 2];
        UnpackingScalar.bytes(bytes, 3, 0.3f, expected, 1, n);
        UnpackingSimd.bytes(bytes, 3, 0.3f, actual, 1, n);
        assertBits(expected, actual, "bytes");
        UnpackingScalar.brain(shorts, 3, expected, 1, n);
        UnpackingSimd.brain(shorts, 3, actual, 1, n);
        assertBits(expected, actual, "brain");
    }

    @Test
    void unpackingByHand() {
        float[] to = new float[4];
        UnpackingScalar.nibbles(new byte[] {(byte) 0xA0, 0x1F}, 1, book(), 2, to, 0, 3);
        assertArrayEquals(new float[] {0, 2, 30, 0}, to);
        UnpackingScalar.half(new short[] {0x3C00, (short) 0xC000, 1}, 0, to, 0, 3);
        assertArrayEquals(new float[] {1, -2, 0x1p-24f, 0}, to);
        UnpackingScalar.brain(new short[] {0x3F80, (short) 0xFF80}, 0, to, 0, 2);
        assertArrayEquals(new float[] {1, Float.NEGATIVE_INFINITY, 0x1p-24f, 0}, to);
    }

    private static float[] book() {
        float[] book = new float[16];
        for (int i = 0; i < 16; i++) {
            book[i] = i;
        }
        return book;
    }

    private static float at(Matrix x, int i, int j) {
        return x.data()[x.offset() + i * x.rowStride() + j * x.columnStride()];
    }

    private static GemmDouble.Matrix doubles(Matrix x) {
        double[] data = new double[x.data().length];
        for (int i = 0; i < data.length; i++) {
            data[i] = x.data()[i];
        }
        return new GemmDouble.Matrix(data, x.offset(), x.rowStride(), x.columnStride());
    }

    private static Matrix matrix(int rows, int columns, int seed, boolean transposed) {
        float[] data = numbers(5 + rows * columns, seed);
        return transposed ? new Matrix(data, 5, 1, Math.max(1, rows)) : new Matrix(data, 5, Math.max(1, columns), 1);
    }

    private static float[] numbers(int n, int seed) {
        float[] x = new float[n];
        Random random = new Random(seed);
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static void assertBits(float[] expected, float[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                assertEquals(expected[i], actual[i], what + ", element " + i);
            }
        }
    }
}
