package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions in closed form, at the corners, and against themselves in other layouts. */
class ReductionTest {
    private static final Tensor EMPTY = Tensor.zeros(DType.F32, 2, 0);

    private static Tensor floats(float... values) {
        return Tensor.of(values, values.length);
    }

    /** Whole numbers below 8: every sum of them in any order is exact. */
    private static Tensor whole(long... shape) {
        float[] values = new float[(int) Shape.of(shape).elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 7919L % 31 % 8;
        }
        return Tensor.of(values, shape);
    }

    private static void assertBits(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), () -> "must be " + expected + "; got " + actual);
    }

    @Test
    void aMillionTenthsAreExact() {
        // PyTorch gives 104857.617; neighbours of F32 are 0.0078 apart here.
        Tensor x = Tensor.full(DType.F32, 0.1f, Shape.of(1 << 20));
        assertEquals((1 << 20) * (double) 0.1f, Reduction.sum(x).item(), 0.016);
        Tensor columns = Reduction.sum(x.reshape(1 << 17, 8), 0);
        assertEquals((1 << 17) * (double) 0.1f, columns.get(7), 0.016);
    }

    @Test
    void meansDoNotOverflow() {
        assertEquals(
                3e38f,
                Reduction.mean(Tensor.full(DType.F32, 3e38f, Shape.of(10))).item());
        Tensor columns = Reduction.mean(Tensor.full(DType.F32, 3e38f, Shape.of(10, 3)), 0);
        assertBits(Tensor.full(DType.F32, 3e38f, Shape.of(3)), columns);
        assertEquals(0, Reduction.sum(floats(3e38f, 3e38f, -3e38f, -3e38f)).item());
    }

    @Test
    void variancesKeepABigOffset() {
        Tensor x = floats(1e8f, 1e8f + 8, 1e8f + 16);
        assertEquals(64, Reduction.variance(x, new int[0], 1, false).item());
        assertEquals(8, Reduction.std(x, new int[0], 1, false).item());
        assertEquals(
                64,
                Reduction.variance(x.reshape(3, 1).expand(Shape.of(3, 2)), new int[] {0}, 1, false)
                        .get(1));
        assertEquals(
                1e-30f,
                Reduction.std(floats(1e-30f, -1e-30f), new int[0], 0, false).item());
        assertEquals(
                2e30f,
                Reduction.std(floats(2e30f, -2e30f), new int[0], 0, false).item());
        assertTrue(
                Double.isNaN(Reduction.variance(floats(1), new int[0], 1, false).item()));
    }

    @Test
    void emptyAxes() {
        assertBits(floats(0, 0), Reduction.sum(EMPTY, 1));
        assertBits(floats(1, 1), Reduction.prod(EMPTY, 1));
        assertTrue(Double.isNaN(Reduction.mean(EMPTY, 1).get(1)));
        assertTrue(Double.isNaN(Reduction.variance(EMPTY, new int[0], 0, false).item()));
        assertEquals(Double.NEGATIVE_INFINITY, Softmax.logSumExp(EMPTY).item());
        assertBits(Tensor.zeros(DType.F32, 0), Reduction.max(EMPTY, 0));
        ShapeException failure = assertThrows(ShapeException.class, () -> Reduction.max(EMPTY, 1));
        assertEquals("max: the axes must not be empty; got [2, 0]" + "\n  x [2, 0] F32", failure.getMessage());
        assertThrows(ShapeException.class, () -> Reduction.argmax(EMPTY, 1, false));
        assertThrows(ShapeException.class, () -> Reduction.argmin(EMPTY));
    }

    @Test
    void naNAndZeros() {
        Tensor x = floats(1, Float.NaN, 3, Float.NaN);
        assertTrue(Double.isNaN(Reduction.max(x).item()));
        assertTrue(Double.isNaN(Reduction.min(x).item()));
        assertEquals(1, Reduction.argmax(x).item());
        assertEquals(1, Reduction.argmin(x.reshape(4, 1), 0, false).item());
        assertBits(Tensor.scalar(0f), Reduction.sum(floats(-0f, -0f)));
        assertBits(Tensor.scalar(0f), Reduction.max(floats(-0f, 0f, -0f)));
        assertBits(Tensor.scalar(-0f), Reduction.min(floats(0f, -0f, 0f)));
        assertEquals(0, Reduction.argmax(floats(-0f, 0f)).item());
        assertEquals(0, Reduction.prod(floats(0, 2, 0)).item());
        assertEquals(
                Double.NEGATIVE_INFINITY,
                Softmax.logSumExp(floats(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY))
                        .item());
        Tensor masked = Softmax.softmax(floats(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY), 0);
        assertTrue(Double.isNaN(masked.get(0)));
    }

    @Test
    void integers() {
        Tensor x = Tensor.of(new int[] {3, -4, 5, 6}, 2, 2);
        assertBits(Tensor.of(new long[] {-1, 11}, 2), Reduction.sum(x, 1));
        assertBits(Tensor.of(new long[] {15, -24}, 2), Reduction.prod(x, 0));
        assertBits(Tensor.of(new int[] {5, 6}, 2), Reduction.max(x, 0));
        assertBits(Tensor.of(new long[] {1, 0}, 2), Reduction.argmin(x, 1, false));
        assertEquals(
                2,
                Reduction.sum(Tensor.of(new boolean[] {true, false, true}, 3)).item());
        DTypeException failure =
                assertThrows(DTypeException.class, () -> Reduction.sum(floats(1).to(DType.BF16)));
        assertEquals("sum: needs F32, F64, I64, I32 or BOOL; got BF16; convert with to()", failure.getMessage());
    }

    @Test
    void everySetOfAxesAgreesWithDoubleAndWithKeptDims() {
        Tensor x = whole(3, 5, 4, 17);
        for (int set = 1; set < 16; set++) {
            int bits = set;
            int[] axes = java.util.stream.IntStream.range(0, 4)
                    .filter(a -> (bits >> a & 1) != 0)
                    .toArray();
            Tensor sum = Reduction.sum(x, axes);
            assertBits(Reduction.sum(x.to(DType.F64), axes).to(DType.F32), sum);
            assertBits(sum, Reduction.sum(x, axes, true).reshape(sum.shape().toArray()));
            Tensor max = Reduction.max(x, axes);
            assertBits(Reduction.max(x.to(DType.F64), axes).to(DType.F32), max);
            assertBits(Reduction.max(x.to(DType.I64), axes).to(DType.F32), max);
            Tensor turned = x.transpose(0, 3).copy().transpose(0, 3);
            assertBits(sum, Reduction.sum(turned, axes));
            double worst = Reduction.max(Selection.abs(Elementwise.sub(
                            Reduction.variance(x, axes, 0, false).to(DType.F64),
                            Reduction.variance(x.to(DType.F64), axes, 0, false))))
                    .item();
            assertTrue(worst < 1e-5, Arrays.toString(axes) + ": " + worst);
        }
        assertThrows(ShapeException.class, () -> Reduction.sum(x, 1, -3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void threadsChangeNoBit(int axis) {
        Tensor x = Rng.of(3).normal(DType.F32, axis == 1 ? Shape.of(2, 700_001) : Shape.of(70_001, 9), 0, 1);
        int threads = Threads.count();
        try {
            Threads.set(1);
            Tensor[] one = {Reduction.sum(x, axis), Reduction.variance(x, new int[] {axis}, 1, false), Reduction.max(x)
            };
            Threads.set(2);
            Tensor[] two = {Reduction.sum(x, axis), Reduction.variance(x, new int[] {axis}, 1, false), Reduction.max(x)
            };
            for (int i = 0; i < one.length; i++) {
                assertBits(one[i], two[i]);
            }
        } finally {
            Threads.set(threads);
        }
        Tensor exact = Reduction.sum(x.to(DType.F64), axis);
        Tensor off = Selection.abs(Elementwise.sub(exact, Reduction.sum(x, axis).to(DType.F64)));
        assertTrue(Reduction.max(off).item() < 2e-3);
    }

    @Test
    void anEmptyAxisHasNoVarianceWhateverTheCorrection() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (int correction : new int[] {-3, 0, 1}) {
                Tensor row = Reduction.variance(Tensor.zeros(dtype, 2, 0), new int[] {1}, correction, false);
                Tensor column = Reduction.std(Tensor.zeros(dtype, 0, 2), new int[] {0}, correction, false);
                assertTrue(Double.isNaN(row.get(1)) && Double.isNaN(column.get(1)), dtype + " " + correction);
            }
        }
    }
}
