package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whole numbers that no double equals: kept exactly, or refused, on every way they can take. */
class WholeNumbersTest {
    private static final long ODD = 9007199254740993L;
    private static final long[] VALUES = {ODD, -ODD, Long.MAX_VALUE, Long.MIN_VALUE, 3};
    private static final Tensor X = Tensor.of(VALUES, 5);

    private static void refused(String message, Executable operation) {
        assertEquals(message, assertThrows(DTypeException.class, operation).getMessage());
    }

    @Test
    void fillsAndScalars() {
        assertEquals(
                "I64[][9007199254740993]",
                Tensor.full(DType.I64, ODD, Shape.of()).toString());
        assertEquals("I64[][16777217]", Tensor.scalar(16777217).toString());
        assertEquals("I64[][-9007199254740993]", Tensor.scalar(-ODD).toString());
        assertEquals("F32[][1.0]", Tensor.full(DType.F32, 1, Shape.of()).toString());
        assertEquals(
                "I64[2][9007199254740993, 9007199254740994]",
                Creation.arange(ODD, ODD + 2, 1).toString());
        String inexact = ": a double of 2^53 or more may stand for several whole numbers; got 9.007199254740992E15;"
                + " give a long or an I64 tensor, Tensor.scalar(long)";
        refused("full" + inexact, () -> Tensor.full(DType.I64, (double) ODD, Shape.of()));
        refused("arange" + inexact, () -> Creation.arange(DType.I64, 0, (double) ODD, 1e15));
        refused("linspace" + inexact, () -> Creation.linspace(DType.I64, 0, (double) ODD, 3));
        refused("logspace" + inexact, () -> Creation.logspace(DType.I64, 0, 53, 2, 2));
        refused("maskedFill" + inexact, () -> Selection.maskedFill(X, Comparison.equal(X, 3), ODD));
        refused("constant" + inexact, () -> Padding.constant(X, ODD, 1, 1));
        refused("add" + inexact, () -> Elementwise.add(X, ODD));
        refused("mul" + inexact, () -> Elementwise.mul(X, ODD));
        refused("sub" + inexact, () -> Elementwise.sub(ODD, X));
        refused("pow" + inexact, () -> Elementwise.pow(ODD, X));
        refused("remainder" + inexact, () -> Rounding.remainder(X, ODD));
        refused("maximum" + inexact, () -> Selection.maximum(X, ODD));
        refused("clamp" + inexact, () -> Selection.clamp(X, 0, ODD));
    }

    @Test
    void narrowTypesHoldWhatTheyHold() {
        refused(
                "full: I32 holds -2147483648 to 2147483647; got 2.147483648E9; convert with to()",
                () -> Tensor.full(DType.I32, 0x1p31, Shape.of()));
        refused("full: U8 holds 0 to 255; got 256.0; convert with to()", () -> Tensor.full(DType.U8, 256, Shape.of()));
        refused(
                "full: I8 holds -128 to 127; got -129.0; convert with to()",
                () -> Tensor.full(DType.I8, -129, Shape.of()));
        refused(
                "full: a number beside integers must be whole; got 2.5; convert with to()",
                () -> Tensor.full(DType.I64, 2.5, Shape.of()));
        refused(
                "full: a number beside integers must be whole; got NaN; convert with to()",
                () -> Tensor.full(DType.I32, Double.NaN, Shape.of()));
        assertEquals("U8[1][255]", Tensor.full(DType.U8, 255, Shape.of(1)).toString());
    }

    @Test
    void itemsAreExact() {
        for (int i = 0; i < VALUES.length; i++) {
            assertEquals(VALUES[i], X.select(0, i).longItem());
        }
        assertEquals(0x1p60, Tensor.scalar(1L << 60).item());
        assertEquals(-0x1p63, Tensor.scalar(Long.MIN_VALUE).item());
        for (long value : new long[] {ODD, -ODD, Long.MAX_VALUE}) {
            assertEquals(
                    "item: the number must be exact as a double; got " + value + "; use longItem()",
                    assertThrows(
                                    ArithmeticException.class,
                                    () -> Tensor.scalar(value).item())
                            .getMessage());
        }
        assertThrows(ArithmeticException.class, () -> X.get(0));
        assertEquals(3, X.get(4));
        assertEquals(200, Tensor.full(DType.U8, 200, Shape.of(1)).longItem());
        assertEquals(1, Tensor.of(new boolean[] {true}, 1).longItem());
        refused(
                "longItem: needs integers or BOOL; got F32; use item()",
                () -> Tensor.scalar(1f).longItem());
        assertThrows(ShapeException.class, X::longItem);
    }

    @Test
    void comparisonsAreExact() {
        assertArrayEquals(
                new boolean[] {true, false, false, false, false},
                Comparison.equal(X, ODD).toBooleanArray());
        assertArrayEquals(
                new boolean[] {false, true, true, true, true},
                Comparison.notEqual(X, ODD).toBooleanArray());
        assertArrayEquals(
                new boolean[] {false, true, false, true, true},
                Comparison.less(X, ODD).toBooleanArray());
        assertArrayEquals(
                new boolean[] {true, true, false, true, true},
                Comparison.lessEqual(X, ODD).toBooleanArray());
        assertArrayEquals(
                new boolean[] {true, false, true, false, false},
                Comparison.greater(X, ODD - 1).toBooleanArray());
        assertArrayEquals(
                new boolean[] {false, false, true, false, false},
                Comparison.greaterEqual(X, Long.MAX_VALUE).toBooleanArray());
        Tensor single = Tensor.of(new float[] {1, 2}, 2);
        assertArrayEquals(
                new boolean[] {true, false}, Comparison.less(single, 2).toBooleanArray());
    }

    @Test
    void operationsAreExact() {
        Tensor odd = Tensor.scalar(ODD);
        assertEquals(ODD + 1, Elementwise.add(odd, 1).longItem());
        assertEquals(ODD, Elementwise.pow(odd, 1).longItem());
        assertEquals(ODD, Selection.clamp(odd, 0, Double.POSITIVE_INFINITY).longItem());
        assertEquals(ODD, Selection.maximum(odd, Double.NEGATIVE_INFINITY).longItem());
        assertEquals(ODD, Rounding.remainder(odd, Tensor.scalar(Long.MAX_VALUE)).longItem());
        assertEquals(3, Reduction.sum(Tensor.of(new long[] {ODD, -ODD, 3}, 3)).longItem());
        assertEquals(ODD, Reduction.max(Tensor.of(new long[] {ODD, ODD - 1}, 2)).longItem());
        assertEquals(ODD, Reduction.prod(Tensor.of(new long[] {ODD, 1}, 2)).longItem());
        assertEquals(
                1, Reduction.argmax(Tensor.of(new long[] {ODD - 1, ODD}, 2)).longItem());
        assertEquals(
                "I64[2][9007199254740993, 9007199254740994]",
                Scan.cumsum(Tensor.of(new long[] {ODD, 1}, 2), 0).toString());
        assertEquals(
                "I64[2][9007199254740992, 9007199254740993]",
                Sorting.sort(Tensor.of(new long[] {ODD, ODD - 1}, 2), 0, false)
                        .values()
                        .toString());
        assertEquals(
                "I64[2][9007199254740993, 9007199254740993]",
                Selection.where(Tensor.of(new boolean[] {true, false}, 2), odd, odd)
                        .toString());
    }
}
