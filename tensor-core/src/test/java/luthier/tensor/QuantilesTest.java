package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.Quantiles.Interpolation;
import org.junit.jupiter.api.Test;

/** Medians and quantiles in closed form, at ties, NaN and infinities. */
class QuantilesTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    private static Tensor f64(double... values) {
        return Tensor.of(values, values.length);
    }

    private static double quantile(double q, Interpolation how, double... values) {
        double wide = Quantiles.quantile(f64(values), new int[0], q, how, false).item();
        double narrow = Quantiles.quantile(f64(values).to(DType.F32), new int[0], q, how, false)
                .item();
        assertEquals((float) wide, narrow);
        return wide;
    }

    @Test
    void mediansAreElements() {
        assertEquals(2, Quantiles.median(f64(4, 1, 3, 2)).item());
        assertEquals(3, Quantiles.median(f64(4, 1, 3)).item());
        assertEquals(7, Quantiles.median(Tensor.scalar(7f)).item());
        Tensor x = Tensor.of(new long[] {5, 1, Long.MAX_VALUE, 5, 5, Long.MIN_VALUE}, 2, 3);
        Reduction.WithIndex rows = Quantiles.median(x, -1, false);
        assertArrayEquals(new long[] {5, 5}, rows.values().toLongArray());
        assertArrayEquals(new long[] {0, 0}, rows.indices().toLongArray());
        Reduction.WithIndex columns = Quantiles.median(x, 0, true);
        assertEquals(Shape.of(1, 3), columns.indices().shape());
        assertArrayEquals(new long[] {5, 1, Long.MIN_VALUE}, columns.values().toLongArray());
        assertArrayEquals(new long[] {0, 0, 1}, columns.indices().toLongArray());
        Reduction.WithIndex one = Quantiles.median(Tensor.scalar(7f), 0, false);
        assertEquals(0, one.indices().item());
        assertEquals(Shape.of(), one.values().shape());
    }

    @Test
    void aNaNIsTheResultAndTheFirstIsFound() {
        Tensor x = Tensor.of(new double[] {1, NAN, 3, NAN, 0, 2, 2, 2}, 2, 4);
        Reduction.WithIndex found = Quantiles.median(x, 1, false);
        assertArrayEquals(new double[] {NAN, 2}, found.values().toDoubleArray());
        assertArrayEquals(new long[] {1, 1}, found.indices().toLongArray());
        for (Interpolation how : Interpolation.values()) {
            assertArrayEquals(
                    new double[] {NAN, 0},
                    Quantiles.quantile(x, new int[] {1}, 0, how, false).toDoubleArray());
            Quantiles.WithIndices where = Quantiles.quantileWithIndices(x, new int[] {1}, 1, how, false);
            assertArrayEquals(new double[] {NAN, 2}, where.values().toDoubleArray());
            assertEquals(1, where.lower().get(0));
        }
    }

    @Test
    void interpolations() {
        double[] x = {40, 10, 30, 20};
        double[] expected = {25, 20, 30, 25, 30};
        double[] atQuarter = {17.5, 10, 20, 15, 20};
        for (Interpolation how : Interpolation.values()) {
            assertEquals(expected[how.ordinal()], quantile(0.5, how, x), how.toString());
            assertEquals(atQuarter[how.ordinal()], quantile(0.25, how, x), how.toString());
            assertEquals(10, quantile(0, how, x));
            assertEquals(40, quantile(1, how, x));
            assertEquals(20, quantile(0.5, how, 30, 20, 10));
            assertEquals(5, quantile(0.7, how, 5));
        }
        // Ranks 0.5 and 1.5: the even neighbour.
        assertEquals(10, quantile(0.5, Interpolation.NEAREST, 10, 20));
        assertEquals(30, quantile(0.5, Interpolation.NEAREST, 10, 20, 30, 40));
    }

    @Test
    void severalAxesAreOne() {
        Tensor x = Tensor.of(new double[] {8, 1, 7, 2, 6, 3, 5, 4}, 2, 2, 2);
        assertArrayEquals(
                new double[] {6.5, 2.5}, Quantiles.quantile(x, 0.5, 0, 1).toDoubleArray());
        assertEquals(4.5, Quantiles.quantile(x, 0.5).item());
        assertEquals(
                Shape.of(1, 2, 1),
                Quantiles.quantile(x, new int[] {2, 0}, 0.5, Interpolation.LINEAR, true)
                        .shape());
        Quantiles.WithIndices found =
                Quantiles.quantileWithIndices(x, new int[] {0, 1}, 0.5, Interpolation.LINEAR, false);
        assertArrayEquals(new long[] {2, 1}, found.lower().toLongArray());
        assertArrayEquals(new long[] {1, 2}, found.higher().toLongArray());
        assertEquals(0.5, found.weight());
        Tensor turned = x.permute(2, 0, 1);
        assertTrue(Quantiles.quantile(x, 0.3, 0, 1).bitEquals(Quantiles.quantile(turned, 0.3, 1, 2)));
    }

    @Test
    void betweenHugeAndInfiniteNeighbours() {
        double most = Double.MAX_VALUE;
        Tensor ends = f64(-most, most);
        assertEquals(0, Quantiles.quantile(ends, 0.5).item());
        assertEquals(most / 2, Quantiles.quantile(ends, 0.75).item());
        assertEquals(INF, quantile(0.75, Interpolation.LINEAR, 5, INF));
        assertEquals(-INF, quantile(0.75, Interpolation.LINEAR, -INF, 5));
        assertEquals(INF, quantile(0.5, Interpolation.LINEAR, INF, INF));
        assertEquals(NAN, quantile(0.5, Interpolation.LINEAR, -INF, INF));
        assertEquals(5, quantile(0, Interpolation.LINEAR, 5, INF));
        Tensor same = Tensor.full(DType.F32, 0.1f, Shape.of(7));
        assertEquals(0.1f, Quantiles.quantile(same, 0.37).item());
    }

    @Test
    void errors() {
        Tensor none = Tensor.zeros(DType.F32, 2, 0);
        assertEquals(
                "quantile: the axes must not be empty; got [2, 0]" + "\n  x [2, 0] F32",
                assertThrows(ShapeException.class, () -> Quantiles.quantile(none, 0.5, 1))
                        .getMessage());
        assertEquals(
                "median: the axis must not be empty; got axis 1 of [2, 0]" + "\n  x [2, >0<] F32",
                assertThrows(ShapeException.class, () -> Quantiles.median(none, 1, false))
                        .getMessage());
        assertEquals(Shape.of(0), Quantiles.median(none, 0, false).values().shape());
        assertEquals(Shape.of(0), Quantiles.quantile(none, 0.5, 0).shape());
        assertEquals(
                "quantile: q must be between 0 and 1; got 1.5",
                assertThrows(IllegalArgumentException.class, () -> Quantiles.quantile(f64(1), 1.5))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> Quantiles.quantile(f64(1), NAN));
        assertEquals(
                "quantile: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Quantiles.quantile(f64(1).to(DType.I64), 0.5))
                        .getMessage());
    }
}
