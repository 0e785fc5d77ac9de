package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Scans in closed form. */
class ScanTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void sums() {
        assertArrayEquals(new float[] {1, 3, 6, 4, 9, 15}, Scan.cumsum(X, 1).toFloatArray());
        assertArrayEquals(new float[] {1, 2, 3, 5, 7, 9}, Scan.cumsum(X, 0).toFloatArray());
        assertArrayEquals(
                new float[] {0, 1, 3, 0, 4, 9}, Scan.cumsum(X, -1, true, false).toFloatArray());
        assertArrayEquals(
                new float[] {6, 5, 3, 15, 11, 6}, Scan.cumsum(X, 1, false, true).toFloatArray());
        assertArrayEquals(
                new float[] {1, 5, 2, 7, 3, 9},
                Scan.cumsum(X.transpose(0, 1), 1).toFloatArray());
    }

    @Test
    void products() {
        assertArrayEquals(new float[] {1, 2, 6, 4, 20, 120}, Scan.cumprod(X, 1).toFloatArray());
        assertArrayEquals(
                new float[] {6, 3, 1, 30, 6, 1}, Scan.cumprod(X, 1, true, true).toFloatArray());
        Tensor zeros = Tensor.of(new float[] {2, 0, 3}, 3);
        assertArrayEquals(new float[] {2, 0, 0}, Scan.cumprod(zeros, 0).toFloatArray());
    }

    @Test
    void typesAndEmpty() {
        assertEquals(
                DType.I64,
                Scan.cumsum(Tensor.of(new boolean[] {true, true}, 2), 0).dtype());
        assertArrayEquals(
                new long[] {1, 2},
                Scan.cumsum(Tensor.of(new boolean[] {true, true}, 2), 0).toLongArray());
        assertEquals(0, Scan.cumsum(Tensor.zeros(DType.F32, 0, 3), 0).elementCount());
        assertEquals(7, Scan.cumsum(Tensor.scalar(7f), 0).item());
        assertThrows(DTypeException.class, () -> Scan.cumsum(X.to(DType.U8), 0));
    }
}
