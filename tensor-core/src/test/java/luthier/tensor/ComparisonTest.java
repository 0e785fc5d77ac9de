package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<DType> TYPES = List.of(DType.F32, DType.F64, DType.I64, DType.I32);

    private static void holds(Tensor got, boolean... expected) {
        assertEquals(DType.BOOL, got.dtype());
        assertArrayEquals(expected, got.toBooleanArray());
    }

    @Test
    void everyTypeCompares() {
        for (DType type : TYPES) {
            Tensor a = Tensor.of(new float[] {1, 2, 3}, 3).to(type);
            Tensor b = Tensor.of(new float[] {2, 2, 2}, 3).to(type);
            holds(Comparison.less(a, b), true, false, false);
            holds(Comparison.lessEqual(a, b), true, true, false);
            holds(Comparison.greater(a, b), false, false, true);
            holds(Comparison.greaterEqual(a, b), false, true, true);
            holds(Comparison.equal(a, b), false, true, false);
            holds(Comparison.notEqual(a, b), true, false, true);
            holds(Comparison.less(a, 2), true, false, false);
            holds(Comparison.lessEqual(a, 2), true, true, false);
            holds(Comparison.greater(a, 2), false, false, true);
            holds(Comparison.greaterEqual(a, 2), false, true, true);
            holds(Comparison.equal(a, 2), false, true, false);
            holds(Comparison.notEqual(a, 2), true, false, true);
            holds(Comparison.isNaN(a), false, false, false);
            holds(Comparison.isInf(a), false, false, false);
            holds(Comparison.isFinite(a), true, true, true);
            assertEquals(type, Selection.where(Comparison.less(a, 2), a, b).dtype());
            assertArrayEquals(
                    new long[] {1, 2, 2},
                    Selection.where(Comparison.less(a, 2), a, b).toLongArray());
        }
        holds(
                Comparison.less(
                        Tensor.of(new long[] {Long.MAX_VALUE - 1}, 1), Tensor.of(new long[] {Long.MAX_VALUE}, 1)),
                true);
    }

    @Test
    void nothingComparesWithNaN() {
        for (DType type : List.of(DType.F32, DType.F64)) {
            Tensor x = Tensor.of(new float[] {Float.NaN, -0f, Float.NEGATIVE_INFINITY}, 3)
                    .to(type);
            holds(Comparison.less(x, 0), false, false, true);
            holds(Comparison.greaterEqual(x, 0), false, true, false);
            holds(Comparison.equal(x, x), false, true, true);
            holds(Comparison.notEqual(x, x), true, false, false);
            holds(Comparison.isNaN(x), true, false, false);
            holds(Comparison.isInf(x), false, false, true);
            holds(Comparison.isFinite(x), false, true, false);
        }
    }

    @Test
    void logic() {
        Tensor a = Tensor.of(new boolean[] {false, true}, 2, 1);
        Tensor b = Tensor.of(new boolean[] {false, true}, 2);
        holds(Comparison.logicalAnd(a, b), false, false, false, true);
        holds(Comparison.logicalOr(a, b), false, true, true, true);
        holds(Comparison.logicalXor(a, b), false, true, true, false);
        holds(Comparison.logicalNot(b), true, false);
        holds(Comparison.less(a, b), false, true, false, false);
        assertEquals(
                "logicalAnd: needs BOOL; got F32; compare first, or convert with to()",
                assertThrows(DTypeException.class, () -> Comparison.logicalAnd(a, Tensor.scalar(1f)))
                        .getMessage());
    }

    @Test
    void choicesBroadcast() {
        Tensor c = Tensor.of(new boolean[] {true, false}, 2, 1);
        Tensor a = Tensor.of(new float[] {1, 2, 3}, 3);
        assertEquals(
                "F32[2, 3][1.0, 2.0, 3.0, -0.0, -0.0, -0.0]",
                Selection.where(c, a, Tensor.scalar(-0f)).toString());
        assertEquals(
                "F32[3][NaN, 2.0, 3.0]",
                Selection.maskedFill(a, Comparison.less(a, 2), Double.NaN).toString());
        assertEquals(
                "BOOL[2][false, true]",
                Selection.maskedFill(Tensor.of(new boolean[] {true, true}, 2), c.reshape(2), 0)
                        .toString());
        assertEquals(
                Shape.of(0, 3),
                Selection.where(Tensor.zeros(DType.BOOL, 0, 1), a, a).shape());
    }

    @Test
    void storageTypesAreRefused() {
        Tensor half = Tensor.scalar(1f).to(DType.F16);
        assertEquals(
                "where: needs F32, F64, I64, I32 or BOOL; got F16; convert with to()",
                assertThrows(DTypeException.class, () -> Selection.where(Tensor.zeros(DType.BOOL), half, half))
                        .getMessage());
        assertEquals(
                "less: needs F32, F64, I64, I32 or BOOL; got F16; convert with to()",
                assertThrows(DTypeException.class, () -> Comparison.less(half, 1))
                        .getMessage());
        assertEquals(
                "where: needs BOOL; got F32; compare first, or convert with to()",
                assertThrows(
                                DTypeException.class,
                                () -> Selection.where(Tensor.scalar(1f), Tensor.scalar(1f), Tensor.scalar(1f)))
                        .getMessage());
    }

    /** A number that is no integer, or none of the type's, is not rounded to one. */
    @Test
    void integersAreComparedWithNumbersAsTheyAre() {
        double[] numbers = {
            -1e30,
            -0x1p63,
            -0x1p31 - 1,
            -2.5,
            -2,
            -0.5,
            0,
            0.5,
            1,
            1.5,
            2.5,
            0x1p31 - 1,
            0x1p31,
            0x1p63,
            1e30,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            Double.NaN
        };
        long[] values = {Long.MIN_VALUE, Integer.MIN_VALUE, -3, -2, 0, 1, 2, 3, Integer.MAX_VALUE, Long.MAX_VALUE};
        for (DType dtype : new DType[] {DType.I64, DType.I32, DType.BOOL}) {
            Tensor x = Tensor.of(values, values.length).to(dtype);
            long[] held = x.toLongArray();
            for (double number : numbers) {
                boolean[][] got = {
                    Comparison.less(x, number).toBooleanArray(),
                    Comparison.lessEqual(x, number).toBooleanArray(),
                    Comparison.greater(x, number).toBooleanArray(),
                    Comparison.greaterEqual(x, number).toBooleanArray(),
                    Comparison.equal(x, number).toBooleanArray(),
                    Comparison.notEqual(x, number).toBooleanArray()
                };
                for (int i = 0; i < held.length; i++) {
                    boolean[] expected = expected(held[i], number);
                    for (int k = 0; k < expected.length; k++) {
                        assertEquals(expected[k], got[k][i], dtype + " " + held[i] + " " + number + " " + k);
                    }
                }
            }
        }
    }

    private static boolean[] expected(long value, double number) {
        if (Double.isNaN(number)) {
            return new boolean[] {false, false, false, false, false, true};
        }
        int order = Double.isInfinite(number)
                ? (number > 0 ? -1 : 1)
                : new java.math.BigDecimal(value).compareTo(new java.math.BigDecimal(number));
        return new boolean[] {order < 0, order <= 0, order > 0, order >= 0, order == 0, order != 0};
    }

    @Test
    void nearnessIsRelativeToTheSecond() {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor a = Tensor.of(new float[] {1, 100, 0, -8, 3}, 5).to(type);
            Tensor b = Tensor.of(new float[] {1.5f, 110, 0.25f, -8, -3}, 5).to(type);
            holds(Comparison.isClose(a, b, 0, 0.5), true, false, true, true, false);
            holds(Comparison.isClose(a, b, 0.1, 0), false, true, false, true, false);
            holds(Comparison.isClose(a, b, 0.1, 0.5), true, true, true, true, false);
        }
        // 10 differs by a tenth of 100 from it, by more than a tenth of 90 the other way round.
        Tensor hundred = Tensor.scalar(100.0);
        Tensor ninety = Tensor.scalar(90.0);
        assertEquals(true, Comparison.allClose(ninety, hundred, 0.1, 0));
        assertEquals(false, Comparison.allClose(hundred, ninety, 0.1, 0));
    }

    @Test
    void nearnessOfSpecialNumbers() {
        double inf = Double.POSITIVE_INFINITY;
        Tensor a = Tensor.of(new double[] {inf, inf, -inf, Double.NaN, 1e308, 1, -0.0}, 7);
        Tensor b = Tensor.of(new double[] {inf, -inf, 5, Double.NaN, -1e308, Double.NaN, 0}, 7);
        holds(Comparison.isClose(a, b, 0.5, 1e9), true, false, false, false, false, false, true);
        holds(Comparison.isClose(a, b, 0.5, 1e9, true), true, false, false, true, false, false, true);
        holds(Comparison.isClose(Tensor.scalar(5.0), Tensor.scalar(inf), 1, 1), false);
        assertEquals(true, Comparison.allClose(Tensor.zeros(DType.F32, 0), Tensor.scalar(1f), 0, 0));
        assertEquals(false, Comparison.allClose(a, a, 0, 0));
        assertEquals(true, Comparison.allClose(a, a, 0, 0, true));
    }

    @Test
    void integersAreNearExactly() {
        long large = 1L << 60;
        Tensor a = Tensor.of(new long[] {large, Long.MIN_VALUE, 10, -3}, 4);
        Tensor b = Tensor.of(new long[] {large + 1, Long.MAX_VALUE, 11, -3}, 4);
        holds(Comparison.isClose(a, b, 0, 0), false, false, false, true);
        holds(Comparison.isClose(a, b, 0, 1), true, false, true, true);
        holds(Comparison.isClose(a, b, 0x1p-60, 0), true, false, false, true);
        // |a - b| is 2^64 - 1 and 2 |b| one less.
        holds(Comparison.isClose(a, b, 2, 0.5), true, false, true, true);
        holds(Comparison.isClose(a, b, 2, 1), true, true, true, true);
        holds(Comparison.isClose(a.to(DType.I32), b.to(DType.I32), 0, 1), true, true, true, true);
        Tensor yes = Tensor.of(new boolean[] {true}, 1);
        holds(Comparison.isClose(yes, yes, 0, 0), true);
    }

    @Test
    void tolerancesAreChecked() {
        Tensor x = Tensor.scalar(1f);
        assertEquals(
                "isClose: rtol and atol must be finite and not negative; got -1.0 and 0.0",
                assertThrows(IllegalArgumentException.class, () -> Comparison.isClose(x, x, -1, 0))
                        .getMessage());
        assertEquals(
                "allClose: rtol and atol must be finite and not negative; got 0.0 and NaN",
                assertThrows(IllegalArgumentException.class, () -> Comparison.allClose(x, x, 0, Double.NaN))
                        .getMessage());
    }
}
