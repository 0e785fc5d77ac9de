package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Orders: NaN last, ties by index, every type and both algorithms alike. */
class SortingTest {
    private static final Tensor X = Tensor.of(
            new float[] {2, Float.NaN, 0f, -0f, 2, Float.NEGATIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY}, 8);

    @Test
    void naNLastAndStable() {
        assertArrayEquals(
                new long[] {5, 2, 3, 0, 4, 7, 1, 6},
                Sorting.argsort(X, 0, false).toLongArray());
        assertArrayEquals(
                new long[] {1, 6, 7, 0, 4, 2, 3, 5}, Sorting.argsort(X, 0, true).toLongArray());
        assertTrue(Sorting.argsort(X, 0, true).bitEquals(Sorting.argsort(X.to(DType.F64), 0, true)));
    }

    @Test
    void topkIsTheHeadOfTheSort() {
        Tensor x = Rng.of(1)
                .normal(DType.F32, Shape.of(3, 501), 0, 20)
                .to(DType.I32)
                .to(DType.F32);
        for (int k : new int[] {0, 1, 5, 63, 501}) {
            for (boolean largest : new boolean[] {true, false}) {
                Tensor expected = Sorting.argsort(x, 1, largest).slice(1, 0, k).copy();
                assertTrue(expected.bitEquals(Sorting.topk(x, k, 1, largest).indices()));
                assertTrue(expected.bitEquals(
                        Sorting.topk(x.to(DType.F64), k, 1, largest).indices()));
            }
        }
        ShapeException failure = assertThrows(ShapeException.class, () -> Sorting.topk(x, 502, 1, true));
        assertEquals(
                "topk: k must be between 0 and the size of the axis; got k 502 for axis 1 of [3, 501]",
                failure.getMessage());
    }

    @Test
    void otherAxesAndTypes() {
        Tensor x = Tensor.of(new long[] {3, Long.MIN_VALUE, 1, Long.MAX_VALUE}, 2, 2);
        assertArrayEquals(
                new long[] {1, Long.MIN_VALUE, 3, Long.MAX_VALUE},
                Sorting.sort(x, 0, false).values().toLongArray());
        assertArrayEquals(new long[] {1, 0, 0, 1}, Sorting.argsort(x, 1, false).toLongArray());
        assertEquals(0, Sorting.argsort(Tensor.scalar(4f), 0, false).item());
        assertEquals(
                0,
                Sorting.sort(Tensor.zeros(DType.F32, 2, 0), 1, false).values().elementCount());
        Tensor none = Tensor.zeros(DType.F32, 0, 1L << 33);
        assertEquals(none.shape(), Sorting.argsort(none, 1, false).shape());
    }
}
