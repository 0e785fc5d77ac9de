package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Counts of numbers; those of truth over axes are held by ReductionTest and its kin. */
class CountingTest {
    private static Tensor l(long... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void binsAreCounted() {
        assertArrayEquals(
                new long[] {1, 0, 0, 2}, Counting.bincount(l(3, 0, 3), 0).toLongArray());
        assertArrayEquals(new long[] {0, 1, 0}, Counting.bincount(l(1), 3).toLongArray());
        assertArrayEquals(
                new long[] {0, 4},
                Counting.bincount(Tensor.of(new int[] {1, 1, 1, 1}, 2, 2), 0).toLongArray());
        assertEquals(Shape.of(0), Counting.bincount(l(), 0).shape());
        assertArrayEquals(new long[] {0, 0}, Counting.bincount(l(), 2).toLongArray());
    }

    @Test
    void weightsAreAddedInDoublePrecision() {
        Tensor weights = Tensor.of(new float[] {1e8f, 1, -1e8f, 0.5f}, 4);
        Tensor sums = Counting.bincount(l(1, 1, 1, 0), weights, 0);
        assertEquals(DType.F32, sums.dtype());
        assertArrayEquals(new float[] {0.5f, 1}, sums.toFloatArray());
        assertEquals(
                DType.F64,
                Counting.bincount(l(0), Tensor.of(new double[] {2}, 1), 0).dtype());
    }

    @Test
    void errors() {
        assertEquals(
                "bincount: elements must be in [0, 2147483639); got -1; count others with Sorting.unique",
                assertThrows(ShapeException.class, () -> Counting.bincount(l(2, -1), 0))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Counting.bincount(l(Long.MAX_VALUE), 0));
        assertEquals(
                "bincount: minLength must be in [0, 2147483639]; got -1",
                assertThrows(ShapeException.class, () -> Counting.bincount(l(1), -1))
                        .getMessage());
        assertEquals(
                "bincount: weights must have the shape of x, [2]; got [3]" + "\n  x [>2<] I64"
                        + "\n  weights [>3<] F32",
                assertThrows(ShapeException.class, () -> Counting.bincount(l(1, 2), Tensor.ones(DType.F32, 3), 0))
                        .getMessage());
        assertEquals(
                "bincount: needs I64 or I32; got F32; convert with to()",
                assertThrows(DTypeException.class, () -> Counting.bincount(Tensor.ones(DType.F32, 2), 0))
                        .getMessage());
        assertThrows(DTypeException.class, () -> Counting.bincount(l(1), l(1), 0));
    }
}
