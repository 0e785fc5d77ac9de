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

    @Test
    void runningExtremesTakeTheLastOfEquals() {
        for (DType type : new DType[] {DType.F32, DType.F64, DType.I64, DType.I32}) {
            Tensor x = Tensor.of(new float[] {1, 3, 2, 3, 0, 3}, 2, 3).to(type);
            Reduction.WithIndex most = Scan.cummax(x, 1);
            assertEquals(type, most.values().dtype());
            assertArrayEquals(new long[] {1, 3, 3, 3, 3, 3}, most.values().toLongArray());
            assertArrayEquals(new long[] {0, 1, 1, 0, 0, 2}, most.indices().toLongArray());
            Reduction.WithIndex least = Scan.cummin(x, 0);
            assertArrayEquals(new long[] {1, 3, 2, 1, 0, 2}, least.values().toLongArray());
            assertArrayEquals(new long[] {0, 0, 0, 0, 1, 0}, least.indices().toLongArray());
        }
        Tensor zeros = Tensor.of(new float[] {0f, -0f}, 2);
        assertArrayEquals(new long[] {0, 1}, Scan.cummax(zeros, 0).indices().toLongArray());
        assertEquals(7, Scan.cummin(Tensor.scalar(7f), -1).values().item());
        assertEquals(0, Scan.cummin(Tensor.scalar(7f), -1).indices().item());
        assertEquals(
                Shape.of(0, 3),
                Scan.cummax(Tensor.zeros(DType.F32, 0, 3), 0).values().shape());
        assertThrows(ShapeException.class, () -> Scan.cummax(X, 2));
    }

    @Test
    void runningExtremesKeepNaN() {
        Tensor x = Tensor.of(new double[] {2, Double.NaN, 3, Double.NaN, 1}, 5);
        double[] expected = {2, Double.NaN, Double.NaN, Double.NaN, Double.NaN};
        for (Reduction.WithIndex found : new Reduction.WithIndex[] {Scan.cummax(x, 0), Scan.cummin(x, 0)}) {
            assertArrayEquals(expected, found.values().toDoubleArray());
            assertArrayEquals(new long[] {0, 1, 1, 3, 3}, found.indices().toLongArray());
        }
    }

    @Test
    void logarithmsOfRunningSums() {
        double log2 = 0.6931471805599453;
        Tensor x = Tensor.of(new double[] {1000, 1000, 1000, -1000, -1000, -1000}, 2, 3);
        assertArrayEquals(
                new double[] {1000, 1000 + log2, 1000 + Math.log(3), -1000, -1000 + log2, -1000 + Math.log(3)},
                Scan.logCumSumExp(x, 1).toDoubleArray(),
                1e-12);
        double inf = Double.POSITIVE_INFINITY;
        assertArrayEquals(
                new double[] {-inf, -inf, 5, 5, inf, inf, Double.NaN},
                Scan.logCumSumExp(Tensor.of(new double[] {-inf, -inf, 5, -inf, inf, 2, Double.NaN}, 7), 0)
                        .toDoubleArray());
        // A sum that hardly differs from 1 keeps its digits.
        Tensor tiny = Scan.logCumSumExp(Tensor.of(new float[] {0, -20}, 2), 0);
        assertEquals(Math.exp(-20), tiny.get(1), 1e-15);
        Tensor many = Rng.of(6).normal(DType.F64, Shape.of(1000), 0, 3);
        assertEquals(
                Softmax.logSumExp(many, false).item(),
                Scan.logCumSumExp(many, 0).get(999),
                1e-12);
        assertEquals(3, Scan.logCumSumExp(Tensor.scalar(3f), 0).item());
        assertEquals(
                "logCumSumExp: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Scan.logCumSumExp(X.to(DType.I64), 0))
                        .getMessage());
    }
}
