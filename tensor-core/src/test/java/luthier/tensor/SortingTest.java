package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                "topk: k must be between 0 and the size of the axis; got k 502 for axis 1 of [3, 501]"
                        + "\n  x [3, >501<] F32",
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

    @Test
    void everyDifferentElementOnce() {
        Sorting.Unique found = Sorting.unique(Tensor.of(new long[] {3, 1, 3, Long.MIN_VALUE}, 2, 2));
        assertArrayEquals(new long[] {Long.MIN_VALUE, 1, 3}, found.values().toLongArray());
        assertArrayEquals(new long[] {2, 1, 2, 0}, found.inverse().toLongArray());
        assertEquals(Shape.of(2, 2), found.inverse().shape());
        assertArrayEquals(new long[] {1, 1, 2}, found.counts().toLongArray());
        Sorting.Unique special = Sorting.unique(X);
        assertArrayEquals(
                new float[] {Float.NEGATIVE_INFINITY, 0f, 2, Float.POSITIVE_INFINITY, Float.NaN},
                special.values().toFloatArray());
        assertArrayEquals(new long[] {1, 2, 2, 1, 2}, special.counts().toLongArray());
        assertArrayEquals(new long[] {2, 4, 1, 1, 2, 0, 4, 3}, special.inverse().toLongArray());
        assertTrue(Sorting.unique(X.to(DType.F64)).inverse().bitEquals(special.inverse()));
        // Of -0 and 0 the first.
        assertTrue(Sorting.unique(Tensor.of(new float[] {-0f, 0f}, 2))
                .values()
                .bitEquals(Tensor.of(new float[] {-0f}, 1)));
        Sorting.Unique none = Sorting.unique(Tensor.zeros(DType.F32, 0, 2));
        assertEquals(Shape.of(0), none.values().shape());
        assertEquals(Shape.of(0, 2), none.inverse().shape());
        assertEquals(1, Sorting.unique(Tensor.scalar(5f)).counts().item());
        Tensor many = Rng.of(9).integers(Shape.of(40, 30), 0, 50);
        Sorting.Unique all = Sorting.unique(many);
        assertTrue(many.bitEquals(Indexing.take(all.values(), all.inverse())));
        assertTrue(Counting.bincount(many, 50).bitEquals(all.counts()));
    }

    @Test
    void placesInSortedRows() {
        Tensor row = Tensor.of(new float[] {-1, 2, 2, 5, Float.NaN}, 5);
        Tensor values = Tensor.of(new float[] {2, -3, 9, Float.NaN, 5, -1}, 2, 3);
        assertArrayEquals(
                new long[] {1, 0, 4, 4, 3, 0},
                Sorting.searchsorted(row, values, false).toLongArray());
        assertArrayEquals(
                new long[] {3, 0, 4, 5, 4, 1},
                Sorting.searchsorted(row, values, true).toLongArray());
        Tensor rows = Tensor.of(new long[] {1, 3, 5, 2, 2, 2}, 2, 3);
        Tensor each = Tensor.of(new long[] {3, 9, 1, 2}, 2, 2);
        assertArrayEquals(
                new long[] {1, 3, 0, 0}, Sorting.searchsorted(rows, each, false).toLongArray());
        assertArrayEquals(
                new long[] {2, 3, 0, 3}, Sorting.searchsorted(rows, each, true).toLongArray());
        assertArrayEquals(
                new long[] {0},
                Sorting.searchsorted(Tensor.zeros(DType.F32, 0), Tensor.ones(DType.F32, 1), true)
                        .toLongArray());
        assertEquals(
                2,
                Sorting.searchsorted(row.slice(0, 0, 4), Tensor.scalar(3f), false)
                                .item()
                        - 1);
    }

    @Test
    void rowsToSearchAreChecked() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 3, 1, 4}, 2, 3);
        assertEquals(
                "searchsorted: rows must be in ascending order; got a smaller element at place 1 of row 1 of [2, 3]; sort them first"
                        + "\n  sorted [2, 3] F32",
                assertThrows(ShapeException.class, () -> Sorting.searchsorted(x, x, false))
                        .getMessage());
        assertEquals(
                "searchsorted: sorted must be [n], or have the leading axes of values, [.., n] and [.., m]; got [2, 3] and [3]"
                        + "\n  sorted [2, 3] F32" + "\n  values >[3]< F32",
                assertThrows(ShapeException.class, () -> Sorting.searchsorted(x, x.select(0, 0), false))
                        .getMessage());
        assertEquals(
                "searchsorted: types must agree; got F32 and F64; convert with to()",
                assertThrows(DTypeException.class, () -> Sorting.searchsorted(x, x.to(DType.F64), false))
                        .getMessage());
    }

    /** Long enough for the radix sort, with many equal keys and all signs. */
    @ParameterizedTest
    @ValueSource(ints = {5, 47, 48, 300, 5000})
    void longKeysAreSortedStably(int n) {
        double[] x = new double[n];
        Arrays.setAll(x, i -> i % 11 == 3 ? Double.NaN : (i * 7919L % 101 - 50) * (i % 3 == 0 ? 1e-300 : 0.5));
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> x[i] + 0.0));
        long[] expected = Arrays.stream(order).mapToLong(i -> i).toArray();
        Tensor t = Tensor.of(x, n);
        assertArrayEquals(expected, Sorting.argsort(t, 0, false).toLongArray());
        int k = n / 10;
        assertArrayEquals(
                Arrays.copyOf(expected, k),
                Sorting.topk(t, k, 0, false).indices().toLongArray());
    }
}
